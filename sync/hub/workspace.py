"""The rows that a push is working on: read in bulk, changed in memory unit by unit, written in bulk.

A unit's changes lie in an overlay until it is accepted, so refusing it whole costs nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from sync.hub import feed
from sync.hub.feed import Scopes
from sync.schema import TableSpec, catalogue

Key = tuple[str, str]
_CHUNK = 500


@dataclass(slots=True)
class Held:
    """A row as the workspace holds it: its values (None: there is no such row), scopes and column stamps."""

    row: dict[str, Any] | None
    scopes: Scopes = frozenset()
    stamps: dict[str, Any] = field(default_factory=dict)


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

    def prefetch(self, keys: Iterable[Key]) -> None:
        """Read these rows and lock them against other pushes, in the order of their identifiers."""
        wanted: dict[str, list[str]] = {}
        for table, row_id in sorted(set(keys) - self._stored.keys()):
            wanted.setdefault(table, []).append(row_id)
        for table, ids in wanted.items():
            self._read(catalogue()[table], ids)

    def _read(self, spec: TableSpec, ids: list[str]) -> None:
        states = feed.states_of(self.connection, spec.name, ids)
        for at in range(0, len(ids), _CHUNK):
            chosen = (
                select(spec.table).where(spec.table.c.id.in_(ids[at : at + _CHUNK])).order_by(spec.table.c.id)
            )
            for found in self.connection.execute(chosen.with_for_update()).mappings():
                scopes, stamps = states.get(found["id"], (frozenset(), {}))
                self._stored[spec.name, found["id"]] = Held(dict(found), scopes, stamps)
        for row_id in ids:
            if (spec.name, row_id) not in self._stored:
                self._stored[spec.name, row_id] = Held(None, *states.get(row_id, (frozenset(), {})))

    def get(self, table: str, row_id: str) -> Held:
        """The row as the unit in hand sees it."""
        key = (table, row_id)
        for layer in (self._overlay, self._accepted):
            if key in layer:
                return layer[key]
        self.prefetch([key])
        return self._stored[key]

    def put(self, spec: TableSpec, row_id: str, row: dict[str, Any] | None, stamps: dict[str, Any]) -> Held:
        """Set the row's values (None deletes it) in the unit in hand; its scopes follow from them."""
        before = self.get(spec.name, row_id)
        scopes = before.scopes if row is None else self.scopes_of(spec, row)
        held = Held(row, scopes, stamps)
        self._overlay[spec.name, row_id] = held
        return held

    def note_former_scopes(self, spec: TableSpec, row_id: str, scopes: Scopes) -> None:
        """Have the feed say that the new row is not in these scopes, so that whoever wrote it there lets go of it."""
        self._stored[spec.name, row_id].scopes = scopes

    def scopes_of(self, spec: TableSpec, row: dict[str, Any]) -> Scopes:
        """The scopes such a row is in."""
        if spec.policy.parent is None:
            return spec.own_scopes(row)
        parent = spec.parent_of(row)
        return self.get(*parent).scopes if parent and parent[0] in catalogue() else frozenset()

    def note_existing(self, keys: Iterable[Key]) -> None:
        """Look up in bulk which of these rows the company has, for checking references."""
        wanted: dict[str, list[str]] = {}
        for table, row_id in sorted(set(keys) - self._existing):
            wanted.setdefault(table, []).append(row_id)
        for table, ids in wanted.items():
            table_of = catalogue()[table].table
            for at in range(0, len(ids), _CHUNK):
                chosen = table_of.c.id.in_(ids[at : at + _CHUNK]) & (
                    table_of.c.company_id == self._company_id
                )
                found = self.connection.execute(select(table_of.c.id).where(chosen)).scalars()
                self._existing |= {(table, row_id) for row_id in found}

    def exists(self, table: str, row_id: str) -> bool:
        """Whether the unit in hand may refer to this row."""
        key = (table, row_id)
        for layer in (self._overlay, self._accepted):
            if key in layer:
                return layer[key].row is not None
        self.note_existing([key])
        return key in self._existing

    def accept(self) -> None:
        """The unit in hand is in order: its changes will be written."""
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

    def write(self, at_ms: int) -> Scopes:
        """Write what was accepted and put it into the feed; the scopes that have news."""
        specs = catalogue()
        by_table: dict[str, list[tuple[str, Held]]] = {}
        for (table, row_id), held in self._accepted.items():
            by_table.setdefault(table, []).append((row_id, held))
        news: list[feed.News] = []
        for table in (name for name in specs if name in by_table):
            self._write_table(specs[table], by_table[table])
            for row_id, held in by_table[table]:
                before = self._stored[table, row_id].scopes
                news.append(
                    feed.News(
                        specs[table], row_id, held.scopes, before, held.stamps, deleted=held.row is None
                    )
                )
        told = feed.announce(self.connection, news, at_ms)
        self._stored |= self._accepted
        self._existing |= {key for key, held in self._accepted.items() if held.row is not None}
        self._accepted = {}
        return told

    def _write_table(self, spec: TableSpec, rows: list[tuple[str, Held]]) -> None:
        new: list[dict[str, Any]] = []
        changed: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        dead: list[str] = []
        for row_id, held in rows:
            old = self._stored[spec.name, row_id].row
            if held.row is None:
                dead.append(row_id)
            elif old is None:
                new.append(held.row)
            else:
                columns = tuple(name for name in spec.columns if held.row[name] != old[name])
                changed.setdefault(columns, []).append(
                    {name: held.row[name] for name in columns} | {"_id": row_id}
                )
        if new:
            self.connection.execute(insert(spec.table), new)
        for columns, values in changed.items():
            if columns:
                statement = update(spec.table).where(spec.table.c.id == bindparam("_id"))
                self.connection.execute(statement.values({name: bindparam(name) for name in columns}), values)
        for at in range(0, len(dead), _CHUNK):
            self.connection.execute(delete(spec.table).where(spec.table.c.id.in_(dead[at : at + _CHUNK])))
