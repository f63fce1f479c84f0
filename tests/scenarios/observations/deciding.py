"""Conflicts that are still open, and edits that wait for approval."""

from typing import Any

from sqlmodel import Session, col, select

from sync.conflict import Conflict, ConflictState
from sync.held import HeldEdit, HeldState
from tests.scenarios.observation_format import ConflictsSeen
from tests.scenarios.observations.registry import at_server
from tests.scenarios.verbs.deciding import rows_named
from tests.scenarios.world import World


@at_server(ConflictsSeen)
async def conflicts(world: World, seen: ConflictsSeen) -> dict[str, Any]:
    """The values that gave way and that nobody has looked at."""
    row_ids = rows_named(world, seen.conflicts)

    def read(session: Session) -> dict[str, Any]:
        chosen = select(Conflict).where(
            col(Conflict.about_id).in_(row_ids), Conflict.state == ConflictState.OPEN
        )
        entries = session.exec(chosen.order_by(col(Conflict.lost_at_ms), col(Conflict.field))).all()
        shown = [
            {"field": each.field, "kept": each.kept_value(), "lost": each.lost_value()} for each in entries
        ]
        return {"count": len(shown), "entries": shown}

    return world.server_reads(read)


def held_of(world: World, session: Session, lead_id: str) -> list[dict[str, Any]]:
    """The edits of a lead that wait, by the time they were made."""
    chosen = select(HeldEdit).where(HeldEdit.about_id == lead_id, HeldEdit.state == HeldState.OPEN)
    return [
        {
            "field": each.field,
            "value": each.held_value(),
            "by": world.names.name_of("staff", each.by),
        }
        for each in session.exec(chosen.order_by(col(HeldEdit.at_ms), col(HeldEdit.id)))
    ]
