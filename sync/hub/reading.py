"""Reading the rows that a page hands out; those that somebody was handed lately are not read again.

When a showroom sets up its tablets, or an edit reaches everybody who sees the row, the same rows go to many devices. What
makes it safe to hand out a row that was read before: whenever a row changes, its entries in the feed move to a new position.
So a row which was read when the feed stood at or past its entry is still the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Table, select

from sync import bulk, wire
from sync.hub.feed import Scopes
from sync.hub.positions import Position
from sync.schema import TableSpec

Values = tuple[Any, ...]


class RecentRows:
    """Rows that were handed out lately, all of their public columns, and where the feed stood when they were read."""

    def __init__(self, most: int = 20_000) -> None:
        """Keep at least `most` rows and at most twice as many; a row takes about a kilobyte."""
        self._most = most
        self._young: dict[tuple[str, str], tuple[Position, Values]] = {}
        self._old: dict[tuple[str, str], tuple[Position, Values]] = {}

    def get(self, table: str, row_id: str, entered: Position) -> Values | None:
        """The row, if it was read since its entry in the feed took the position `entered`."""
        key = (table, row_id)
        found = self._young.get(key)
        if found is None:
            found = self._old.get(key)
            if found is not None:
                self._young[key] = found
        return found[1] if found is not None and found[0] >= entered else None

    def keep(self, table: str, rows: Mapping[str, Values], read_at: Position) -> None:
        """Keep rows that were read in a transaction which saw at least everything up to `read_at`."""
        if len(self._young) + len(rows) > self._most:
            self._old, self._young = self._young, {}
        self._young.update({(table, row_id): (read_at, values) for row_id, values in rows.items()})


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads rows for somebody who has `scopes`; `resting` is where the feed stood before anything was read."""

    connection: Connection
    scopes: Scopes
    recent: RecentRows
    resting: Position

    def rows(self, spec: TableSpec, entries: Mapping[str, Position]) -> wire.Rows:
        """These rows of one table, newest identifiers first; `entries` has the newest position of each row's entries."""
        rows: dict[str, Values] = {}
        lacking: list[str] = []
        for row_id, entered in entries.items():
            known = self.recent.get(spec.name, row_id, entered)
            if known is None:
                lacking.append(row_id)
            else:
                rows[row_id] = known
        if lacking:
            read = _read(self.connection, spec, lacking)
            self.recent.keep(spec.name, read, self.resting)
            rows |= read
        newest_first = [rows[row_id] for row_id in sorted(rows, reverse=True)]
        return wire.Rows(spec.name, list(spec.public), _masked(spec, newest_first, self.scopes))


def _read(connection: Connection, spec: TableSpec, row_ids: list[str]) -> dict[str, Values]:
    key = spec.public.index("id")
    found = bulk.fetch_among(connection, _public(spec.table, spec.public), spec.table.c.id, row_ids)
    return {row[key]: row for row in found}


@cache
def _public(table: Table, columns: tuple[str, ...]) -> Select[Any]:
    return select(*(table.c[name] for name in columns))


def _masked(spec: TableSpec, rows: list[Values], scopes: Scopes) -> list[Values]:
    """The rows with the empty value in the columns that these scopes do not show."""
    masked = spec.masked_from(scopes)
    empty = {at: spec.columns[name].empty() for at, name in enumerate(spec.public) if name in masked}
    if not empty:
        return rows
    return [tuple([empty.get(at, value) for at, value in enumerate(row)]) for row in rows]
