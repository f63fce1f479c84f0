"""What a simulated run knows by itself, to hold the engine to: written down by whoever acts, not read from the engine."""

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.convergence.memory import connection_of
from tests.convergence.world import Device


@dataclass(frozen=True, slots=True)
class Written:
    """A value that nobody else writes, put into a column by an action that the app confirmed."""

    table: str
    row: str
    column: str
    value: Any


@dataclass(slots=True)
class Confirmed:
    """A unit that the app confirmed: whose, when it truly was, by which setting of the clock, and what it wrote."""

    tablet: str
    true_ms: int
    clock_setting: int
    changes: list[tuple[str, str, str, dict[str, Any], dict[str, Any]]]
    """(table, row, kind, fields, seen)."""

    @property
    def inserted(self) -> list[tuple[str, str]]:
        """The rows that it made."""
        return [
            (table, row)
            for table, row, kind, fields, seen in self.changes
            if kind == "put" and "id" in fields
        ]


@dataclass(slots=True)
class Record:
    """Everything that was confirmed, and what people then did about refused units."""

    units: dict[str, Confirmed] = field(default_factory=dict)
    written: list[Written] = field(default_factory=list)
    added: list[tuple[str, str, int]] = field(default_factory=list)
    """(unit, trial, how much it changed the stock)."""
    arrived_at_once: dict[tuple[str, int], int] = field(default_factory=dict)
    """(unit, moment of receipt) → its true moment, where neither clock nor network came between."""
    dropped: set[str] = field(default_factory=set)
    sent_again: dict[str, str] = field(default_factory=dict)
    """The new name of a unit by the old one."""
    deleted_by_office: list[Written] = field(default_factory=list)
    """Values that the office saw in a row when it deleted it."""


def newest_unit(device: Device) -> tuple[int, str] | None:
    """Number and name of the unit made last on this tablet, whatever became of it."""
    found = connection_of(device.engine).execute(
        "SELECT seq, unit FROM sync_outbox ORDER BY seq DESC LIMIT 1"
    )
    return found.fetchone()


def kept_units(device: Device) -> dict[str, int]:
    """All units that are pending or were put aside, by name, with their number."""
    statement = "SELECT unit, seq FROM sync_outbox WHERE state <> 'dropped' ORDER BY seq"
    return dict(connection_of(device.engine).execute(statement).fetchall())


def changes_of(device: Device, seq: int) -> list[tuple[str, str, str, dict[str, Any], dict[str, Any]]]:
    """What the unit of that number wrote, as it waits in the outbox."""
    statement = "SELECT tbl, row_id, kind, fields, seen FROM sync_outbox_change WHERE seq = ? ORDER BY id"
    return [
        (table, row, kind, json.loads(fields), json.loads(seen))
        for table, row, kind, fields, seen in connection_of(device.engine).execute(statement, [seq])
    ]


def put_aside(device: Device) -> dict[str, int]:
    """Units that were refused or held, by name, with their number."""
    statement = "SELECT unit, seq FROM sync_outbox WHERE state IN ('refused', 'held') ORDER BY seq"
    return dict(connection_of(device.engine).execute(statement).fetchall())


def pending(device: Device) -> int:
    """How many units wait for an answer."""
    statement = "SELECT count(*) FROM sync_outbox WHERE state = 'pending'"
    count: int = connection_of(device.engine).execute(statement).fetchone()[0]
    return count


def by_key(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose free fields stand beside the columns, under names such as `extras.floor`; what is missing is None."""
    found: dict[str, Any] = defaultdict(lambda: None, row)
    found |= {
        f"{column}.{key}": value
        for column, values in row.items()
        if isinstance(values, dict)
        for key, value in values.items()
    }
    return found
