"""What a person can do about units that were refused, and about values that gave way."""

from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select, update

from shared_models.ids import new_id
from sync.conflict import Conflict, ConflictState
from sync.device import outbox, rows
from sync.device.answers import inserts_of
from sync.device.tables import BASE, OUTBOX, OUTBOX_CHANGE
from sync.schema import TableSpec, catalogue, model_of

if TYPE_CHECKING:
    from sync.device.replica import Replica


def drop(connection: Connection, unit_id: str) -> frozenset[str]:
    """Forget a refused unit; its rows already show the hub's version. Raises `KeyError` for an unknown one."""
    unit = put_aside(connection, unit_id)
    outbox.remove(connection, [unit_id])
    return frozenset(change.table for change in unit.changes)


def resend(connection: Connection, unit_id: str) -> frozenset[str]:
    """Queue a refused unit again under a new identifier, since the hub has already answered the old one."""
    unit = put_aside(connection, unit_id)
    inserted = inserts_of(unit.changes)
    tables = frozenset(change.table for change in unit.changes)
    for change in unit.changes:
        spec = catalogue()[change.table]
        if not _has_base(connection, spec, change.row):
            body = None if (change.table, change.row) in inserted else _copy_of(connection, spec, change.row)
            rows.set_bases(connection, spec.name, {change.row: body})
        if change.kind == "del":
            _see_again(connection, spec, unit_id, change.row)
    old = connection.execute(select(OUTBOX.c.seq).where(OUTBOX.c.unit == unit_id)).scalar_one()
    new = connection.execute(select(func.max(OUTBOX.c.seq))).scalar_one() + 1
    values = {"seq": new, "unit": new_id(), "state": outbox.PENDING, "code": "", "details": {}}
    connection.execute(update(OUTBOX).where(OUTBOX.c.seq == old).values(values))
    connection.execute(update(OUTBOX_CHANGE).where(OUTBOX_CHANGE.c.seq == old).values(seq=new))
    for change in unit.changes:
        rows.rebuild(connection, catalogue()[change.table], [change.row])
    return tables


def _see_again(connection: Connection, spec: TableSpec, unit_id: str, row_id: str) -> None:
    """Who sends a deletion again deletes the row as it stands now."""
    seq = select(OUTBOX.c.seq).where(OUTBOX.c.unit == unit_id).scalar_subquery()
    place = (OUTBOX_CHANGE.c.seq == seq, OUTBOX_CHANGE.c.tbl == spec.name, OUTBOX_CHANGE.c.row_id == row_id)
    seen = _copy_of(connection, spec, row_id) or {}
    connection.execute(update(OUTBOX_CHANGE).where(*place).values(seen=seen))


def settle_conflict(replica: "Replica", conflict_id: str, *, take_lost: bool) -> None:
    """Close a conflict, with or without putting the lost value back. Raises `KeyError` for an unknown one."""
    with replica.action("take_other_value" if take_lost else "keep_value") as session:
        conflict = session.get(Conflict, conflict_id)
        if conflict is None:
            raise KeyError(conflict_id)
        if take_lost:
            record = session.get(model_of(conflict.about_table), conflict.about_id)
            if record is None:
                raise KeyError(conflict.about_id)
            conflict.place.write_to(record, conflict.lost_value())
        conflict.state = ConflictState.TAKEN if take_lost else ConflictState.KEPT


def put_aside(connection: Connection, unit_id: str) -> outbox.Unit:
    """The refused unit of that name. Raises `KeyError`."""
    for unit in outbox.units(connection, outbox.REFUSED, outbox.HELD):
        if unit.id == unit_id:
            return unit
    raise KeyError(unit_id)


def _has_base(connection: Connection, spec: TableSpec, row_id: str) -> bool:
    found = select(BASE.c.row_id).where(BASE.c.tbl == spec.name, BASE.c.row_id == row_id)
    return connection.execute(found).first() is not None


def _copy_of(connection: Connection, spec: TableSpec, row_id: str) -> dict[str, object] | None:
    row = connection.execute(select(spec.table).where(spec.table.c.id == row_id)).mappings().first()
    return dict(row) if row else None
