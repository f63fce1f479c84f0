"""Rows out: a page of what changed in the caller's scopes, or of a first sync of scopes they do not hold yet.

Only what the caller's scopes contain is ever read, whatever the request says. A cursor that speaks of a scope which the
device was never granted is a forgery.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, null, select, true, union_all

from sync import bulk, wire
from sync.hub import cursors, feed, positions, trimming
from sync.hub.cursors import Cursor, Snapshot
from sync.hub.errors import ForbiddenScope
from sync.hub.tables import SyncFeed
from sync.schema import TableSpec, catalogue, kinds_of, mask_kinds

_FEED = SyncFeed.__table__  # type: ignore[attr-defined]
MAX_LIMIT = 10_000


@dataclass(slots=True)
class Page:
    """What one response hands out."""

    rows: list[wire.Rows] = field(default_factory=list)
    gone: list[wire.Gone] = field(default_factory=list)
    cursor: str = ""
    more: bool = False
    remaining: int = 0
    begins_anew: bool = False
    """The copy is older than what the feed remembers: the device asks again with an empty cursor."""


def effective_scopes(
    scopes: feed.Scopes, granted: feed.Scopes, asked_for: Sequence[str] | None, cursor: Cursor
) -> feed.Scopes:
    """The scopes to answer for. Raises `ForbiddenScope` when the request names one that was never granted."""
    asked = frozenset(asked_for) if asked_for is not None else scopes
    forged = (asked | cursor.named_scopes) - scopes - granted
    if forged:
        raise ForbiddenScope(forged)
    return asked & scopes


def hand_out(connection: Connection, scopes: feed.Scopes, cursor: Cursor, limit: int) -> Page:
    """The next page for a device that has `scopes` and whose copy stands at `cursor`."""
    if cursor.at is not None and trimming.is_behind(connection, cursor.at):
        return Page(more=True, begins_anew=True)
    page = Page()
    limit = max(1, min(limit, MAX_LIMIT))
    masks_changed = bool(kinds_of(cursor.named_scopes ^ scopes) & mask_kinds())
    _purge_lost_scopes(connection, cursor, scopes, page)
    if masks_changed:
        cursor.scopes, cursor.snapshot = [], None  # all of the copy comes again, with what may be seen now
    _begin_snapshot(connection, cursor, scopes)
    if cursor.snapshot is not None:
        _hand_out_snapshot(connection, cursor, limit, page, scopes)
    else:
        _hand_out_changes(connection, cursor, limit, page, scopes)
    page.cursor = cursors.text_of(cursor)
    return page


def _purge_lost_scopes(connection: Connection, cursor: Cursor, scopes: feed.Scopes, page: Page) -> None:
    """Rows of scopes that the person no longer has leave the device, but for those that another scope still shows."""
    lost = cursor.named_scopes - scopes
    if not lost:
        return
    cursor.scopes = [scope for scope in cursor.scopes if scope in scopes]
    if cursor.snapshot is not None:
        kept = [scope for scope in cursor.snapshot.scopes if scope in scopes]
        cursor.snapshot = Snapshot(kept, cursor.snapshot.table, cursor.snapshot.below) if kept else None
    statement = select(_FEED.c.tbl, _FEED.c.row_id).where(_FEED.c.scope.in_(lost))
    by_table: dict[str, list[str]] = {}
    for row in connection.execute(statement):
        by_table.setdefault(row.tbl, []).append(row.row_id)
    for table, ids in by_table.items():
        visible = _visible(connection, table, ids, scopes)
        page.gone.append(wire.Gone(table, [row_id for row_id in ids if row_id not in visible]))


def _begin_snapshot(connection: Connection, cursor: Cursor, scopes: feed.Scopes) -> None:
    new = scopes - cursor.named_scopes
    if cursor.at is None:
        cursor.at = positions.resting(connection)
    if new and cursor.snapshot is None:
        total = select(func.count()).select_from(_FEED).where(_FEED.c.scope.in_(new), _FEED.c.kind == "put")
        cursor.snapshot = Snapshot(sorted(new), left=connection.execute(total).scalar_one())


def _hand_out_snapshot(
    connection: Connection, cursor: Cursor, limit: int, page: Page, scopes: feed.Scopes
) -> None:
    """Rows of the new scopes, table by table in the order of their rank, newest identifiers first."""
    snapshot = cursor.snapshot
    assert snapshot is not None  # noqa: S101 - the caller has just looked
    specs = catalogue()
    names = list(specs)
    at = names.index(snapshot.table) if snapshot.table in specs else 0
    room = limit
    while room > 0 and at < len(names):
        spec = specs[names[at]]
        rows = _snapshot_rows(connection, spec, snapshot, room, scopes)
        if rows.rows:
            page.rows.append(rows)
            snapshot.below = rows.rows[-1][rows.columns.index("id")]
            room -= len(rows.rows)
        if room > 0:
            at, snapshot.below = at + 1, ""
    snapshot.left = max(0, snapshot.left - (limit - room))
    if at >= len(names):
        cursor.scopes = sorted({*cursor.scopes, *snapshot.scopes})
        cursor.snapshot = None
    else:
        snapshot.table = names[at]
        page.remaining = max(1, snapshot.left)
    page.more = True


def _snapshot_rows(
    connection: Connection, spec: TableSpec, snapshot: Snapshot, room: int, scopes: feed.Scopes
) -> wire.Rows:
    """The next rows of one table; each scope's index is entered where the last page ended, and read no further."""
    newest = [
        select(_FEED.c.row_id)
        .where(_FEED.c.scope == scope, _FEED.c.tbl == spec.name, _FEED.c.kind == "put")
        .where(_FEED.c.row_id < snapshot.below if snapshot.below else true())
        .order_by(_FEED.c.row_id.desc())
        .limit(room)
        .subquery()
        for scope in snapshot.scopes
    ]
    ids = union_all(*(select(of_scope.c.row_id) for of_scope in newest)).subquery()
    found = bulk.fetch(connection, select(ids.c.row_id))
    return _rows_of(connection, spec, sorted({row_id for (row_id,) in found}, reverse=True)[:room], scopes)


def _hand_out_changes(
    connection: Connection, cursor: Cursor, limit: int, page: Page, scopes: feed.Scopes
) -> None:
    assert cursor.at is not None  # noqa: S101 - set when the copy was begun
    resting = positions.resting(connection)
    found = bulk.fetch(
        connection,
        select(_FEED.c.tbl, _FEED.c.row_id, _FEED.c.kind, _FEED.c.xid, _FEED.c.n)
        .where(
            _FEED.c.scope.in_(cursor.scopes), positions.since(connection, _FEED.c.xid, _FEED.c.n, cursor.at)
        )
        .order_by(_FEED.c.xid, _FEED.c.n)
        .limit(limit + 1),
    )
    page.more = len(found) > limit
    served = found[:limit]
    by_table: dict[str, dict[str, bool]] = {}
    for table, row_id, kind, xid, n in served:
        if kind == "put" and positions.is_within(cursor.own, xid, n):
            continue
        is_put = by_table.setdefault(table, {})
        is_put[row_id] = is_put.get(row_id, False) or kind == "put"
    last = served[-1][3:] if served else cursor.at
    # To the very end, so that one who hears of nothing is not taken for one who was away.
    cursor.advance(last if page.more else max(last, resting))
    specs = catalogue()
    for table in (name for name in specs if name in by_table):
        in_scope = {row_id for row_id, is_put in by_table[table].items() if is_put}
        left = [row_id for row_id in by_table[table] if row_id not in in_scope]
        still = _visible(connection, table, left, frozenset(cursor.scopes))
        gone = [row_id for row_id in left if row_id not in still]
        if gone:
            page.gone.append(wire.Gone(table, gone))
        rows = _rows_of(connection, specs[table], sorted(in_scope | still), scopes)
        if rows.rows:
            page.rows.append(rows)


def _visible(connection: Connection, table: str, row_ids: Sequence[str], scopes: feed.Scopes) -> set[str]:
    """Those of the rows that at least one of `scopes` shows."""
    if not row_ids:
        return set()
    statement = select(_FEED.c.row_id).where(
        _FEED.c.scope.in_(scopes),
        _FEED.c.tbl == table,
        bulk.among(connection, _FEED.c.row_id, row_ids),
        _FEED.c.kind == "put",
    )
    return {row_id for (row_id,) in bulk.fetch(connection, statement)}


def _columns(spec: TableSpec, scopes: feed.Scopes) -> list[ColumnElement[Any]]:
    """The columns that leave the server, with nothing in those that these scopes do not show."""
    masked = spec.masked_from(scopes)
    return [null().label(name) if name in masked else spec.table.c[name] for name in spec.public]


def _rows_of(
    connection: Connection, spec: TableSpec, row_ids: Sequence[str], scopes: feed.Scopes
) -> wire.Rows:
    columns = _columns(spec, scopes)
    rows: list[tuple[object, ...]] = []
    if row_ids:
        chosen = select(*columns).where(bulk.among(connection, spec.table.c.id, row_ids))
        rows = bulk.fetch(connection, chosen.order_by(spec.table.c.id.desc()))
    return wire.Rows(spec.name, list(spec.public), _emptied(spec, rows, scopes))


def _emptied(
    spec: TableSpec, rows: list[tuple[object, ...]], scopes: feed.Scopes
) -> list[tuple[object, ...]]:
    """The rows with the empty value of the column where one that may not be missing is masked."""
    masked = spec.masked_from(scopes)
    empty = {
        at: value
        for at, name in enumerate(spec.public)
        if name in masked and (value := spec.columns[name].empty()) is not None
    }
    if not empty:
        return rows
    return [tuple(empty.get(at, value) for at, value in enumerate(row)) for row in rows]
