"""What a manager has a device do when it next calls, once it has sent everything: delete its copy, or fetch it anew."""

from typing import Any, Literal, cast

from sqlalchemy import Connection, update
from sqlalchemy.orm import Session

from sync import wire
from sync.hub.devices import KnownDevice
from sync.hub.handing_out import Page
from sync.hub.tables import SyncDevice

Order = Literal["", "wipe", "resync"]

_DEVICE = SyncDevice.__table__  # type: ignore[attr-defined]


def give(session: Session, device_id: str, order: Order) -> None:
    """Have the device do this when it next calls; a later order replaces an earlier one."""
    session.connection().execute(update(_DEVICE).where(_DEVICE.c.id == device_id).values(order=order))


def obey(connection: Connection, device: KnownDevice, request: wire.Request, now_ms: int) -> Order:
    """The order that stands for the device, after noting whether this request shows that it was carried out.

    A device that has deleted everything is locked out; one that begins anew has resynced.
    """
    order = cast("Order", device.order)
    done: dict[str, Any] = {}
    if order == "wipe" and request.obeyed == "wipe":
        done = {"order": "", "wiped_at_ms": now_ms, "revoked_at_ms": now_ms, "pending": 0}
    elif order == "resync" and request.pull and not request.cursor:
        done = {"order": ""}
    if not done:
        return order
    connection.execute(update(_DEVICE).where(_DEVICE.c.id == device.id).values(done))
    return ""


def page_for(order: Order, request: wire.Request) -> Page | None:
    """The page that an order puts in the place of the usual one; none before everything was sent."""
    if request.obeyed or (order == "wipe" and request.pull):
        return Page()
    return Page(more=True, begins_anew=True) if order == "resync" and request.pull else None


def told(order: Order, request: wire.Request) -> wire.Order:
    """What the answer says of the order; a resync needs no word, the empty cursor says it."""
    return "wipe" if order == "wipe" and request.pull else ""
