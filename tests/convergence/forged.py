"""Units as no app of ours would send them, and what the hub says to them."""

from typing import Any

from sync import wire
from tests.convergence.world import World


def send(
    world: World, device: Any, *changes: wire.Change, unit: str = "forged", at_ms: int = 0
) -> wire.UnitResult:
    return ask(world, device, wire.Unit(unit, "forged", at_ms or world.now_ms, list(changes)))[0]


def ask(world: World, device: Any, *units: wire.Unit) -> list[wire.UnitResult]:
    return world.exchange(
        device, wire.Request(world.now_ms, list(units), pull=False, protocol=2, schema=99)
    ).results


def put(table: str, row: str, seen: dict[str, Any] | None = None, **fields: Any) -> wire.Change:
    return wire.Change(table, row, "put", fields, seen or {})


def delete(table: str, row: str, **seen: Any) -> wire.Change:
    return wire.Change(table, row, "del", {}, seen)


def new(row: Any, **fields: Any) -> wire.Change:
    return wire.Change(row.__tablename__, row.id, "put", row.model_dump() | fields)


def said(result: wire.UnitResult) -> tuple[str, str, dict[str, Any]]:
    return result.outcome, result.code, result.details
