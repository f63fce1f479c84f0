"""The rows that a push is working on: read in bulk, changed in memory unit by unit, written in bulk.

A unit's changes lie in an overlay until it is accepted, so refusing it whole costs nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, delete, select

from sync import bulk, wire
from sync.hub import feed
from sync.hub.feed import Scopes
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


class Workspace:
    """Rows read and changed during one push, in its transaction."""

    def __init__(self, connection: Connection, company_id: str) -> None:
        """Work on `connection`, inside its transaction, for somebody of that company."""
        self.connection = connection
        self._company_id = company_id
        self._stored: dict[Key, Held] = {}
        self._accepted: dict[Key, Held] = {}
        self._overlay: dict[Key, Held] = {}
        self._existing: set[Key] = set()
        self._specs = catalogue()

    def prefetch(self, keys: Iterable[Key]) -> None:
        """Read these rows and lock them against other pushes, in the order of their identifiers."""
        wanted: dict[str, list[str]] = {}
        for table, row_id in sorted(key for key in set(keys) if key not in self._stored):
            wanted.setdefault(table, []).append(row_id)
        for table, ids in wanted.items():
            self._read(self._specs[table], ids)

    def _read(self, spec: TableSpec, ids: list[str]) -> None:
        names = tuple(spec.columns)
        locked = bulk.fetch_among(self.connection, _locked(spec.table), spec.table.c.id, ids)
        rows = {row["id"]: row for row in (dict(zip(names, values, strict=True)) for values in locked)}
        states = feed.states_of(self.connection, spec.name, ids)
        for row_id in ids:
            scopes, stamps = states.get(row_id) or (frozenset(), {})
            self._stored[spec.name, row_id] = Held(rows.get(row_id), scopes, stamps)

    def get(self, table: str, row_id: str) -> Held:
        """The row as the unit in hand sees it."""
        key = (table, row_id)
        for layer in (self._overlay, self._accepted, self._stored):
            if key in layer:
                return layer[key]
        self.prefetch([key])
        return self._stored[key]

    def is_new(self, table: str, row_id: str) -> bool:
        """Whether the row is one that this push inserts."""
        return self.get(table, row_id).row is not None and self._stored[table, row_id].row is None

    def put(self, spec: TableSpec, row_id: str, row: dict[str, Any] | None, stamps: dict[str, Any]) -> Held:
        """Set the row's values (None deletes it) in the unit in hand; its scopes follow from them."""
        before = self.get(spec.name, row_id)
        scopes = before.scopes if row is None else self.scopes_of(spec, row)
        held = Held(row, scopes, stamps)
        self._overlay[spec.name, row_id] = held
        return held

    def lay(self, key: Key, held: Held) -> None:
        """Lay a row into the unit in hand whose scopes are known already."""
        self._overlay[key] = held

    def is_unknown(self, key: Key) -> bool:
        """Whether there was never such a row before this push, as far as it was read (`prefetch`)."""
        stored = self._stored.get(key)
        return stored is not None and stored.row is None and not stored.stamps

    def note_former_scopes(self, spec: TableSpec, row_id: str, scopes: Scopes) -> None:
        """Have the feed say that the new row is not in these scopes, so that whoever wrote it there lets go of it."""
        self._stored[spec.name, row_id].scopes = scopes

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
                return layer[key].row is not None
        self.note_existing([key])
        return key in self._existing

    def accept(self) -> None:
        """The unit in hand is in order: its changes will be written.

        A row that a former unit of this push put into other scopes leaves them, for the feed and for who wrote it there.
        """
        for key, held in self._overlay.items():
            former = self._accepted.get(key)
            if former is not None and former.scopes != held.scopes:
                self._stored[key].scopes |= former.scopes
        self._accepted |= self._overlay
        self._overlay = {}

    def refuse(self) -> None:
        """The unit in hand is refused: its changes are forgotten."""
        self._overlay = {}

    def forget(self, keys: Iterable[Key] | None = None) -> None:
        """Read these rows afresh from now on, or all: somebody else wrote them, or what was written was undone."""
        if keys is None:
            self._stored, self._accepted, self._overlay, self._existing = {}, {}, {}, set()
            return
        for key in keys:
            self._stored.pop(key, None)
            self._existing.discard(key)

    def filled(self) -> list[wire.Rows]:
        """Of the rows accepted, the columns that the device lacks of those that it has but for these."""
        found: dict[tuple[str, tuple[str, ...]], list[tuple[Any, ...]]] = {}
        for (table, _), held in self._accepted.items():
            if held.filled and held.row is not None:
                values = itemgetter("id", *held.filled)(held.row)
                found.setdefault((table, held.filled), []).append(values)
        return [wire.Rows(table, ["id", *columns], rows) for (table, columns), rows in found.items()]

    def write(self, at_ms: int) -> feed.Told:
        """Write what was accepted and put it into the feed."""
        by_table: dict[str, list[tuple[str, Held]]] = {}
        for (table, row_id), held in self._accepted.items():
            by_table.setdefault(table, []).append((row_id, held))
        news: list[feed.News] = []
        for spec in (spec for name, spec in self._specs.items() if name in by_table):
            self._write_table(spec, by_table[spec.name])
            for row_id, held in by_table[spec.name]:
                before = self._stored[spec.name, row_id].scopes
                gone = held.row is None
                known = held.filled is not None
                news.append(feed.News(spec, row_id, held.scopes, before, held.stamps, gone, known))
        told = feed.announce(self.connection, news, at_ms)
        self._stored |= self._accepted
        self._existing |= {key for key, held in self._accepted.items() if held.row is not None}
        self._accepted = {}
        return told

    def _write_table(self, spec: TableSpec, rows: list[tuple[str, Held]]) -> None:
        names = tuple(spec.columns)
        values_of = itemgetter(*names)
        new: list[tuple[Any, ...]] = []
        changed: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
        dead: list[str] = []
        for row_id, held in rows:
            old = self._stored[spec.name, row_id].row
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
