"""New rows of one table that came with the same columns: kept column by column, from the request until they are written.

A device that was offline brings thousands of them. Taking each apart and putting it together again would be half of the work;
so a row is only put together for whoever asks for one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sync.schema import TableSpec

Scopes = frozenset[str]


@dataclass(frozen=True)
class NewRows:
    """Rows as their inserts make them: `columns` has the values of every column of the table, in its order.

    `filled` are the columns in which the hub set something else than the device said; None where the device cannot be told
    of those alone and is sent the rows.
    """

    spec: TableSpec
    columns: Mapping[str, Sequence[Any]]
    stamps: Sequence[dict[str, Any]]
    filled: tuple[str, ...] | None

    @property
    def ids(self) -> Sequence[str]:
        """The identifier of each row."""
        return self.columns["id"]

    @cached_property
    def scopes(self) -> Sequence[Scopes]:
        """The scopes that each row's own columns put it in, and those of its readers."""
        return self.spec.scopes_by_column(self.columns)

    def row(self, at: int) -> dict[str, Any]:
        """The row at this place, put together."""
        return {name: values[at] for name, values in self.columns.items()}

    def only(self, places: Sequence[int]) -> "NewRows":
        """Those at these places, in that order."""
        if len(places) == len(self.ids):
            return self
        columns = {name: [values[at] for at in places] for name, values in self.columns.items()}
        return NewRows(self.spec, columns, [self.stamps[at] for at in places], self.filled)


class NewRow:
    """One of them: how the workspace holds it, and what is to be derived from.

    It stands in for `Held` and for `AppliedChange`; it is made for every row of a push, and so is no more than a place.
    """

    __slots__ = ("_row", "at", "of", "row_id", "table")
    kind = "insert"
    is_there = True

    def __init__(self, of: NewRows, at: int, table: str, row_id: str) -> None:
        """The row at place `at` of these, which is of this table and called so."""
        self.of = of
        self.at = at
        self.table = table
        self.row_id = row_id
        self._row: dict[str, Any] | None = None

    @property
    def row(self) -> dict[str, Any]:
        """All its values."""
        if self._row is None:
            self._row = self.of.row(self.at)
        return self._row

    fields = row
    """All of them are new."""

    @property
    def scopes(self) -> Scopes:
        """The scopes that it is in."""
        return self.of.scopes[self.at]

    @property
    def stamps(self) -> dict[str, Any]:
        """Who wrote its columns, and when."""
        return self.of.stamps[self.at]

    def value(self, name: str) -> Any:
        """What it holds in this column."""
        return self.of.columns[name][self.at]

    def changes(self, name: str) -> bool:
        """Whether it brings a value for this column."""
        return name in self.of.columns
