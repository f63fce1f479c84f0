"""The hub's side of the proof that a copy equals it (`sync.proof`), and of fetching one scope anew."""

from sqlalchemy import Connection, select

from sync.hub import cursors
from sync.hub.cursors import Snapshot
from sync.hub.errors import ForbiddenScope
from sync.hub.feed import Scopes
from sync.hub.tables import SyncFeed
from sync.proof import Columns, Proof, Question, Tally
from sync.schema import TableSpec, catalogue

_FEED = SyncFeed.__table__  # type: ignore[attr-defined]
_CHUNK = 1_000


def prove(connection: Connection, scopes: Scopes, question: Question) -> Proof:
    """Sums over what the feed hands out in `scopes`; columns that do not reach their holder are not counted."""
    columns: Columns = {
        name: sorted(set(question.columns[name]) & set(spec.public) - spec.masked_from(scopes))
        for name, spec in catalogue().items()
        if name in question.columns
    }
    tally = Tally()
    for name, known in columns.items():
        _add_table(connection, catalogue()[name], known, scopes, tally)
    sums = tally.sums()
    return Proof(columns, {scope: sums.get(scope, {}) for scope in scopes})


def without(text: str, scope: str, scopes: Scopes) -> str:
    """The cursor `text` of a copy that no longer holds `scope`, so that it is sent whole with the next pull.

    Raises `MalformedCursor`, or `ForbiddenScope` for a scope that is not among the caller's `scopes`.
    """
    if scope not in scopes:
        raise ForbiddenScope(frozenset({scope}))
    cursor = cursors.parse(text)
    cursor.scopes = [each for each in cursor.scopes if each != scope]
    if cursor.snapshot is not None and scope in cursor.snapshot.scopes:
        others = [each for each in cursor.snapshot.scopes if each != scope]
        # Begun again as a whole: it is told by what the cursor does not name.
        cursor.snapshot = Snapshot(others) if others else None
    return cursors.text_of(cursor)


def _add_table(
    connection: Connection, spec: TableSpec, columns: list[str], scopes: Scopes, tally: Tally
) -> None:
    entries = select(_FEED.c.row_id, _FEED.c.scope).where(
        _FEED.c.tbl == spec.name, _FEED.c.kind == "put", _FEED.c.scope.in_(scopes)
    )
    scopes_by_row: dict[str, list[str]] = {}
    for row_id, scope in connection.execute(entries):
        scopes_by_row.setdefault(row_id, []).append(scope)
    ids = list(scopes_by_row)
    hashed = [spec.table.c[name] for name in columns]
    for at in range(0, len(ids), _CHUNK):
        statement = select(spec.table.c.id, *hashed).where(spec.table.c.id.in_(ids[at : at + _CHUNK]))
        for row_id, *values in connection.execute(statement):
            tally.add(spec.name, scopes_by_row[row_id], values)
