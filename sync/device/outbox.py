"""The device's outbox: units in the order they were made, until the hub has answered each.

A unit is written in the same transaction as the rows it changed, so an action the app has confirmed survives anything
that the database survives.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from shared_models import versions
from shared_models.ids import new_id
from sync import bulk, wire
from sync.capture import RowChange
from sync.device.tables import BASE, OUTBOX, OUTBOX_CHANGE

PENDING = "pending"
REFUSED = "refused"
HELD = "held"
DROPPED = "dropped"

_UNIT_COLUMNS = [
    OUTBOX.c[name] for name in ("seq", "unit", "action", "at_ms", "state", "code", "details", "schema")
]
_WRITTEN = ("unit", "action", "at_ms", "state", "code", "details", "schema")
_CHANGE_WRITTEN = ("seq", "tbl", "row_id", "kind", "fields", "seen")
_COUNTS = select(OUTBOX.c.state, func.count()).group_by(OUTBOX.c.state)
_CHANGE_COUNT = select(func.count()).select_from(OUTBOX_CHANGE)
_CHANGE_COLUMNS = [OUTBOX_CHANGE.c[name] for name in ("tbl", "row_id", "kind", "fields", "seen")]


_UNITS = (
    select(*_UNIT_COLUMNS)
    .where(OUTBOX.c.state == bindparam("state"))
    .order_by(OUTBOX.c.seq)  # of one state the index has them in order: nothing is sorted
    .limit(bindparam("most"))
)
_BEHIND = select(OUTBOX.c.seq).where(OUTBOX.c.unit == bindparam("behind")).scalar_subquery()
_PENDING_UP_TO = (
    select(func.count()).select_from(OUTBOX).where(OUTBOX.c.state == PENDING, OUTBOX.c.seq <= _BEHIND)
)
_UNITS_BEHIND = _UNITS.where(OUTBOX.c.seq > _BEHIND)
_CHANGES = (
    select(OUTBOX_CHANGE.c.seq, *_CHANGE_COLUMNS)
    .where(OUTBOX_CHANGE.c.seq.between(bindparam("first"), bindparam("last")))
    .order_by(OUTBOX_CHANGE.c.seq, OUTBOX_CHANGE.c.id)  # as the index has them: nothing is sorted
)
_PENDING_OF = (
    select(OUTBOX.c.schema, *_CHANGE_COLUMNS)
    .join(OUTBOX, OUTBOX.c.seq == OUTBOX_CHANGE.c.seq)
    .where(OUTBOX.c.state == PENDING, OUTBOX_CHANGE.c.tbl == bindparam("table"))
    .order_by(OUTBOX.c.seq, OUTBOX_CHANGE.c.id)
)


@dataclass(frozen=True, slots=True)
class Unit:
    """One action of a person as the device shows it: what it was, when, what it wrote, why it was not accepted."""

    id: str
    action: str
    at_ms: int
    state: str
    code: str
    details: dict[str, Any]
    schema: int
    """The version of the tables that it was written under."""
    changes: list[wire.Change] = field(default_factory=list)

    def as_sent(self) -> wire.Unit:
        """The unit as the hub is told of it."""
        return wire.Unit(self.id, self.action, self.at_ms, self.changes, self.schema)


class UnitWriter:
    """Collects what one action writes, and puts it into the outbox as one unit."""

    def __init__(self, action: str, at_ms: int) -> None:
        """Start an empty unit called `action`, made at `at_ms` by the device's own clock."""
        self._action = action
        self._at_ms = at_ms
        self._changes: dict[tuple[str, str], RowChange] = {}
        self._bases: list[tuple[str, str, dict[str, Any] | None]] = []

    @property
    def tables(self) -> frozenset[str]:
        """The tables written so far."""
        return frozenset(table for table, _ in self._changes)

    def collect(self, changes: list[RowChange]) -> None:
        """Add flushed changes; several of one row become one."""
        for change in changes:
            key = (change.spec.name, change.row_id)
            earlier = self._changes.get(key)
            if earlier is None:
                # The hub's version, unless earlier units have kept it already; what they made of it is not.
                body = None if change.kind == "insert" else change.row | change.seen
                self._bases.append((change.spec.name, change.row_id, body))
                self._changes[key] = change
            elif change.kind == "delete" and earlier.kind == "insert":
                del self._changes[key]
            else:
                earlier.fields |= change.fields
                if earlier.kind != "insert":  # whoever makes a row has seen nothing of it
                    earlier.seen, earlier.kind = change.seen | earlier.seen, change.kind

    def close(self, connection: Connection) -> str | None:
        """Write the unit, in the transaction of what it did; its identifier, or None when nothing was changed."""
        if not self._changes:
            return None
        unit = new_id()
        row: tuple[Any, ...] = (unit, self._action, self._at_ms, PENDING, "", {}, versions.RELEASE.schema)
        seq = bulk.insert_numbered(connection, OUTBOX, _WRITTEN, row)
        changes = [(seq, *_as_kept(change)) for change in self._changes.values()]
        bulk.insert(connection, OUTBOX_CHANGE, _CHANGE_WRITTEN, changes)
        columns = ("tbl", "row_id", "body")
        bulk.put(connection, BASE, columns, self._bases, new_only=("body",))
        return unit


def _as_kept(change: RowChange) -> tuple[str, str, str, dict[str, Any], dict[str, Any]]:
    kind = "del" if change.kind == "delete" else "put"
    fields = {name: change.fields[name] for name in change.spec.public if name in change.fields}
    return change.spec.name, change.row_id, kind, fields, change.seen


def put_aside(connection: Connection) -> list[Unit]:
    """The units that were refused or are held, oldest first, with their changes."""
    return units(connection, REFUSED, HELD)


def units(connection: Connection, *states: str, limit: int = -1, after: str = "") -> list[Unit]:
    """The units in one of `states`, oldest first, with their changes; only those behind the unit `after`, if one is named."""
    given = {"most": limit, "behind": after} if after else {"most": limit}
    statement = _UNITS_BEHIND if after else _UNITS
    of_each = (bulk.fetch_lasting(connection, statement, given | {"state": state}) for state in states)
    rows = sorted(chain.from_iterable(of_each), key=itemgetter(0))
    if not rows:
        return []
    found = {seq: Unit(*columns) for seq, *columns in rows}
    for seq, *columns in bulk.fetch_lasting(connection, _CHANGES, {"first": rows[0][0], "last": rows[-1][0]}):
        if seq in found:
            found[seq].changes.append(wire.Change(*columns))
    return list(found.values())


def upcast(change: wire.Change, schema: int) -> wire.Change:
    """A change written under `schema` by the columns' present names; in the outbox it stays as it was written."""
    release = versions.RELEASE
    if schema == release.schema:
        return change
    fields, seen = (release.upcast(change.table, each, of=schema) for each in (change.fields, change.seen))
    return wire.Change(change.table, change.row, change.kind, fields, seen)


def counts(connection: Connection) -> Counter[str]:
    """How many units are in each state."""
    return Counter(dict(bulk.fetch_lasting(connection, _COUNTS)))


def count_pending(connection: Connection, *, up_to: str) -> int:
    """How many units are pending up to this one, itself included."""
    [(found,)] = bulk.fetch_lasting(connection, _PENDING_UP_TO, {"behind": up_to})
    return int(found)


def count_changes(connection: Connection) -> int:
    """How many changes of rows the outbox holds."""
    [(found,)] = bulk.fetch_lasting(connection, _CHANGE_COUNT)
    return int(found)


def pending_changes(
    connection: Connection, table: str, row_ids: Sequence[str]
) -> dict[str, list[wire.Change]]:
    """The pending changes of these rows of `table`, oldest first, by row; columns under their present names."""
    if not row_ids:
        return {}
    rows = bulk.fetch_among(connection, _PENDING_OF, OUTBOX_CHANGE.c.row_id, row_ids, {"table": table})
    found: dict[str, list[wire.Change]] = {}
    for schema, *columns in rows:
        change = upcast(wire.Change(*columns), schema)
        found.setdefault(change.row, []).append(change)
    return found


def pending_row_ids(connection: Connection, table: str) -> frozenset[str]:
    """The rows of `table` that have pending changes."""
    statement = (
        select(OUTBOX_CHANGE.c.row_id)
        .join(OUTBOX, OUTBOX.c.seq == OUTBOX_CHANGE.c.seq)
        .where(OUTBOX.c.state == PENDING, OUTBOX_CHANGE.c.tbl == table)
        .distinct()
    )
    return frozenset(connection.execute(statement).scalars())


def settle(connection: Connection, unit: str, state: str, code: str, details: dict[str, Any]) -> None:
    """Keep a unit that was not applied, with the reason."""
    values = {"state": state, "code": code, "details": details}
    connection.execute(update(OUTBOX).where(OUTBOX.c.unit == unit).values(values))


def remove(connection: Connection, unit_ids: Sequence[str]) -> None:
    """Forget these units: the hub has applied them, or their owner dropped them."""
    if not unit_ids:
        return
    seqs = select(OUTBOX.c.seq).where(bulk.among(connection, OUTBOX.c.unit, unit_ids))
    of_these = [seq for (seq,) in bulk.fetch(connection, seqs)]
    if bulk.delete_among(connection, OUTBOX, OUTBOX.c.unit, unit_ids):
        connection.execute(delete(OUTBOX_CHANGE))
    else:
        bulk.delete_among(connection, OUTBOX_CHANGE, OUTBOX_CHANGE.c.seq, of_these)
