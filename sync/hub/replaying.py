"""What newer apps wrote before the hub had a place for it: put in place once the hub has been upgraded."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sync import wire
from sync.clock import Stamp
from sync.hub import judging, recorder
from sync.hub.applying import Applier, Caller
from sync.hub.tables import SyncOperation
from sync.hub.upgrades import UNKNOWN_COLUMNS, upcast
from sync.hub.workspace import Workspace
from sync.schema import catalogue, is_append_only

_OPERATION = SyncOperation.__table__  # type: ignore[attr-defined]

Columns = set[tuple[str, ...]]
"""(table, column)."""


def replay(session: Session, now_ms: int) -> int:
    """Put values in place that came before this hub had columns for them; how many units were settled by it.

    Each merges as if it arrived now with the time of its action: whoever saw a later value keeps it.
    """
    waiting = select(_OPERATION).where(_OPERATION.c.code == UNKNOWN_COLUMNS).with_for_update()
    in_order = waiting.order_by(_OPERATION.c.received_at_ms, _OPERATION.c.unit_id)
    settled = 0
    for operation in session.connection().execute(in_order).all():
        columns = {tuple(name.split(".", 1)) for name in operation.details["columns"]}
        if not all(table in catalogue() and name in catalogue()[table].columns for table, name in columns):
            continue
        _replay_one(session, operation, columns, now_ms)
        place = (_OPERATION.c.device_id == operation.device_id, _OPERATION.c.unit_id == operation.unit_id)
        session.connection().execute(update(_OPERATION).where(*place).values(code="", details={}))
        settled += 1
    return settled


def _replay_one(session: Session, operation: Any, columns: Columns, now_ms: int) -> None:
    workspace = Workspace(session.connection(), "")
    unit = upcast(wire.decode_unit(operation.payload))
    for change in unit.changes:
        fields = {name: value for name, value in change.fields.items() if (change.table, name) in columns}
        if fields:
            _put(
                workspace, operation, unit, wire.Change(change.table, change.row, "put", fields, change.seen)
            )
    workspace.accept()
    recorder.tell(session, workspace.write(now_ms).scopes)


def _put(workspace: Workspace, operation: Any, unit: wire.Unit, change: wire.Change) -> None:
    spec = catalogue()[change.table]
    row = workspace.get(spec.name, change.row).row
    if row is None or not all(spec.columns[name].accepts(value) for name, value in change.fields.items()):
        return  # deleted since, or no value of the column: the unit itself is kept as it was sent
    if is_append_only(spec):
        stamps = workspace.get(spec.name, change.row).stamps
        workspace.put(spec, change.row, row | judging.writable(spec, change.fields), stamps)
        return
    # The author of a new row saw nothing before it: its columns were empty, as the hub filled them in.
    seen = change.seen or {name: spec.columns[name].empty() for name in change.fields}
    author = Caller(operation.device_id, operation.staff_id, row["company_id"], frozenset())
    stamp = Stamp(operation.at_ms, 0, operation.device_id)
    known = wire.Change(spec.name, change.row, "put", change.fields, seen)
    Applier(workspace, author).update(spec, unit, known, stamp)
