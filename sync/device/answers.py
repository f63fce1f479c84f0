"""What the device does with the hub's answers to its units.

The queue never blocks: a unit that is refused steps aside with its reason, and only units that build on a row which it
would have inserted wait for it. One that is held has reached the hub, which keeps it.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

from sync import wire
from sync.device import outbox, rows
from sync.schema import catalogue

LACKING = frozenset({"missing_row", "missing_reference"})
"""The hub's codes for a unit that speaks of a row it does not have."""


def work_in(
    connection: Connection, sent: Sequence[wire.Unit], results: Sequence[wire.UnitResult]
) -> frozenset[str]:
    """Work the results of the units just sent into outbox and copy; the names of the tables concerned."""
    if not results:
        return frozenset()
    units = {unit.id: unit for unit in sent}
    done: list[str] = []
    applied: list[wire.Change] = []
    put_aside: list[wire.Change] = []
    blocked = _inserted_by_refused(connection)
    for result in results:
        unit = units.get(result.id)
        if unit is None:
            continue
        if result.outcome == "applied":
            done.append(unit.id)
            applied += unit.changes
        elif result.code in LACKING and builds_on(unit.changes, blocked):
            blocked |= inserts_of(unit.changes)
        elif result.outcome == "held":
            # Whatever was in order is applied; the rest waits at the hub, in rows that are handed out like any others.
            done.append(unit.id)
            put_aside += unit.changes
        else:
            outbox.settle(connection, unit.id, result.outcome, result.code, result.details)
            put_aside += unit.changes
            blocked |= inserts_of(unit.changes)
    outbox.remove(connection, done)
    to_rebuild = {table: {change.row for change in found} for table, found in _by_table(put_aside).items()}
    for table, changes in _by_table(applied).items():
        rows.confirm(connection, catalogue()[table], changes, to_rebuild.get(table, set()))
    for table, row_ids in to_rebuild.items():
        rows.rebuild(connection, catalogue()[table], sorted(row_ids))
    return frozenset(change.table for change in (*applied, *put_aside))


def sendable(connection: Connection, limit: int) -> list[outbox.Unit]:
    """The oldest pending units that do not build on a refused one, at most `limit`."""
    refused = outbox.put_aside(connection)
    pending = outbox.units(connection, outbox.PENDING, limit=-1 if refused else limit)
    if not refused:
        return pending
    waits = _waits_for(refused, pending)
    return [unit for unit in pending if unit.id not in waits][:limit]


def waiting(connection: Connection) -> dict[str, str]:
    """The pending units that are not sent yet because they build on a refused one, each with that one's identifier."""
    refused = outbox.put_aside(connection)
    return _waits_for(refused, outbox.units(connection, outbox.PENDING)) if refused else {}


def _waits_for(refused: Sequence[outbox.Unit], pending: Sequence[outbox.Unit]) -> dict[str, str]:
    cause_by_row = {row: unit.id for unit in refused for row in inserts_of(unit.changes)}
    found: dict[str, str] = {}
    for unit in pending:
        lacking = rows_needed(unit.changes) & cause_by_row.keys()
        if lacking:
            found[unit.id] = cause = cause_by_row[min(lacking)]
            cause_by_row |= dict.fromkeys(inserts_of(unit.changes), cause)
    return found


def inserts_of(changes: Sequence[wire.Change]) -> set[tuple[str, str]]:
    """The rows that these changes would create."""
    return {(change.table, change.row) for change in changes if rows.is_insert(change)}


def builds_on(changes: Sequence[wire.Change], rows_lacking: set[tuple[str, str]]) -> bool:
    """Whether these changes edit one of the rows, or refer to one."""
    return bool(rows_needed(changes) & rows_lacking)


def rows_needed(changes: Sequence[wire.Change]) -> set[tuple[str, str]]:
    """The rows that these changes write or refer to, each as its table and identifier."""
    specs = catalogue()
    found: set[tuple[str, str]] = set()
    for change in changes:
        found.add((change.table, change.row))
        columns = specs[change.table].columns if change.table in specs else {}
        for name, value in change.fields.items():
            target = columns[name].references if name in columns else None
            if target and value:
                found.add((target, value))
    return found


def _inserted_by_refused(connection: Connection) -> set[tuple[str, str]]:
    return {row for unit in outbox.put_aside(connection) for row in inserts_of(unit.changes)}


def _by_table(changes: Sequence[wire.Change]) -> dict[str, list[wire.Change]]:
    grouped: dict[str, list[wire.Change]] = {}
    for change in changes:
        grouped.setdefault(change.table, []).append(change)
    specs = catalogue()
    return {table: found for table, found in grouped.items() if table in specs}
