"""The feed: for each scope, the newest news of each row. It is what pulls are answered from.

There is one entry for a scope and a row, moved to a new position whenever the row changes, so the feed is compact by
construction: it never grows with the number of edits.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from sqlalchemy import Connection, bindparam, select

from sync import bulk
from sync.hub import positions
from sync.hub.tables import SyncFeed, SyncRowState
from sync.schema import TableSpec, catalogue, followers

Scopes = frozenset[str]

_Entry = tuple[str, str, str, str]
"""(scope, table, row, kind)."""

_FEED = SyncFeed.__table__  # type: ignore[attr-defined]
_STATE = SyncRowState.__table__  # type: ignore[attr-defined]
_FEED_COLUMNS = ("scope", "tbl", "row_id", "kind", "xid", "n", "at_ms")
_STATE_COLUMNS = ("tbl", "row_id", "scopes", "stamps")


@dataclass(slots=True)
class News:
    """A row that changed: who may see it now and before, the stamps of its columns, and whether it is gone."""

    spec: TableSpec
    row_id: str
    scopes: Scopes
    before: Scopes
    stamps: dict[str, Any]
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class Arrived:
    """New rows of a table, each with its scopes and stamps, that the device which is being answered sent itself.

    It hears in the answer what the hub made of them.
    """

    table: str
    ids: Sequence[str]
    scopes: Sequence[Scopes]
    stamps: Sequence[dict[str, Any]]

    def as_news(self, spec: TableSpec) -> list[News]:
        """The same for a device that is sent them like any others."""
        each = zip(self.ids, self.scopes, self.stamps, strict=True)
        return [News(spec, row_id, scopes, frozenset(), stamps) for row_id, scopes, stamps in each]


@dataclass(slots=True)
class Told:
    """What was announced: the scopes that have news, and where the feed has rows that the device knows already."""

    scopes: set[str] = field(default_factory=set)
    known: list[positions.Span] = field(default_factory=list)


def announce(
    connection: Connection, news: Sequence[News], at_ms: int, arrived: Sequence[Arrived] = ()
) -> Told:
    """Write news into the feed and remember each row's state.

    Rows that follow one whose scopes changed move with it.
    """
    told = Told()
    if not news and not arrived:
        return told
    _keep_states(connection, news)
    for rows in arrived:
        _enter_states(connection, rows)
    others = sorted(_entries(news))
    new = [(rows.table, *each) for rows in arrived for each in _by_scope(rows)]
    told.known = _keep_entries(connection, others, new, at_ms)
    told.scopes = {scope for scope, _, _, _ in others} | {scope for _, scope, _ in new}
    moved = [item for item in news if item.before and item.before != item.scopes]
    if moved:
        told.scopes |= announce(connection, list(_following(connection, moved)), at_ms).scopes
    return told


def _entries(news: Iterable[News]) -> list[_Entry]:
    found: list[_Entry] = []
    for item in news:
        table, kind = item.spec.name, "del" if item.deleted else "put"
        if item.before:
            found += [(scope, table, item.row_id, "exit") for scope in item.before - item.scopes]
        found += [(scope, table, item.row_id, kind) for scope in item.scopes]
    return found


def _following(connection: Connection, moved: Sequence[News]) -> Iterable[News]:
    by_table: dict[str, dict[str, Scopes]] = {}
    for item in moved:
        by_table.setdefault(item.spec.name, {})[item.row_id] = item.scopes
    for parent, scopes_by_id in by_table.items():
        for spec, column in followers(parent):
            table = spec.table
            chosen = select(table.c.id, table.c[column]).where(
                bulk.among(connection, table.c[column], scopes_by_id)
            )
            if spec.policy.parent and spec.policy.parent.table_column:
                chosen = chosen.where(table.c[spec.policy.parent.table_column] == parent)
            parents = dict(bulk.fetch(connection, chosen))
            states = states_of(connection, spec.name, list(parents))
            readers = _readers_of(connection, spec, list(parents))
            for row_id, parent_id in parents.items():
                before, stamps = states.get(row_id) or (frozenset(), {})
                yield News(
                    spec,
                    row_id,
                    spec.inherited(scopes_by_id[parent_id]) | readers.get(row_id, frozenset()),
                    before,
                    stamps,
                )


def _readers_of(connection: Connection, spec: TableSpec, row_ids: Sequence[str]) -> dict[str, Scopes]:
    """The scopes that each of these rows stays in wherever the row it follows moves."""
    if not spec.policy.readers or not row_ids:
        return {}
    chosen = select(spec.table).where(bulk.among(connection, spec.table.c.id, row_ids))
    rows = connection.execute(chosen).mappings()
    return {row["id"]: spec.reader_scopes(dict(row)) for row in rows}


def _keep_states(connection: Connection, news: Iterable[News]) -> None:
    # One that came and went at once gets a state too: whatever is in the feed has one.
    states = [
        (item.spec.name, item.row_id, sorted(item.scopes), item.stamps)
        for item in news
        if not (item.deleted and item.before)
    ]
    bulk.put(connection, _STATE, _STATE_COLUMNS, states)


def _enter_states(connection: Connection, rows: Arrived) -> None:
    # Thousands of rows are in the same few scopes.
    in_order = {scopes: sorted(scopes) for scopes in set(rows.scopes)}
    scopes = [in_order[each] for each in rows.scopes]
    columns = [[rows.table] * len(rows.ids), rows.ids, scopes, rows.stamps]
    bulk.insert_columns(connection, _STATE, _STATE_COLUMNS, columns)


def _by_scope(rows: Arrived) -> list[tuple[str, Sequence[str]]]:
    """Each scope with the rows that it shows, in the order of the feed's key."""
    shown: dict[str, Sequence[str]]
    if len(set(rows.scopes)) == 1:
        shown = dict.fromkeys(rows.scopes[0], rows.ids)
    else:
        lists: defaultdict[str, list[str]] = defaultdict(list)
        for row_id, scopes in zip(rows.ids, rows.scopes, strict=True):
            for scope in scopes:
                lists[scope].append(row_id)
        shown = dict(lists)
    return sorted(shown.items())


def _keep_entries(
    connection: Connection,
    others: Sequence[_Entry],
    new: Sequence[tuple[str, str, Sequence[str]]],
    at_ms: int,
) -> list[positions.Span]:
    """Enter both into the feed; where those of new rows, which the device knows, were entered, side by side.

    They are given as (table, scope, rows).
    """
    row_ids = [row_id for _, _, shown in new for row_id in shown]
    many = len(row_ids)
    if not others and not many:
        return []
    xid, first = positions.take(connection, len(others) + many)
    # In key order, so that two transactions announcing the same rows wait for each other instead of deadlocking.
    numbered = [(*entry, xid, n, at_ms) for n, entry in enumerate(others, first)]
    bulk.put(connection, _FEED, _FEED_COLUMNS, numbered)
    own = first + len(others)
    scopes = [scope for _, scope, shown in new for scope in repeat(scope, len(shown))]
    tables = [table for table, _, shown in new for table in repeat(table, len(shown))]
    numbers = range(own, own + many)
    columns: list[Sequence[Any]] = [
        scopes,
        tables,
        row_ids,
        ["put"] * many,
        [xid] * many,
        numbers,
        [at_ms] * many,
    ]
    bulk.insert_columns(connection, _FEED, _FEED_COLUMNS, columns)
    return [(xid, own, own + many - 1)] if many else []


_STATES = select(_STATE.c.row_id, _STATE.c.scopes, _STATE.c.stamps).where(_STATE.c.tbl == bindparam("table"))


def states_of(
    connection: Connection, table: str, row_ids: Sequence[str]
) -> dict[str, tuple[Scopes, dict[str, Any]]]:
    """Scopes and column stamps of these rows of `table`."""
    if not row_ids:
        return {}
    found = bulk.fetch_among(connection, _STATES, _STATE.c.row_id, row_ids, {"table": table})
    return {row_id: (frozenset(scopes), stamps) for row_id, scopes, stamps in found}


def changed_at_ms(stamps: Mapping[str, Any], columns: AbstractSet[str]) -> int:
    """When one of these columns of a row with these `stamps` was last written; 0 for a row that nobody wrote."""
    return max((stamp[0] for name, stamp in stamps.items() if name in columns | {""}), default=0)


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
        return spec.scopes_by_column({name: [row[name] for row in rows] for name in spec.columns})
    parents = [spec.parent_of(row) for row in rows]
    missing: dict[str, set[str]] = {}
    for parent in parents:
        if parent is not None and parent not in known:
            missing.setdefault(parent[0], set()).add(parent[1])
    for table, ids in missing.items():
        for row_id, (scopes, _) in states_of(connection, table, sorted(ids)).items():
            known[table, row_id] = scopes
    above = [known.get(parent, frozenset()) if parent else frozenset() for parent in parents]
    return [spec.inherited(scopes) | spec.reader_scopes(row) for scopes, row in zip(above, rows, strict=True)]


def spec_of(table: str) -> TableSpec:
    """The synced table of that name. Raises `KeyError`."""
    return catalogue()[table]
