"""What a person can do about units that were refused, and about values that gave way."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select, update
from sqlmodel import Session

from shared_models import versions
from shared_models.ids import new_id
from sync.conflict import Conflict, ConflictState
from sync.device import outbox, rows
from sync.device.answers import inserts_of, waiting
from sync.device.tables import BASE, OUTBOX, OUTBOX_CHANGE
from sync.schema import TableSpec, catalogue, model_of

if TYPE_CHECKING:
    from sync.device.replica import Replica


KEPT_DROPPED = 50
"""How many dropped units stay to be taken back."""

Corrections = Mapping[tuple[str, str], Mapping[str, Any]]
"""New values by column, for rows of a unit named by table and identifier."""


def drop(connection: Connection, unit_id: str) -> frozenset[str]:
    """Give up a refused unit; its rows already show the hub's version. Raises `KeyError` for an unknown one.

    It stays aside to be taken back, until `KEPT_DROPPED` others were dropped.
    """
    unit = put_aside(connection, unit_id)
    dropped = outbox.units(connection, outbox.DROPPED)
    outbox.remove(connection, [old.id for old in dropped[: max(0, len(dropped) + 1 - KEPT_DROPPED)]])
    _move(connection, unit_id, outbox.DROPPED)
    return _tables(unit)


def take_back(connection: Connection, unit_id: str) -> frozenset[str]:
    """Put a dropped unit among the refused ones again. Raises `KeyError` for one that is no longer there."""
    unit = _unit(connection, unit_id, outbox.DROPPED)
    _move(connection, unit_id, outbox.HELD if unit.code == outbox.HELD else outbox.REFUSED)
    return _tables(unit)


def correct(connection: Connection, unit_id: str, corrections: Corrections) -> frozenset[str]:
    """Queue a refused unit again as `resend` does, with these values instead. Raises `KeyError` for an unknown one."""
    unit = put_aside(connection, unit_id)
    seq = connection.execute(select(OUTBOX.c.seq).where(OUTBOX.c.unit == unit_id)).scalar_one()
    for written in unit.changes:
        change = outbox.upcast(written, unit.schema)
        values = {
            "fields": change.fields | dict(corrections.get((change.table, change.row), {})),
            "seen": change.seen,
        }
        place = (OUTBOX_CHANGE.c.tbl == change.table, OUTBOX_CHANGE.c.row_id == change.row)
        connection.execute(update(OUTBOX_CHANGE).where(OUTBOX_CHANGE.c.seq == seq, *place).values(values))
    connection.execute(update(OUTBOX).where(OUTBOX.c.seq == seq).values(schema=versions.RELEASE.schema))
    return resend(connection, unit_id)


def resend(connection: Connection, unit_id: str) -> frozenset[str]:
    """Queue a refused unit again under a new identifier, since the hub has already answered the old one.

    At the end of the queue, on top of what was done since; where other units wait for it, in its old place before them.
    Those may have been answered, too, as speaking of a row that was not there: they get new identifiers as well.
    """
    unit = put_aside(connection, unit_id)
    waiters = [waiter for waiter, cause in waiting(connection).items() if cause == unit_id]
    for waiter in waiters:
        connection.execute(update(OUTBOX).where(OUTBOX.c.unit == waiter).values(unit=new_id()))
    inserted = inserts_of(unit.changes)
    for change in unit.changes:
        spec = catalogue()[change.table]
        if not _has_base(connection, spec, change.row):
            body = None if (change.table, change.row) in inserted else _copy_of(connection, spec, change.row)
            rows.set_bases(connection, spec.name, {change.row: body})
        if change.kind == "del":
            _see_again(connection, spec, unit_id, change.row)
    old = connection.execute(select(OUTBOX.c.seq).where(OUTBOX.c.unit == unit_id)).scalar_one()
    new = old if waiters else connection.execute(select(func.max(OUTBOX.c.seq))).scalar_one() + 1
    values = {"seq": new, "unit": new_id(), "state": outbox.PENDING, "code": "", "details": {}}
    connection.execute(update(OUTBOX).where(OUTBOX.c.seq == old).values(values))
    connection.execute(update(OUTBOX_CHANGE).where(OUTBOX_CHANGE.c.seq == old).values(seq=new))
    for change in unit.changes:
        rows.rebuild(connection, catalogue()[change.table], [change.row])
    return _tables(unit)


def _see_again(connection: Connection, spec: TableSpec, unit_id: str, row_id: str) -> None:
    """Who sends a deletion again deletes the row as it stands now."""
    seq = select(OUTBOX.c.seq).where(OUTBOX.c.unit == unit_id).scalar_subquery()
    place = (OUTBOX_CHANGE.c.seq == seq, OUTBOX_CHANGE.c.tbl == spec.name, OUTBOX_CHANGE.c.row_id == row_id)
    seen = _copy_of(connection, spec, row_id) or {}
    connection.execute(update(OUTBOX_CHANGE).where(*place).values(seen=seen))


def settle_conflict(replica: "Replica", conflict_id: str, *, take_lost: bool) -> None:
    """Close a conflict, with or without putting the lost value back. Raises `KeyError` for an unknown one."""
    with replica.action("take_other_value" if take_lost else "keep_value") as session:
        conflict = _conflict(session, conflict_id)
        if take_lost:
            conflict.place.write_to(_record_of(session, conflict), conflict.lost_value())
        conflict.state = ConflictState.TAKEN if take_lost else ConflictState.KEPT


def edit_conflict(replica: "Replica", conflict_id: str, value: Any) -> None:
    """Close a conflict with a third value. Raises `KeyError` for an unknown one, or when its record is gone."""
    with replica.action("edit_value") as session:
        conflict = _conflict(session, conflict_id)
        conflict.place.write_to(_record_of(session, conflict), value)
        conflict.state = ConflictState.EDITED


def _conflict(session: Session, conflict_id: str) -> Conflict:
    conflict = session.get(Conflict, conflict_id)
    if conflict is None:
        raise KeyError(conflict_id)
    return conflict


def _record_of(session: Session, conflict: Conflict) -> object:
    record = session.get(model_of(conflict.about_table), conflict.about_id)
    if record is None:
        raise KeyError(conflict.about_id)
    return record


def put_aside(connection: Connection, unit_id: str) -> outbox.Unit:
    """The refused unit of that name. Raises `KeyError`."""
    return _unit(connection, unit_id, outbox.REFUSED, outbox.HELD)


def _unit(connection: Connection, unit_id: str, *states: str) -> outbox.Unit:
    for unit in outbox.units(connection, *states):
        if unit.id == unit_id:
            return unit
    raise KeyError(unit_id)


def _move(connection: Connection, unit_id: str, to: str) -> None:
    connection.execute(update(OUTBOX).where(OUTBOX.c.unit == unit_id).values(state=to))


def _tables(unit: outbox.Unit) -> frozenset[str]:
    return frozenset(change.table for change in unit.changes)


def _has_base(connection: Connection, spec: TableSpec, row_id: str) -> bool:
    found = select(BASE.c.row_id).where(BASE.c.tbl == spec.name, BASE.c.row_id == row_id)
    return connection.execute(found).first() is not None


def _copy_of(connection: Connection, spec: TableSpec, row_id: str) -> dict[str, object] | None:
    row = connection.execute(select(spec.table).where(spec.table.c.id == row_id)).mappings().first()
    return dict(row) if row else None
