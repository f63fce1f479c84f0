"""Handing a refused unit over to the manager: it leaves this device's list and is kept word for word."""

from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import select

from sync.device import outbox, refusals
from sync.handed_over import HandedOver, HandedOverState

if TYPE_CHECKING:
    from sync.device.replica import Replica

_TABLE = HandedOver.__table__  # type: ignore[attr-defined]


def hand_over(replica: "Replica", unit_id: str, store_id: str | None) -> None:
    """Put the unit before the manager of the store instead of keeping it here, in one transaction.

    Raises `KeyError` when there is no refused unit of that name.
    """
    with replica.action("hand_over") as session:
        connection = session.connection()
        unit = refusals.put_aside(connection, unit_id)
        first = unit.changes[0]
        session.add(
            HandedOver(
                company_id=replica.company_id,
                store_id=store_id,
                by=replica.staff_id,
                at_ms=replica.device_now_ms(),
                action=unit.action,
                code=unit.code,
                details=unit.details,
                about_table=first.table,
                about_id=first.row,
                unit={
                    "id": unit.id,
                    "action": unit.action,
                    "at_ms": unit.at_ms,
                    "changes": msgspec.to_builtins(unit.changes),
                },
            )
        )
        outbox.remove(connection, [unit_id])


def open_ones(replica: "Replica") -> list[HandedOver]:
    """What nobody has settled yet, oldest first: handed over by this person, or to them."""
    with replica.reading() as session:
        found = select(HandedOver).where(_TABLE.c.state == HandedOverState.OPEN)
        return list(session.scalars(found.order_by(_TABLE.c.at_ms, _TABLE.c.id)))


def settle(replica: "Replica", handed_over_id: str) -> None:
    """Note that the manager has dealt with it. Raises `KeyError` for an unknown one."""
    with replica.action("settle_handed_over") as session:
        handed_over = session.get(HandedOver, handed_over_id)
        if handed_over is None:
            raise KeyError(handed_over_id)
        handed_over.state = HandedOverState.SETTLED
