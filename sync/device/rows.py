"""The device's copy of the rows: the hub's version with the device's pending changes on top.

`BASE` holds the hub's version of just those rows that have pending changes. A row is built again, from its base and then
each pending change in order, whenever the hub's version changed or a unit was taken out.
"""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import JSON, Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from sync.clock import Stamp
from sync.device import outbox, unknown
from sync.device.tables import BASE
from sync.merge import merge_row
from sync.schema import TableSpec
from sync.wire import Change, Rows

_CHUNK = 500
"""Identifiers in one IN list; SQLite's default limit of variables is far above."""


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


def take_away(connection: Connection, spec: TableSpec, row_ids: list[str]) -> None:
    """Remove rows that were deleted or left the device's scopes.

    A row that has pending changes stays until the hub has answered them.
    """
    unknown.forget(connection, spec.name, row_ids)
    with_base = _ids_with_base(connection, spec.name)
    _delete(connection, spec, [row_id for row_id in row_ids if row_id not in with_base])
    waiting = [row_id for row_id in row_ids if row_id in with_base]
    set_bases(connection, spec.name, dict.fromkeys(waiting))


def confirm(connection: Connection, spec: TableSpec, changes: Iterable[Change]) -> None:
    """Work applied changes, already out of the outbox, into the bases; rows with nothing pending need none."""
    by_row: dict[str, list[Change]] = {}
    for change in changes:
        by_row.setdefault(change.row, []).append(change)
    for ids in _chunks(list(by_row)):
        still_pending = outbox.pending_changes(connection, spec.name, ids)
        done = [row_id for row_id in ids if row_id not in still_pending]
        _let_go(connection, spec, done, by_row)
        connection.execute(delete(BASE).where(BASE.c.tbl == spec.name, BASE.c.row_id.in_(done)))
        bases = _bases(connection, spec.name, list(still_pending))
        grown = {row_id: build(spec, bases.get(row_id), by_row[row_id]) for row_id in still_pending}
        set_bases(connection, spec.name, grown)


def _let_go(
    connection: Connection, spec: TableSpec, row_ids: Sequence[str], applied: dict[str, list[Change]]
) -> None:
    """Remove rows that left the device's scopes while their last changes were still on the way."""
    bases = _bases(connection, spec.name, row_ids)
    gone = [
        row_id
        for row_id, body in bases.items()
        if body is None and build(spec, None, applied[row_id]) is None
    ]
    _delete(connection, spec, gone)


def rebuild(connection: Connection, spec: TableSpec, row_ids: Sequence[str]) -> None:
    """Build these rows again from base and pending changes; a base with nothing pending is dropped."""
    for ids in _chunks(row_ids):
        pending = outbox.pending_changes(connection, spec.name, ids)
        for row_id, body in _bases(connection, spec.name, ids).items():
            changes = pending.get(row_id, [])
            row = build(spec, body, changes)
            if row is not None:
                _replace(connection, spec, list(row), [list(row.values())])
            elif not changes or changes[-1].kind == "del":
                _delete(connection, spec, [row_id])
            if not changes:
                connection.execute(delete(BASE).where(BASE.c.tbl == spec.name, BASE.c.row_id == row_id))


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


_NOW = Stamp(0, 0, "")
"""A pending change goes on top of the copy whatever the clocks say; the hub decides when it arrives."""


def is_insert(change: Change) -> bool:
    """Whether a change makes a new row, of this version's columns or of an older one's."""
    return change.kind == "put" and not change.seen and "id" in change.fields


def _whole(spec: TableSpec, fields: dict[str, Any]) -> dict[str, Any]:
    return {name: fields.get(name, spec.columns[name].empty()) for name in spec.public}


def _known(spec: TableSpec, fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name in spec.columns}


def _ids_with_base(connection: Connection, table: str) -> frozenset[str]:
    return frozenset(connection.execute(select(BASE.c.row_id).where(BASE.c.tbl == table)).scalars())


def _bases(connection: Connection, table: str, row_ids: Sequence[str]) -> dict[str, dict[str, Any] | None]:
    found = select(BASE.c.row_id, BASE.c.body).where(BASE.c.tbl == table, BASE.c.row_id.in_(row_ids))
    return {row.row_id: row.body for row in connection.execute(found)}


def set_bases(connection: Connection, table: str, bodies: dict[str, dict[str, Any] | None]) -> None:
    """Keep these as the hub's versions of rows that have pending changes."""
    if bodies:
        statement = insert(BASE)
        statement = statement.on_conflict_do_update(
            index_elements=["tbl", "row_id"], set_={"body": statement.excluded.body}
        )
        values = [{"tbl": table, "row_id": row_id, "body": body} for row_id, body in bodies.items()]
        connection.execute(statement, values)


def put(connection: Connection, spec: TableSpec, page: Rows) -> None:
    """Insert or overwrite rows of the copy as they are, whatever is pending."""
    _replace(connection, spec, page.columns, page.rows)


def _replace(
    connection: Connection, spec: TableSpec, columns: list[str], rows: Sequence[Sequence[Any]]
) -> None:
    """Insert or overwrite rows given as values in the order of `columns`; the hot path of a first sync.

    Columns that an older server did not send keep what they hold, or get their empty value.
    """
    if not rows:
        return
    missing = [name for name in spec.public if name not in columns]
    if missing:
        _replace_in_part(connection, spec, columns, rows, missing)
        return
    known = [(position, name) for position, name in enumerate(columns) if name in spec.columns]
    as_json = {position for position, name in known if isinstance(spec.table.c[name].type, JSON)}
    names = ", ".join(f'"{name}"' for _, name in known)
    marks = ", ".join("?" * len(known))
    if as_json or len(known) != len(columns):
        values = [
            tuple(json.dumps(row[at], ensure_ascii=False) if at in as_json else row[at] for at, _ in known)
            for row in rows
        ]
    else:
        values = [tuple(row) for row in rows]
    connection.exec_driver_sql(f'INSERT OR REPLACE INTO "{spec.name}" ({names}) VALUES ({marks})', values)  # noqa: S608


def _replace_in_part(
    connection: Connection,
    spec: TableSpec,
    columns: list[str],
    rows: Sequence[Sequence[Any]],
    missing: list[str],
) -> None:
    known = [(at, name) for at, name in enumerate(columns) if name in spec.columns]
    statement = insert(spec.table)
    statement = statement.on_conflict_do_update(
        index_elements=["id"], set_={name: statement.excluded[name] for _, name in known}
    )
    empty = {name: spec.columns[name].empty() for name in missing}
    connection.execute(statement, [empty | {name: row[at] for at, name in known} for row in rows])


def _delete(connection: Connection, spec: TableSpec, row_ids: Sequence[str]) -> None:
    for ids in _chunks(row_ids):
        connection.execute(delete(spec.table).where(spec.table.c.id.in_(ids)))


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))
