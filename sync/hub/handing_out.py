"""Rows out: a page of what changed in the caller's scopes, or of a first sync of scopes they do not hold yet.

Only what the caller's scopes contain is ever read, whatever the request says. A cursor that speaks of a scope which the
device was never granted is a forgery.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, TextClause, bindparam, func, select, text, true

from sync import bulk, wire
from sync.hub import cursors, feed, positions, trimming
from sync.hub.cursors import Cursor, Snapshot
from sync.hub.errors import ForbiddenScope
from sync.hub.reading import Reader, RecentRows
from sync.hub.tables import SyncFeed
from sync.schema import catalogue, kinds_of, mask_kinds

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


def hand_out(
    connection: Connection, scopes: feed.Scopes, cursor: Cursor, limit: int, recent: RecentRows
) -> Page:
    """The next page for a device that has `scopes` and whose copy stands at `cursor`."""
    limit = max(1, min(limit, MAX_LIMIT))
    changes: list[_Change] | None = None
    if cursor.at is not None and cursor.snapshot is None and cursor.named_scopes == scopes:
        stands, changes = _standing_and_changes(connection, cursor, limit)
    else:
        stands = trimming.standing(connection)
    if cursor.at is not None and cursor.at < stands.horizon:
        return Page(more=True, begins_anew=True)
    page = Page()
    masks_changed = bool(kinds_of(cursor.named_scopes ^ scopes) & mask_kinds())
    _purge_lost_scopes(connection, cursor, scopes, page)
    if masks_changed:
        cursor.scopes, cursor.snapshot = [], None  # all of the copy comes again, with what may be seen now
    _begin_snapshot(connection, cursor, scopes, stands.resting)
    reader = Reader(connection, scopes, recent, stands.resting)
    if cursor.snapshot is not None:
        _hand_out_snapshot(reader, cursor, limit, page)
    else:
        if changes is None:
            _, changes = _standing_and_changes(connection, cursor, limit)
        _hand_out_changes(reader, cursor, changes, limit, page)
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


def _begin_snapshot(
    connection: Connection, cursor: Cursor, scopes: feed.Scopes, resting: positions.Position
) -> None:
    new = scopes - cursor.named_scopes
    if cursor.at is None:
        cursor.at = resting
    if new and cursor.snapshot is None:
        total = select(func.count()).select_from(_FEED).where(_FEED.c.scope.in_(new), _FEED.c.kind == "put")
        cursor.snapshot = Snapshot(sorted(new), left=connection.execute(total).scalar_one())


def _hand_out_snapshot(reader: Reader, cursor: Cursor, limit: int, page: Page) -> None:
    """Rows of the new scopes, table by table in the order of their rank, newest identifiers first."""
    snapshot = cursor.snapshot
    assert snapshot is not None  # noqa: S101 - the caller has just looked
    specs = catalogue()
    names = list(specs)
    at = names.index(snapshot.table) if snapshot.table in specs else 0
    scopes_by_table = _scopes_with_rows(reader.connection, names[at:], snapshot.scopes)
    room = limit
    while room > 0 and at < len(names):
        entries = _newest(
            reader.connection, names[at], scopes_by_table.get(names[at], ()), snapshot.below, room
        )
        if entries:
            page.rows.append(reader.rows(specs[names[at]], entries))
            snapshot.below = min(entries)
            room -= len(entries)
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


def _scopes_with_rows(
    connection: Connection, tables: Sequence[str], scopes: Sequence[str]
) -> dict[str, list[str]]:
    """For each of the tables that have rows in these scopes, those scopes; most have none, and need not be asked for."""
    statement = _with_rows(tuple(tables))
    found: dict[str, list[str]] = {}
    for scope in scopes:
        for of_table in connection.execute(statement, {"scope": scope}).scalars():
            found.setdefault(of_table, []).append(scope)
    return found


@cache
def _with_rows(tables: tuple[str, ...]) -> TextClause:
    """Which of the tables have rows in a scope: one look into the index for each.

    Asked whether such entries exist, PostgreSQL would join the tables with the whole feed, at every page.
    """
    names = ", ".join(f"('{name}')" for name in tables)
    first = f"SELECT n FROM {_FEED.name} WHERE scope = :scope AND tbl = asked.value AND kind = 'put'"  # noqa: S608
    return text(
        f"WITH asked(value) AS (VALUES {names}) SELECT asked.value FROM asked "  # noqa: S608
        f"WHERE ({first} ORDER BY row_id LIMIT 1) IS NOT NULL"
    )


_OF_SCOPE = (
    select(_FEED.c.row_id, _FEED.c.xid, _FEED.c.n)
    .where(_FEED.c.scope == bindparam("scope"), _FEED.c.tbl == bindparam("table"), _FEED.c.kind == "put")
    .order_by(_FEED.c.row_id.desc())
    .limit(bindparam("room"))
)
_OF_SCOPE_BELOW = _OF_SCOPE.where(_FEED.c.row_id < bindparam("below"))


def _newest(
    connection: Connection, table: str, scopes: Sequence[str], below: str, room: int
) -> dict[str, positions.Position]:
    """The next rows of one table; each scope's index is entered where the last page ended, and read no further."""
    found: list[tuple[str, int, int]] = []
    for scope in scopes:
        given = {"scope": scope, "table": table, "room": room} | ({"below": below} if below else {})
        found += bulk.fetch_lasting(connection, _OF_SCOPE_BELOW if below else _OF_SCOPE, given)
    entries = {row_id: (xid, n) for row_id, xid, n in sorted(found)}
    return {row_id: entries[row_id] for row_id in sorted(entries, reverse=True)[:room]}


_Change = tuple[str, str, str, int, int]
"""(table, row, kind, xid, n) of an entry of the feed."""


@cache
def _asked(*, many_writers: bool, has_own: bool) -> Select[Any]:
    """The question where the feed stands, and beside that each change behind a position: nothing there where nothing changed.

    Most rounds find nothing, and so cost one statement here.
    """
    columns = _FEED.c.tbl, _FEED.c.row_id, _FEED.c.kind, _FEED.c.xid, _FEED.c.n
    found = (
        select(*columns)
        .where(bulk.is_given(_FEED.c.scope, "scopes", many_writers=many_writers))
        .where(positions.since(_FEED.c.xid, _FEED.c.n, many_writers=many_writers))
        .order_by(_FEED.c.xid, _FEED.c.n)
        .limit(bindparam("most"))
    )
    if has_own:
        # What the device has just pushed, in the database and not here: thousands of entries would fill its pages with nothing.
        found = found.where(~positions.within(_FEED.c.xid, _FEED.c.n))
    stands, changes = trimming.asked_standing(many_writers=many_writers).subquery(), found.subquery()
    beside = stands.outerjoin(changes, true())
    return select(*stands.c, *changes.c).select_from(beside).order_by(changes.c.xid, changes.c.n)


def _standing_and_changes(
    connection: Connection, cursor: Cursor, limit: int
) -> tuple[trimming.Standing, list[_Change]]:
    """Where the feed stands, and what changed since the cursor in the scopes that it names: one more than `limit` at most."""
    assert cursor.at is not None  # noqa: S101 - set when the copy was begun
    given = {"scopes": bulk.as_given(connection, cursor.scopes), "most": limit + 1} | positions.after(
        cursor.at
    )
    own = max(cursor.own, key=lambda span: span[2] - span[1], default=None)
    given |= positions.span(own) if own else {}
    many_writers = positions.is_many_writers(connection)
    found = bulk.fetch_lasting(connection, _asked(many_writers=many_writers, has_own=own is not None), given)
    stands = trimming.standing_of(found[0][:3], many_writers=many_writers)
    return stands, [entry[3:] for entry in found if entry[3] is not None]


def _hand_out_changes(
    reader: Reader, cursor: Cursor, found: Sequence[_Change], limit: int, page: Page
) -> None:
    assert cursor.at is not None  # noqa: S101 - set when the copy was begun
    connection = reader.connection
    page.more = len(found) > limit
    served = found[:limit]
    last = served[-1][3:] if served else cursor.at
    by_table: dict[str, dict[str, positions.Position | None]] = {}
    for table, row_id, kind, xid, n in served:
        if kind == "put" and positions.is_within(cursor.own, xid, n):
            continue
        entered = by_table.setdefault(table, {})
        entered[row_id] = (xid, n) if kind == "put" else entered.get(row_id)
    # To the very end, so that one who hears of nothing is not taken for one who was away.
    cursor.advance(last if page.more else max(last, reader.resting))
    specs = catalogue()
    for table in (name for name in specs if name in by_table):
        entries = {row_id: entered for row_id, entered in by_table[table].items() if entered is not None}
        left = [row_id for row_id in by_table[table] if row_id not in entries]
        still = _visible(connection, table, left, frozenset(cursor.scopes))
        gone = [row_id for row_id in left if row_id not in still]
        if gone:
            page.gone.append(wire.Gone(table, gone))
        rows = reader.rows(specs[table], entries | still)
        if rows.rows:
            page.rows.append(rows)


def _visible(
    connection: Connection, table: str, row_ids: Sequence[str], scopes: feed.Scopes
) -> dict[str, positions.Position]:
    """Those of the rows that at least one of `scopes` shows, each with the newest position of its entries there."""
    if not row_ids:
        return {}
    statement = select(_FEED.c.row_id, _FEED.c.xid, _FEED.c.n).where(
        _FEED.c.scope.in_(scopes),
        _FEED.c.tbl == table,
        bulk.among(connection, _FEED.c.row_id, row_ids),
        _FEED.c.kind == "put",
    )
    return {row_id: (xid, n) for row_id, xid, n in sorted(bulk.fetch(connection, statement))}
