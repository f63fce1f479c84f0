"""The feed: for each scope, the newest news of each row. It is what pulls are answered from.

There is one entry for a scope and a row, moved to a new position whenever the row changes, so the feed is compact by
construction: it never grows with the number of edits.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from sync.hub import positions
from sync.hub.tables import SyncFeed, SyncRowState
from sync.schema import TableSpec, catalogue, followers

Scopes = frozenset[str]

_FEED = SyncFeed.__table__  # type: ignore[attr-defined]
_STATE = SyncRowState.__table__  # type: ignore[attr-defined]
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class News:
    """A row that changed: who may see it now and before, the stamps of its columns, and whether it is gone."""

    spec: TableSpec
    row_id: str
    scopes: Scopes
    before: Scopes
    stamps: dict[str, Any]
    deleted: bool = False


def announce(connection: Connection, news: Sequence[News], at_ms: int) -> Scopes:
    """Write news into the feed and remember each row's state; the scopes that were told.

    Rows that follow one whose scopes changed move with it.
    """
    if not news:
        return frozenset()
    entries = [entry for item in news for entry in _entries(item)]
    _upsert_states(connection, [item for item in news if not item.deleted])
    _upsert_feed(connection, entries, at_ms)
    told = {scope for scope, _, _, _ in entries}
    for item in news:
        if item.before and item.before != item.scopes:
            told |= announce(connection, list(_following(connection, item)), at_ms)
    return frozenset(told)


def _entries(item: News) -> Iterable[tuple[str, str, str, str]]:
    for scope in item.before - item.scopes:
        yield scope, item.spec.name, item.row_id, "exit"
    for scope in item.scopes:
        yield scope, item.spec.name, item.row_id, "del" if item.deleted else "put"


def _following(connection: Connection, item: News) -> Iterable[News]:
    for spec, parent_column in followers(item.spec.name):
        table = spec.table
        conditions = [table.c[parent_column] == item.row_id]
        if spec.policy.parent and spec.policy.parent.table_column:
            conditions.append(table.c[spec.policy.parent.table_column] == item.spec.name)
        ids = list(connection.execute(select(table.c.id).where(*conditions)).scalars())
        states = states_of(connection, spec.name, ids)
        for row_id in ids:
            before, stamps = states.get(row_id, (frozenset(), {}))
            yield News(spec, row_id, item.scopes, before, stamps)


def _upsert_states(connection: Connection, news: Sequence[News]) -> None:
    if not news:
        return
    insert = pg_insert if positions.is_many_writers(connection) else sqlite_insert
    statement = insert(_STATE)
    statement = statement.on_conflict_do_update(
        index_elements=["tbl", "row_id"],
        set_={"scopes": statement.excluded.scopes, "stamps": statement.excluded.stamps},
    )
    connection.execute(
        statement,
        [
            {
                "tbl": item.spec.name,
                "row_id": item.row_id,
                "scopes": sorted(item.scopes),
                "stamps": item.stamps,
            }
            for item in news
        ],
    )


def _upsert_feed(connection: Connection, entries: Sequence[tuple[str, str, str, str]], at_ms: int) -> None:
    if not entries:
        return
    xid, first = positions.take(connection, len(entries))
    insert = pg_insert if positions.is_many_writers(connection) else sqlite_insert
    statement = insert(_FEED)
    new = statement.excluded
    statement = statement.on_conflict_do_update(
        index_elements=["scope", "tbl", "row_id"],
        set_={"kind": new.kind, "xid": new.xid, "n": new.n, "at_ms": new.at_ms},
    )
    # In key order, so that two transactions announcing the same rows wait for each other instead of deadlocking.
    connection.execute(
        statement,
        [
            {
                "scope": scope,
                "tbl": tbl,
                "row_id": row_id,
                "kind": kind,
                "xid": xid,
                "n": first + at,
                "at_ms": at_ms,
            }
            for at, (scope, tbl, row_id, kind) in enumerate(sorted(entries))
        ],
    )


def states_of(
    connection: Connection, table: str, row_ids: Sequence[str]
) -> dict[str, tuple[Scopes, dict[str, Any]]]:
    """Scopes and column stamps of these rows of `table`."""
    found: dict[str, tuple[Scopes, dict[str, Any]]] = {}
    for at in range(0, len(row_ids), _CHUNK):
        chunk = row_ids[at : at + _CHUNK]
        rows = connection.execute(select(_STATE).where(_STATE.c.tbl == table, _STATE.c.row_id.in_(chunk)))
        found |= {row.row_id: (frozenset(row.scopes), row.stamps) for row in rows}
    return found


def left(connection: Connection, table: str, row_id: str, scopes: Scopes) -> dict[str, int]:
    """Those of `scopes` that the row was in once and has left, each with the moment when."""
    statement = select(_FEED.c.scope, _FEED.c.at_ms).where(
        _FEED.c.scope.in_(scopes), _FEED.c.tbl == table, _FEED.c.row_id == row_id, _FEED.c.kind == "exit"
    )
    return {row.scope: row.at_ms for row in connection.execute(statement)}


def scopes_for(
    connection: Connection,
    spec: TableSpec,
    rows: Sequence[dict[str, Any]],
    known: dict[tuple[str, str], Scopes],
) -> list[Scopes]:
    """The scopes of each of `rows` of one table, from their own columns or their parents' state.

    `known` has the scopes of rows written in the same breath, by (table, identifier); parents are looked up there first.
    """
    if spec.policy.parent is None:
        return [spec.own_scopes(row) for row in rows]
    parents = [spec.parent_of(row) for row in rows]
    missing: dict[str, set[str]] = {}
    for parent in parents:
        if parent is not None and parent not in known:
            missing.setdefault(parent[0], set()).add(parent[1])
    for table, ids in missing.items():
        for row_id, (scopes, _) in states_of(connection, table, sorted(ids)).items():
            known[table, row_id] = scopes
    return [known.get(parent, frozenset()) if parent else frozenset() for parent in parents]


def spec_of(table: str) -> TableSpec:
    """The synced table of that name. Raises `KeyError`."""
    return catalogue()[table]
