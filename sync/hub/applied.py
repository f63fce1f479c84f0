"""What became of a unit that was merged: what the rules of the business derive from."""

from dataclasses import dataclass, field
from typing import Any, Protocol


class AppliedChange(Protocol):
    """One row that a unit wrote, as it stands after the merge; `fields` are the values that really changed.

    A new row of many is put together when `fields` or `row` is asked for; `value` and `changes` do without.
    """

    @property
    def table(self) -> str: ...  # noqa: D102 - said above
    @property
    def row_id(self) -> str: ...  # noqa: D102
    @property
    def kind(self) -> str: ...  # noqa: D102
    @property
    def fields(self) -> dict[str, Any]: ...  # noqa: D102
    @property
    def row(self) -> dict[str, Any]: ...  # noqa: D102

    def value(self, name: str) -> Any:
        """What the row holds in this column."""

    def changes(self, name: str) -> bool:
        """Whether the value of this column really changed."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A change that was merged by itself."""

    table: str
    row_id: str
    kind: str
    fields: dict[str, Any]
    row: dict[str, Any]

    def value(self, name: str) -> Any:
        """What the row holds in this column."""
        return self.row[name]

    def changes(self, name: str) -> bool:
        """Whether the value of this column really changed."""
        return name in self.fields


@dataclass(slots=True)
class AppliedUnit:
    """A unit that was merged into the tables: what the rules of the business derive from.

    `at_ms` is the corrected moment of the action, `received_at_ms` when the hub heard of it.
    """

    id: str
    action: str
    author: str
    device_id: str
    at_ms: int
    changes: list[AppliedChange] = field(default_factory=list)
    received_at_ms: int = 0
    held: list[str] = field(default_factory=list)
    """The identifiers of the values that wait for approval instead of having been merged."""
