"""Held edits are approved, conflicts undone."""

from typing import Any

from sqlmodel import Session, col, select

from sync.conflict import Conflict, ConflictState
from sync.held import HeldEdit, HeldState
from tests.scenarios.actions import Approve, UndoConflict
from tests.scenarios.desk import Refused
from tests.scenarios.verbs.registry import online
from tests.scenarios.world import World


@online(Approve)
async def approve(world: World, action: Approve) -> dict[str, Any]:
    """Whoever has the lead now lets a held value stand."""
    lead_id = world.names.system("lead", action.lead)

    def find(session: Session) -> str | None:
        chosen = select(HeldEdit.id).where(
            HeldEdit.about_id == lead_id, HeldEdit.field == action.field, HeldEdit.state == HeldState.OPEN
        )
        return session.exec(chosen.order_by(col(HeldEdit.at_ms))).first()

    held_id = world.server_reads(find)
    if held_id is None:
        raise Refused("unknown")
    await world.desk.post(world.code_of(action.by), f"/api/held/{held_id}/approval")
    return {}


@online(UndoConflict)
async def undo(world: World, action: UndoConflict) -> dict[str, Any]:
    """Somebody puts the losing value back."""
    row_ids = rows_named(world, action.of)

    def find(session: Session) -> str | None:
        chosen = select(Conflict.id).where(
            col(Conflict.about_id).in_(row_ids),
            Conflict.field == action.field,
            Conflict.state == ConflictState.OPEN,
        )
        return session.exec(chosen.order_by(col(Conflict.lost_at_ms).desc(), col(Conflict.id))).first()

    conflict_id = world.server_reads(find)
    if conflict_id is None:
        raise Refused("unknown")
    await world.desk.post(world.code_of(action.by), f"/api/conflicts/{conflict_id}/undo")
    return {}


def rows_named(world: World, name: str) -> list[str]:
    """The rows that a name of a lead or member means; a member may have turned out to be another."""
    from server.domain.loyalty.uniting import customer_of

    if world.names.is_bound("lead", name):
        return [world.names.system("lead", name)]
    row_id = world.names.system("member", name)
    customer = world.server_reads(lambda session: customer_of(session, row_id))
    return [row_id] if customer is None else [customer.id]
