"""How a step of the simulation is made: a function under its name, with a weight, and ways to pick what it is about."""

from collections.abc import Callable
from typing import Any

from tests.convergence.memory import connection_of
from tests.convergence.run import Run
from tests.convergence.world import Device

Doing = Callable[[Run, Device, int, int, int], None]

DOING: dict[str, tuple[int, Doing]] = {}
"""Every step by name, with its weight."""


def step(weight: int) -> Callable[[Doing], Doing]:
    """Register a step, drawn in proportion to its weight."""

    def register(doing: Doing) -> Doing:
        DOING[doing.__name__] = (weight, doing)
        return doing

    return register


def picked(device: Device, table: str, pick: int, condition: str = "1") -> str | None:
    return _one_of(connection_of(device.engine), table, pick, condition)


def picked_at_hub(run: Run, table: str, pick: int) -> str | None:
    return _one_of(connection_of(run.world.engine), table, pick, "1")


def _one_of(connection: Any, table: str, pick: int, condition: str) -> str | None:
    ids = connection.execute(f"SELECT id FROM {table} WHERE {condition} ORDER BY id").fetchall()
    return ids[pick % len(ids)][0] if ids else None


def ids_of(device: Device, table: str) -> set[str]:
    return {row_id for (row_id,) in connection_of(device.engine).execute(f"SELECT id FROM {table}")}


def has_row(device: Device, table: str, row_id: str) -> bool:
    found = connection_of(device.engine).execute(f"SELECT 1 FROM {table} WHERE id = ?", [row_id])
    return found.fetchone() is not None
