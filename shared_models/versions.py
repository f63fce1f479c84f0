"""Which version of the tables this is, and how what was written under another one is read.

Tables only ever grow: a new column or table needs no line here but a higher number. A column that changes its name does:
the server reads older units under the new name, and hands rows to older apps under the old one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Renamed:
    """A column that has another name since schema `since`."""

    since: int
    table: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Release:
    """One version of the tables: its number, the oldest one it still hands rows to, and what was renamed on the way."""

    schema: int
    oldest: int = 1
    renamed: tuple[Renamed, ...] = ()

    def names(self, table: str, *, of: int) -> Mapping[str, str]:
        """What the columns of `table` that had other names under schema `of` are called now, by their old names."""
        found: dict[str, str] = {}
        for each in sorted(self.renamed, key=lambda each: each.since):
            if each.table == table and each.since > of:
                first = next((old for old, new in found.items() if new == each.old), each.old)
                found[first] = each.new
        return found

    def upcast(self, table: str, fields: Mapping[str, Any], *, of: int) -> dict[str, Any]:
        """Values written under schema `of`, by the columns' present names."""
        names = self.names(table, of=of)
        return {names.get(name, name): value for name, value in fields.items()}

    def columns_known(self, table: str, columns: Iterable[str], *, of: int) -> list[str]:
        """Columns of a page from a server of schema `of`, by their present names."""
        names = self.names(table, of=of)
        return [names.get(name, name) for name in columns]

    def columns_for(self, table: str, columns: Iterable[str], *, of: int) -> list[str]:
        """The columns as an app of schema `of` calls them."""
        names = {new: old for old, new in self.names(table, of=of).items()}
        return [names.get(name, name) for name in columns]


RELEASE = Release(schema=5)
"""1 (November 2026): the first. 2: devices keep what they do not know yet, and both sides say their schema. 3: photos,
activities, the back office of designers, gifts with days and a hand-over, devices of a conflict. 4: coupons. 5: versions
of gifts, the practice of a scheme. A test keeps the columns of the release
(`tests/unit/shared_models/tables_of_release_5.txt`) and fails when a table changes without another number.
"""
