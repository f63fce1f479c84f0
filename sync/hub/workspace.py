"""The rows that a push is working on: read in bulk, changed in memory unit by unit, written in bulk.

A unit's changes lie in an overlay until it is accepted, so refusing it whole costs nothing.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, delete, select

from sync import bulk, wire
from sync.hub import feed
from sync.hub.feed import Scopes
from sync.hub.new_rows import NewRow, NewRows
from sync.schema import TableSpec, catalogue

Key = tuple[str, str]


@cache
def _locked(table: Table) -> Select[Any]:
    return select(*table.c).order_by(table.c.id).with_for_update()


@cache
def _of_company(table: Table) -> Select[Any]:
    return select(table.c.id).where(table.c.company_id == bindparam("company"))


@dataclass(slots=True)
class Held:
    """A row as the workspace holds it: its values (None: there is no such row), scopes and column stamps."""

    row: dict[str, Any] | None
    scopes: Scopes = frozenset()
    stamps: dict[str, Any] = field(default_factory=dict)
    filled: tuple[str, ...] | None = None
    """The row is new, and what the device sent but for these columns, which the hub has set; None for any other row."""

    @property
    def is_there(self) -> bool:
        """Whether there is such a row."""
        return self.row is not None


Standing = Held | NewRow
"""A row as it stands, whichever way it came."""

_NOTHING = Held(None)


class Workspace:
    """Rows read and changed during one push, in its transaction."""

    def __init__(self, connection: Connection, company_id: str) -> None:
        """Work on `connection`, inside its transaction, for somebody of that company."""
        self.connection = connection
        self._company_id = company_id
        self._stored: dict[Key, Standing] = {}
        self._unknown: dict[str, set[str]] = defaultdict(set)
        """By table, identifiers that were looked for: there never was such a row before this push."""
        self._accepted: dict[Key, Standing] = {}
        self._overlay: dict[Key, Standing] = {}
        self._existing: set[Key] = set()
        self._specs = catalogue()
        self.filled: list[wire.Rows] = []
        """Of the rows that were written last, the columns that the device lacks of those that it has but for these."""

    def prefetch(self, keys: Iterable[Key]) -> None:
        """Read these rows and lock them against other pushes, in the order of their identifiers."""
        wanted: dict[str, list[str]] = {}
        for table, row_id in sorted(set(keys) - self._stored.keys()):
            if row_id not in self._unknown[table]:
                wanted.setdefault(table, []).append(row_id)
        for table, ids in wanted.items():
            self._read(self._specs[table], ids)

    def _read(self, spec: TableSpec, ids: list[str]) -> None:
        names = tuple(spec.columns)
        locked = bulk.fetch_among(self.connection, _locked(spec.table), spec.table.c.id, ids)
        rows = {row["id"]: row for row in (dict(zip(names, values, strict=True)) for values in locked)}
        states = feed.states_of(self.connection, spec.name, ids)
        for row_id in rows.keys() | states.keys():
            scopes, stamps = states.get(row_id) or (frozenset(), {})
            self._stored[spec.name, row_id] = Held(rows.get(row_id), scopes, stamps)
        self._unknown[spec.name].update(row_id for row_id in ids if (spec.name, row_id) not in self._stored)

    def get(self, table: str, row_id: str) -> Standing:
        """The row as the unit in hand sees it."""
        key = (table, row_id)
        for layer in (self._overlay, self._accepted, self._stored):
            if key in layer:
                return layer[key]
        self.prefetch([key])
        return self._stored.get(key, _NOTHING)

    def is_new(self, table: str, row_id: str) -> bool:
        """Whether the row is one that this push inserts."""
        return self.get(table, row_id).is_there and not self._before((table, row_id)).is_there

    def put(self, spec: TableSpec, row_id: str, row: dict[str, Any] | None, stamps: dict[str, Any]) -> Held:
        """Set the row's values (None deletes it) in the unit in hand; its scopes follow from them."""
        before = self.get(spec.name, row_id)
        scopes = before.scopes if row is None else self.scopes_of(spec, row)
        held = Held(row, scopes, stamps)
        self._overlay[spec.name, row_id] = held
        return held

    def lay(self, key: Key, held: Standing) -> None:
        """Lay a row into the unit in hand whose scopes are known already."""
        self._overlay[key] = held

    def send_whole(self, table: str, row_id: str) -> None:
        """Have the device be sent a row of the unit in hand whole."""
        held = self.get(table, row_id)
        self._overlay[table, row_id] = Held(held.row, held.scopes, held.stamps)

    def unknown(self, table: str) -> AbstractSet[str]:
        """Of the rows of this table that were read (`prefetch`), those that there never were before this push."""
        return self._unknown[table]

    def note_former_scopes(self, spec: TableSpec, row_id: str, scopes: Scopes) -> None:
        """Have the feed say that the new row is not in these scopes, so that whoever wrote it there lets go of it."""
        self._note_before((spec.name, row_id), scopes)

    def _before(self, key: Key) -> Standing:
        """The row as it was before what this push has not written yet."""
        return self._stored.get(key, _NOTHING)

    def _note_before(self, key: Key, scopes: Scopes) -> None:
        before = self._before(key)
        self._stored[key] = Held(before.row, scopes, before.stamps)

    def scopes_of(self, spec: TableSpec, row: dict[str, Any]) -> Scopes:
        """The scopes such a row is in."""
        return self.writer_scopes(spec, row) | spec.reader_scopes(row)

    def writer_scopes(self, spec: TableSpec, row: dict[str, Any]) -> Scopes:
        """The scopes whose holders may write such a row."""
        if spec.policy.parent is None:
            return spec.own_scopes(row)
        parent = spec.parent_of(row)
        above = self.get(*parent).scopes if parent and parent[0] in self._specs else frozenset()
        return spec.inherited(above)

    def note_existing(self, keys: Iterable[Key]) -> None:
        """Look up in bulk which of these rows the company has, for checking references."""
        wanted: dict[str, list[str]] = {}
        for table, row_id in keys:
            if (table, row_id) not in self._existing:
                wanted.setdefault(table, []).append(row_id)
        for table, ids in wanted.items():
            found = self._specs[table].table
            given = {"company": self._company_id}
            known = bulk.fetch_among(self.connection, _of_company(found), found.c.id, ids, given)
            self._existing |= {(table, row_id) for (row_id,) in known}

    def exists(self, table: str, row_id: str) -> bool:
        """Whether the unit in hand may refer to this row."""
        key = (table, row_id)
        for layer in (self._overlay, self._accepted):
            if key in layer:
                return layer[key].is_there
        self.note_existing([key])
        return key in self._existing

    def accept(self) -> None:
        """The unit in hand is in order: its changes will be written.

        A row that a former unit of this push put into other scopes leaves them, for the feed and for who wrote it there.
        """
        for key, held in self._overlay.items():
            former = self._accepted.get(key)
            if former is not None and former.scopes != held.scopes:
                self._note_before(key, self._before(key).scopes | former.scopes)
        self._accepted |= self._overlay
        self._overlay = {}

    def refuse(self) -> None:
        """The unit in hand is refused: its changes are forgotten."""
        self._overlay = {}

    def forget(self, keys: Iterable[Key] | None = None) -> None:
        """Read these rows afresh from now on, or all: somebody else wrote them, or what was written was undone."""
        if keys is None:
            self._stored, self._accepted, self._overlay, self._existing = {}, {}, {}, set()
            self._unknown.clear()
            return
        for key in keys:
            self._stored.pop(key, None)
            self._unknown[key[0]].discard(key[1])
            self._existing.discard(key)

    def _accepted_by_table(self) -> tuple[dict[str, list[tuple[str, Held]]], list[NewRows]]:
        """What was accepted: rows by themselves, by table, and those that came column by column."""
        rows: dict[str, list[tuple[str, Held]]] = {}
        places: dict[int, tuple[NewRows, list[int]]] = {}
        for (table, row_id), held in self._accepted.items():
            if isinstance(held, Held):
                rows.setdefault(table, []).append((row_id, held))
            else:
                places.setdefault(id(held.of), (held.of, []))[1].append(held.at)
        return rows, [of.only(at) for of, at in places.values()]

    def write(self, at_ms: int) -> feed.Told:
        """Write what was accepted and put it into the feed."""
        rows, new = self._accepted_by_table()
        self.filled = _filled(rows, new)
        news: list[feed.News] = []
        arrived: list[feed.Arrived] = []
        for of in new:
            bulk.insert_columns(self.connection, of.spec.table, tuple(of.columns), [*of.columns.values()])
            of_these = feed.Arrived(of.spec.name, of.ids, of.scopes, of.stamps)
            if of.filled is None:
                news += of_these.as_news(of.spec)
            else:
                arrived.append(of_these)
        for spec in (spec for name, spec in self._specs.items() if name in rows):
            self._write_table(spec, rows[spec.name])
            others = [each for each in rows[spec.name] if each[1].filled is None]
            news += [
                feed.News(
                    spec,
                    row_id,
                    held.scopes,
                    self._before((spec.name, row_id)).scopes,
                    held.stamps,
                    held.row is None,
                )
                for row_id, held in others
            ]
            if known := [each for each in rows[spec.name] if each[1].filled is not None]:
                ids, held = zip(*known, strict=True)
                arrived.append(
                    feed.Arrived(
                        spec.name, ids, [each.scopes for each in held], [each.stamps for each in held]
                    )
                )
        told = feed.announce(self.connection, news, at_ms, arrived)
        self._stored |= self._accepted
        for table, row_id in self._accepted:
            self._unknown[table].discard(row_id)
        there = {key for key, held in self._accepted.items() if held.is_there}
        self._existing -= self._accepted.keys() - there
        self._existing |= there
        self._accepted = {}
        return told

    def _write_table(self, spec: TableSpec, rows: list[tuple[str, Held]]) -> None:
        names = tuple(spec.columns)
        values_of = itemgetter(*names)
        new: list[tuple[Any, ...]] = []
        changed: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        dead: list[str] = []
        for row_id, held in rows:
            old = self._before((spec.name, row_id)).row
            if held.row is None:
                dead.append(row_id)
            elif old is None:
                new.append(values_of(held.row))
            elif columns := tuple([name for name in names if held.row[name] != old[name]]):
                new_values = (*(held.row[name] for name in columns), row_id)
                changed.setdefault(columns, []).append(new_values)
        bulk.insert(self.connection, spec.table, names, new)
        for columns, values in changed.items():
            bulk.change(self.connection, spec.table, columns, values)
        if dead:
            self.connection.execute(
                delete(spec.table).where(bulk.among(self.connection, spec.table.c.id, dead))
            )


def _filled(rows: Mapping[str, Sequence[tuple[str, Held]]], new: Sequence[NewRows]) -> list[wire.Rows]:
    found: dict[tuple[str, tuple[str, ...]], list[tuple[Any, ...]]] = {}
    for table, held in rows.items():
        for _, each in held:
            if each.filled and each.row is not None:
                values = itemgetter("id", *each.filled)(each.row)
                found.setdefault((table, each.filled), []).append(values)
    for of in new:
        if of.filled:
            columns = [of.columns[name] for name in ("id", *of.filled)]
            found.setdefault((of.spec.name, of.filled), []).extend(zip(*columns, strict=True))
    return [wire.Rows(table, ["id", *columns], values) for (table, columns), values in found.items()]
