"""Changes of one table that give the same columns, column by column: what is the same for all is asked once.

A device that was offline sends thousands of rows at a time, nearly all of them new ones of one table. Nothing here depends
on what a push changes on its way, so it is done for the whole push before its units are applied one after the other; a single
change is a group of one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shared_models.synced import Merge
from sync.clock import Stamp
from sync.hub.new_rows import NewRows
from sync.schema import TableSpec, catalogue
from sync.wire import Change, Unit


@dataclass(frozen=True)
class Alike:
    """Changes of one table with the same columns, each made at the corrected moment in `at_ms`."""

    spec: TableSpec
    changes: Sequence[Change]
    at_ms: Sequence[int]
    is_insert: bool

    @cached_property
    def given(self) -> Mapping[str, Sequence[Any]]:
        """The values of each column that the changes give."""
        values = zip(*(change.fields.values() for change in self.changes), strict=True)
        return dict(zip(self.changes[0].fields, values, strict=True))

    @cached_property
    def row_ids(self) -> list[str]:
        """The rows that they speak of."""
        return [change.row for change in self.changes]

    @cached_property
    def fits(self) -> bool:
        """Whether all values fit their columns, and every row is called by its name."""
        columns = self.spec.columns
        return list(self.given.get("id", self.row_ids)) == self.row_ids and all(
            name not in columns or columns[name].private or columns[name].accepts_all(values)
            for name, values in self.given.items()
        )

    def completed(self, device_id: str, staff_id: str, *, is_told: bool = True) -> NewRows:
        """The rows that these inserts make: what the hub sets is set, and what an older app does not know has its empty value.

        Each is stamped with the moment of the action, the device and its person. `is_told` says whether the device can be
        told just what the hub has set.
        """
        spec, many = self.spec, len(self.changes)
        known = {name: values for name, values in self.given.items() if name in spec.writable}
        by_hub = {Merge.ACTION_TIME: self.at_ms, Merge.AUTHOR: [staff_id] * many}
        set_by_hub = dict(spec.set_by_hub)
        columns: dict[str, Sequence[Any]] = {}
        for name, column in spec.columns.items():
            if name in set_by_hub and set_by_hub[name] in by_hub:
                columns[name] = by_hub[set_by_hub[name]]
            elif name in known and name not in set_by_hub:
                columns[name] = known[name]
            else:
                columns[name] = column.empties(many)
        columns["id"] = self.row_ids
        for name, first in spec.policy.first_values.items():
            columns[name] = list(map(first.rule, columns[first.of]))
        filled = tuple(
            name
            for name in spec.public
            if (said := known.get(name)) is not columns[name]
            and (said is None or list(said) != list(columns[name]))
        )
        stamps = {at_ms: {"": [*Stamp(at_ms, 0, device_id).packed(), staff_id]} for at_ms in set(self.at_ms)}
        return NewRows(
            spec, columns, [stamps[at_ms] for at_ms in self.at_ms], filled if is_told or not filled else None
        )


def grouped(units: Iterable[tuple[Unit, int]]) -> list[Alike]:
    """The changes of these units, each with its corrected moment, in groups; those of unknown tables are in none."""
    specs = catalogue()
    found: dict[tuple[str, bool, tuple[str, ...]], tuple[list[Change], list[int]]] = {}
    for unit, at_ms in units:
        for change in unit.changes:
            is_insert = change.kind == "put" and not change.seen and bool(change.fields)
            changes, moments = found.setdefault((change.table, is_insert, tuple(change.fields)), ([], []))
            changes.append(change)
            moments.append(at_ms)
    return [
        Alike(specs[table], changes, moments, is_insert)
        for (table, is_insert, _), (changes, moments) in found.items()
        if table in specs
    ]
