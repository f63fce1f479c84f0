"""What a person decides at the server about held edits and conflicts: the very unit that a device would send."""

from sqlmodel import Session

from server.visibility import visible
from shared_models.errors import RuleError
from shared_models.ids import new_id
from shared_models.synced import Synced
from sync import wire
from sync.capture import edits_of
from sync.conflict import Conflict, ConflictState
from sync.held import HeldEdit, HeldState, decide
from sync.hub import Caller, Hub
from sync.schema import model_of


def settle_held(
    session: Session, hub: Hub, caller: Caller, held_id: str, *, approve: bool, now_ms: int
) -> None:
    """Approve or reject a held edit, as `caller`.

    Raises `RuleError`: `not_owner` for anybody but the row's present owner and their manager, `decided` when it is.
    """
    held = visible(session, caller, HeldEdit, held_id)
    if held.state != HeldState.OPEN:
        raise RuleError("decided")
    record = _record(session, caller, held.about_table, held.about_id)
    decide(held, record, caller.staff_id, approve=approve)
    _carry_out(session, hub, caller, "approve_held_edit" if approve else "reject_held_edit", now_ms)


def undo_conflict(session: Session, hub: Hub, caller: Caller, conflict_id: str, *, now_ms: int) -> None:
    """Put the value that gave way back into its row and close the conflict (R13).

    Raises `RuleError`: `not_owner` for somebody who may not write the row, `decided` when it is closed.
    """
    conflict = visible(session, caller, Conflict, conflict_id)
    if conflict.state != ConflictState.OPEN:
        raise RuleError("decided")
    record = _record(session, caller, conflict.about_table, conflict.about_id)
    conflict.place.write_to(record, conflict.lost_value())
    conflict.state = ConflictState.TAKEN
    _carry_out(session, hub, caller, "take_other_value", now_ms)


def _record(session: Session, caller: Caller, table: str, row_id: str) -> Synced:
    record: Synced | None = session.get(model_of(table), row_id)
    if record is None or record.company_id != caller.company_id:
        raise RuleError("missing_row", table=table)
    return record


def _carry_out(session: Session, hub: Hub, caller: Caller, action: str, now_ms: int) -> None:
    """Send what the session would write through the hub instead, which judges, merges and derives as for any unit."""
    changes = [
        wire.Change(edit.spec.name, edit.row_id, "put", edit.fields, edit.seen) for edit in edits_of(session)
    ]
    session.expire_all()
    hub.act(session, caller, wire.Unit(new_id(), action, now_ms, changes), now_ms)
