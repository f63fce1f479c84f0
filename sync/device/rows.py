"""The device's copy of the rows: the hub's version with the device's pending changes on top.

`BASE` holds the hub's version of just those rows that have pending changes. A row is built again, from its base and then
each pending change in order, whenever the hub's version changed or a unit was taken out.
"""

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select

from sync import bulk
from sync.clock import Stamp
from sync.device import outbox, unknown
from sync.device.tables import BASE
from sync.merge import merge_row
from sync.schema import TableSpec
from sync.wire import Change, Rows


def take_rows(connection: Connection, spec: TableSpec, page: Rows) -> None:
    """Put a page of the hub's rows into the copy; rows with pending changes keep those on top.

    Values that this version of the app has no column for are kept aside for a later one.
    """
    unknown.keep(connection, spec, page)
    with_base = _ids_with_base(connection, spec.name)
    key = page.columns.index("id")
    plain = [row for row in page.rows if row[key] not in with_base] if with_base else page.rows
    _replace(connection, spec, page.columns, plain)
    if with_base:
        pending = [row for row in page.rows if row[key] in with_base]
        bodies: dict[str, dict[str, Any] | None]
        bodies = {row[key]: dict(zip(page.columns, row, strict=True)) for row in pending}
        set_bases(connection, spec.name, bodies)
        rebuild(connection, spec, list(bodies))


def fill(connection: Connection, spec: TableSpec, page: Rows) -> None:
    """Put just these columns of rows in place, which this device wrote and the hub has taken but for them."""
    unknown.keep(connection, spec, page)
    names = [name for name in page.columns if name in spec.columns and name != "id"]
    if not names:
        return
    values_of = itemgetter(*(page.columns.index(name) for name in (*names, "id")))
    values = [values_of(row) for row in page.rows]
    bodies = _bases(connection, spec.name, [row[-1] for row in values])
    plain = [row for row in values if row[-1] not in bodies] if bodies else values
    bulk.change(connection, spec.table, names, plain)
    set_by_hub = {row[-1]: dict(zip(names, row[:-1], strict=True)) for row in values if row[-1] in bodies}
    grown: dict[str, dict[str, Any] | None]
    grown = {row_id: body | set_by_hub[row_id] for row_id, body in bodies.items() if body is not None}
    set_bases(connection, spec.name, grown)
    rebuild(connection, spec, list(grown))


def take_away(connection: Connection, spec: TableSpec, row_ids: list[str]) -> None:
    """Remove rows that were deleted or left the device's scopes.

    A row that has pending changes stays until the hub has answered them.
    """
    unknown.forget(connection, spec.name, row_ids)
    with_base = _ids_with_base(connection, spec.name)
    _delete(connection, spec, [row_id for row_id in row_ids if row_id not in with_base])
    waiting = [row_id for row_id in row_ids if row_id in with_base]
    set_bases(connection, spec.name, dict.fromkeys(waiting))


def confirm(
    connection: Connection,
    spec: TableSpec,
    changes: Iterable[Change],
    to_rebuild: AbstractSet[str] = frozenset(),
) -> None:
    """Work applied changes, already out of the outbox, into the bases; rows with nothing pending need none.

    Those `to_rebuild` keep theirs: other changes of them were not applied, and they are about to be built without.
    """
    by_row: dict[str, list[Change]] = {}
    for change in changes:
        by_row.setdefault(change.row, []).append(change)
    still_pending = outbox.pending_changes(connection, spec.name, list(by_row))
    bases = _bases(connection, spec.name, list(by_row))
    kept = still_pending.keys() | (to_rebuild & bases.keys())
    done = [row_id for row_id in by_row if row_id not in kept]
    # Rows may have left the device's scopes while their last changes were still on the way.
    left = [row_id for row_id in done if row_id in bases and bases[row_id] is None]
    _delete(connection, spec, [row_id for row_id in left if not _is_left(by_row[row_id])])
    _drop_bases(connection, spec.name, done)
    grown = {row_id: build(spec, bases.get(row_id), by_row[row_id]) for row_id in kept}
    set_bases(connection, spec.name, grown)


def rebuild(connection: Connection, spec: TableSpec, row_ids: Sequence[str]) -> None:
    """Build these rows again from base and pending changes; a base with nothing pending is dropped."""
    pending = outbox.pending_changes(connection, spec.name, row_ids)
    rows: list[dict[str, Any]] = []
    gone: list[str] = []
    bases = _bases(connection, spec.name, row_ids)
    for row_id, body in bases.items():
        changes = pending.get(row_id, [])
        row = build(spec, body, changes)
        if row is not None:
            rows.append(row)
        elif not changes or changes[-1].kind == "del":
            gone.append(row_id)
    for row in rows:
        _replace(connection, spec, list(row), [list(row.values())])
    _delete(connection, spec, gone)
    _drop_bases(connection, spec.name, [row_id for row_id in bases if row_id not in pending])


def build(spec: TableSpec, body: dict[str, Any] | None, changes: Iterable[Change]) -> dict[str, Any] | None:
    """The row that `changes` make of the hub's `body`.

    None when there is no such row: it was deleted, or the hub has none and the changes do not insert a whole one.
    """
    row = dict(body) if body is not None else None
    for change in changes:
        if change.kind == "del":
            row = None
        elif row is not None:
            row |= merge_row(spec, row, {}, _known(spec, change.fields), change.seen, _NOW).fields
        elif is_insert(change):
            row = _whole(spec, change.fields)
    return row


def _is_left(changes: Sequence[Change]) -> bool:
    """Whether `build` makes a row of these changes without a hub's version, told without making it."""
    if changes and is_insert(changes[-1]):
        return True
    deletions = [at for at, change in enumerate(changes) if change.kind == "del"]
    return any(is_insert(change) for change in changes[deletions[-1] + 1 if deletions else 0 :])


_NOW = Stamp(0, 0, "")
"""A pending change goes on top of the copy whatever the clocks say; the hub decides when it arrives."""


def is_insert(change: Change) -> bool:
    """Whether a change makes a new row, of this version's columns or of an older one's."""
    return change.kind == "put" and not change.seen and "id" in change.fields


def _whole(spec: TableSpec, fields: dict[str, Any]) -> dict[str, Any]:
    return {name: fields.get(name, spec.columns[name].empty()) for name in spec.public}


def _known(spec: TableSpec, fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name in spec.columns}


_BODIES = select(BASE.c.row_id, BASE.c.body).where(BASE.c.tbl == bindparam("table"))
_WITH_BASE = select(BASE.c.row_id).where(BASE.c.tbl == bindparam("table"))


def _ids_with_base(connection: Connection, table: str) -> frozenset[str]:
    return frozenset(row_id for (row_id,) in bulk.fetch_lasting(connection, _WITH_BASE, {"table": table}))


def _bases(connection: Connection, table: str, row_ids: Sequence[str]) -> dict[str, dict[str, Any] | None]:
    if not row_ids:
        return {}
    return dict(bulk.fetch_among(connection, _BODIES, BASE.c.row_id, row_ids, {"table": table}))


def _drop_bases(connection: Connection, table: str, row_ids: Sequence[str]) -> None:
    if row_ids:
        bulk.delete_among(connection, BASE, BASE.c.row_id, row_ids, BASE.c.tbl == table)


def set_bases(connection: Connection, table: str, bodies: dict[str, dict[str, Any] | None]) -> None:
    """Keep these as the hub's versions of rows that have pending changes."""
    rows = [(table, row_id, body) for row_id, body in bodies.items()]
    bulk.put(connection, BASE, ("tbl", "row_id", "body"), rows)


def put(connection: Connection, spec: TableSpec, page: Rows) -> None:
    """Insert or overwrite rows of the copy as they are, whatever is pending."""
    _replace(connection, spec, page.columns, page.rows)


def _replace(
    connection: Connection, spec: TableSpec, columns: list[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert or overwrite rows given as values in the order of `columns`; the hot path of a first sync.

    Columns that an older server did not send keep what they hold, or get their empty value.
    """
    known = [at for at, name in enumerate(columns) if name in spec.columns]
    missing = [name for name in spec.public if name not in columns]
    if missing or len(known) != len(columns):
        empty = [spec.columns[name].empty() for name in missing]
        rows = [[*(row[at] for at in known), *empty] for row in rows]
    bulk.put(connection, spec.table, [*(columns[at] for at in known), *missing], rows, new_only=missing)


def _delete(connection: Connection, spec: TableSpec, row_ids: Sequence[str]) -> None:
    if row_ids:
        connection.execute(delete(spec.table).where(bulk.among(connection, spec.table.c.id, row_ids)))
