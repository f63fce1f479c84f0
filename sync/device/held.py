"""Deciding about held edits on a device: ordinary units, also without a network."""

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from shared_models.errors import RuleError
from sync import bulk
from sync.held import HeldEdit, HeldState, decide
from sync.schema import model_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from sync.device.replica import Replica

_HELD = HeldEdit.__table__  # type: ignore[attr-defined]
_OWN = select(func.count()).where(_HELD.c.state == HeldState.OPEN, _HELD.c.by == bindparam("staff"))


def open_edits(replica: "Replica") -> list[HeldEdit]:
    """What waits for approval, oldest first: this person's own edits and those that they may decide about."""
    with replica.reading() as session:
        found = select(HeldEdit).where(_HELD.c.state == HeldState.OPEN)
        return list(session.scalars(found.order_by(_HELD.c.at_ms, _HELD.c.id)))


def settle(replica: "Replica", held_id: str, *, approve: bool) -> None:
    """Approve or reject a held edit.

    Raises `KeyError` for an unknown one, `RuleError` (`not_owner`) when this device's user does not have the row.
    """
    with replica.action("approve_held_edit" if approve else "reject_held_edit") as session:
        held = session.get(HeldEdit, held_id)
        if held is None:
            raise KeyError(held_id)
        record = session.get(model_of(held.about_table), held.about_id)
        if record is None:
            raise RuleError("not_owner")
        decide(held, record, replica.staff_id, approve=approve)


def count_own(connection: "Connection", staff_id: str) -> int:
    """How many edits of this person wait for somebody's approval."""
    [(count,)] = bulk.fetch_lasting(connection, _OWN, {"staff": staff_id})
    return int(count)
