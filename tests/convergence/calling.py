"""One call of a device at the hub, as it is sent: with an answer, or by just looking."""

from typing import Any

from sqlalchemy import update
from sqlmodel import Session

from shared_models import versions
from sync import wire
from sync.client import ask
from sync.hub.tables import SyncDevice
from tests.convergence.world import Device, World, make_lead


def request(world: World, **said: Any) -> wire.Request:
    return wire.Request(
        **{"device_now_ms": world.now_ms, "schema": versions.RELEASE.schema, "protocol": 2, **said}
    )


def call(world: World, device: Device, **said: Any) -> wire.Response:
    return world.exchange(device, request(world, **{"cursor": cursor_of(device), **said}))


def cursor_of(device: Device) -> str:
    return ask(device.replica).cursor


def look(world: World, device: Device, **said: Any) -> wire.Response | None:
    """What the hub answers without writing anything."""
    with Session(world.engine) as session:
        caller = world.caller(session, device)
        session.rollback()
        asked = request(world, **{"cursor": cursor_of(device), **said})
        return world.hub.look(session, caller, asked, world.now_ms)


def act(world: World, device: Device, *changes: wire.Change) -> None:
    """A person's own action at the server."""
    with Session(world.engine) as session:
        caller = world.caller(session, device)
        unit = wire.Unit(f"at-server-{world.now_ms}", "act", world.now_ms, list(changes))
        world.hub.act(session, caller, unit, world.now_ms)
        session.commit()


def change_device(world: World, **values: Any) -> None:
    with Session(world.engine) as session:
        session.execute(update(SyncDevice).values(**values))
        session.commit()


def new_lead(row_id: str = "l", **fields: Any) -> wire.Change:
    return wire.Change("lead", row_id, "put", make_lead(id=row_id, **fields).model_dump())
