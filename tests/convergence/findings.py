"""The databases at the end of a run, read once, as plain values for the oracles to ask."""

import json
from functools import cache, lru_cache
from typing import Any

import msgspec

from shared_models.synced import Merge
from sync.schema import TableSpec, catalogue
from tests.convergence.memory import connection_of
from tests.convergence.record import put_aside
from tests.convergence.run import Run

Rows = dict[str, dict[str, dict[str, Any]]]
"""Table → identifier → row."""


class Findings:
    """The databases at the end of a run, read once."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.hub = rows_of(connection_of(run.world.engine), private=True)
        self.copies = {device.name: rows_of(connection_of(device.engine)) for device in run.devices}
        self.operations = _operations(connection_of(run.world.engine))
        self.scopes = _scopes_of_all(self.hub, connection_of(run.world.engine))
        self.aside = {unit for device in run.devices for unit in put_aside(device)}

    def fate(self, unit: str) -> str:
        """What became of a unit that the app confirmed: applied, held, aside, dropped, or lost.

        Of a held one the logs count, and what it would have edited waits for the row's owner.
        """
        while unit in self.run.record.sent_again:
            unit = self.run.record.sent_again[unit]
        tablet = self.run.record.units[unit].tablet
        outcome = self.operations.get((tablet, unit), {}).get("outcome", "")
        if outcome in {"applied", "held"}:
            return outcome
        if unit in self.run.record.dropped:
            return "dropped"
        return "aside" if unit in self.aside else "lost"


def rows_of(connection: Any, *, private: bool = False) -> Rows:
    """Every synced row of a database."""
    found: Rows = {name: {} for name in catalogue()}
    for (name,) in connection.execute(_asking_for_rows()):
        statement, columns, as_json = _reading(name, private)
        rows = found[name]
        for values in connection.execute(statement):
            row = dict(zip(columns, values, strict=True))
            for column in as_json:
                row[column] = _value_of(row[column])
            rows[row["id"]] = row
    return found


@cache
def _asking_for_rows() -> str:
    """Which tables have any rows: in a run most have none."""
    return " UNION ALL ".join(
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in catalogue()
    )


@cache
def _reading(name: str, private: bool) -> tuple[str, list[str], list[str]]:
    """For a table a select, its columns, and those that are kept as JSON."""
    spec = catalogue()[name]
    columns = list(spec.columns if private else spec.public)
    as_json = [column for column in columns if _is_json(spec, column)]
    return f'SELECT {", ".join(columns)} FROM "{name}"', columns, as_json


_value_of = lru_cache(maxsize=10_000)(json.loads)
"""What a text of JSON means; nobody changes it."""


def _is_json(spec: TableSpec, column: str) -> bool:
    return spec.columns[column].merge is Merge.SET or bool({dict, list} & set(spec.columns[column].types))


def _operations(connection: Any) -> dict[tuple[str, str], dict[str, Any]]:
    statement = "SELECT device_id, unit_id, outcome, payload, at_ms, received_at_ms FROM sync_operation"
    return {
        (device, unit): {
            "outcome": outcome,
            "changes": msgspec.msgpack.decode(payload)["changes"],
            "at_ms": at_ms,
            "received_at_ms": received_at_ms,
        }
        for device, unit, outcome, payload, at_ms, received_at_ms in connection.execute(statement)
    }


def _scopes_of_all(hub: Rows, connection: Any) -> dict[tuple[str, str], frozenset[str]]:
    """Who sees each row, from the rows themselves; a row whose parent was deleted keeps those it had."""
    scopes: dict[tuple[str, str], frozenset[str]] = {}

    def of(table: str, row_id: str) -> frozenset[str]:
        key = (table, row_id)
        if key not in scopes:
            spec, row = catalogue()[table], hub[table][row_id]
            parent = spec.parent_of(row)
            if spec.policy.parent is None:
                scopes[key] = spec.own_scopes(row) | spec.reader_scopes(row)
            elif parent is None or parent[1] not in hub[parent[0]]:
                scopes[key] = _former_scopes(connection, table, row_id)
            else:
                scopes[key] = of(*parent) | spec.reader_scopes(row)
        return scopes[key]

    for table, rows in hub.items():
        for row_id in rows:
            of(table, row_id)
    return scopes


def _former_scopes(connection: Any, table: str, row_id: str) -> frozenset[str]:
    statement = "SELECT scopes FROM sync_row_state WHERE tbl = ? AND row_id = ?"
    found = connection.execute(statement, [table, row_id]).fetchone()
    return frozenset(json.loads(found[0])) if found else frozenset()
