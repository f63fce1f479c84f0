"""Where in a row a value stands: in a column, or under a key of a column whose keys merge like columns of their own.

Stamps, conflicts and held edits speak of places, so none of them has to know which of the two it is.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared_models.synced import Merge
from sync.schema import TableSpec


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A column of a row, or with `key` one entry of its JSON object."""

    column: str
    key: str = ""

    @classmethod
    def named(cls, name: str, within: str = "") -> "Place":
        """The place that people call `name`; `within` is the column that holds it when it is a key."""
        return cls(within, name) if within else cls(name)

    @property
    def name(self) -> str:
        """What people call it: the key, or else the column."""
        return self.key or self.column

    @property
    def within(self) -> str:
        """The column that holds it when it is a key, else empty."""
        return self.column if self.key else ""

    @property
    def stamp_key(self) -> str:
        """Under which its stamp stands; no column has a dot in its name."""
        return f"{self.column}.{self.key}" if self.key else self.column

    def read(self, row: Mapping[str, Any]) -> Any:
        """The value that stands here in `row`; a key that is not there reads as None."""
        value = row.get(self.column)
        return (value or {}).get(self.key) if self.key else value

    def read_from(self, record: object) -> Any:
        """The value that stands here in a mapped object."""
        return self.read({self.column: getattr(record, self.column)})

    def column_value(self, row: Mapping[str, Any], value: Any) -> Any:
        """What the whole column becomes when `value` is put here; None takes a key away."""
        if not self.key:
            return value
        others = {key: held for key, held in (row.get(self.column) or {}).items() if key != self.key}
        return others if value is None else others | {self.key: value}

    def write_to(self, record: object, value: Any) -> None:
        """Put `value` here in a mapped object, as an edit that its session notices."""
        held = {self.column: getattr(record, self.column)}
        setattr(record, self.column, self.column_value(held, value))


def edited(spec: TableSpec, fields: Mapping[str, Any], seen: Mapping[str, Any]) -> list[Place]:
    """The places that an edit of `fields`, by somebody who had seen `seen`, puts another value in."""
    places: list[Place] = []
    for name, value in fields.items():
        if spec.columns[name].merge is Merge.FIELDS:
            keys = sorted((value or {}).keys() | (seen.get(name) or {}).keys())
            found = [Place(name, key) for key in keys]
        else:
            found = [Place(name)]
        places += [place for place in found if place.read(fields) != place.read(seen)]
    return places
