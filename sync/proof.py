"""Whether a copy equals the hub: a count and a hash for each scope and table, computed alike on both sides.

The hash does not depend on the order of the rows: each row has one of its own, and they are added up. Both sides hash
the same columns, those that the device and the hub know.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec

_BYTES = 16
_WHOLE = 1 << 8 * _BYTES
_ENCODER = msgspec.json.Encoder(order="sorted")

Columns = dict[str, list[str]]
"""The columns that are hashed, by table."""


class Question(msgspec.Struct, frozen=True):
    """What a device asks: sums over these columns, which are those that it holds."""

    columns: Columns


class Sum(msgspec.Struct, frozen=True):
    """So many rows, and their hashes added up, as 32 hexadecimal digits."""

    count: int
    hash: str


Sums = dict[str, dict[str, Sum]]
"""By scope and table; a table without rows in a scope is left out."""


class Proof(msgspec.Struct, frozen=True):
    """The hub's answer: its sums in each of the caller's scopes, and the columns they are over."""

    columns: Columns
    sums: Sums


@dataclass(frozen=True, slots=True)
class Comparison:
    """One scope on both sides: rows here and at the hub, and the tables in which they differ."""

    scope: str
    here: int
    there: int
    unequal: tuple[str, ...]


class Tally:
    """Adds up rows, each in all the scopes it belongs to."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._counted: dict[tuple[str, str], list[int]] = {}

    def add(self, table: str, scopes: Iterable[str], values: Sequence[Any]) -> None:
        """Count a row of `table`, given as its values in the order of the columns."""
        own = int.from_bytes(sha256(_ENCODER.encode([table, *values])).digest()[:_BYTES])
        for scope in scopes:
            counted = self._counted.setdefault((scope, table), [0, 0])
            counted[0] += 1
            counted[1] = (counted[1] + own) % _WHOLE

    def sums(self) -> Sums:
        """What has been added so far."""
        found: Sums = {}
        for (scope, table), (count, total) in self._counted.items():
            found.setdefault(scope, {})[table] = Sum(count, f"{total:032x}")
        return found


def compare(here: Sums, there: Sums, scopes: Iterable[str]) -> list[Comparison]:
    """Each of `scopes`, those that differ first."""
    found = [_compare(scope, here.get(scope, {}), there.get(scope, {})) for scope in sorted(scopes)]
    return sorted(found, key=lambda each: not each.unequal)


def _compare(scope: str, here: Mapping[str, Sum], there: Mapping[str, Sum]) -> Comparison:
    unequal = tuple(table for table in sorted({*here, *there}) if here.get(table) != there.get(table))
    return Comparison(
        scope,
        sum(each.count for each in here.values()),
        sum(each.count for each in there.values()),
        unequal,
    )
