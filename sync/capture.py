"""How the writes of a database session become changes, so that no screen and no service can forget to record one.

`capturing` listens to the session's flushes. What bypasses them (bulk UPDATE and DELETE statements on synced tables) is
refused loudly instead of going unrecorded.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlmodel
from sqlalchemy import Connection, Engine, event, inspect
from sqlalchemy.orm import ORMExecuteState, Session, make_transient_to_detached
from sqlalchemy.orm.exc import StaleDataError

from sync import bulk
from sync.schema import TableSpec, catalogue

ChangeKind = Literal["insert", "update", "delete"]


class UncapturedWrite(RuntimeError):
    """A statement would change synced rows behind the change log's back; write through mapped objects instead."""


@dataclass(slots=True)
class RowChange:
    """What a session did to one row: the new values of the columns that changed, and the old ones.

    Of a deleted row all values are old ones: they are what its author saw and gave up.
    """

    spec: TableSpec
    row_id: str
    kind: ChangeKind
    fields: dict[str, Any] = field(default_factory=dict)
    seen: dict[str, Any] = field(default_factory=dict)
    row: dict[str, Any] = field(default_factory=dict)
    """The whole row as it is now."""


Sink = Callable[[list[RowChange]], None]


@contextmanager
def capturing(session: Session, sink: Sink) -> Iterator[None]:
    """Hand every flushed change of a synced row to `sink`, inside the session's transaction."""

    def after_flush(flushed: Session, _context: object) -> None:
        _tell(flushed, sink)

    event.listen(session, "after_flush", after_flush)
    event.listen(session, "do_orm_execute", _refuse_bulk_writes)
    try:
        yield
    finally:
        event.remove(session, "after_flush", after_flush)
        event.remove(session, "do_orm_execute", _refuse_bulk_writes)


class CapturingSession(sqlmodel.Session):
    """A session whose every flushed change goes to its `sink`; cheaper than `capturing` where one is opened for each tap."""

    def __init__(self, engine: Engine, sink: Sink) -> None:
        """Work on `engine`; what was read stays readable after a commit."""
        super().__init__(engine, expire_on_commit=False)
        self.sink = sink

    def last_flush(self) -> Connection:
        """Write what is left, as `flush` does, and let go of it: its objects can still be read; what it was written on.

        The unit of work keeps books on every object for a session that goes on, which costs several times what the
        statements do. Raises what `flush` raises.
        """
        connection = self.connection()
        changes = list(_changes(self)) if _is_plain(self) else None
        if changes is None:
            self.flush()
            return connection
        objects = [*self.new, *self.dirty]
        _write(connection, changes)
        for instance in objects:
            is_new = inspect(instance).pending
            self.expunge(instance)
            if is_new:
                make_transient_to_detached(instance)
        if changes:
            self.sink(changes)
        return connection


def _is_plain(session: Session) -> bool:
    """Whether all that the session holds are whole new rows of synced tables and edits of such rows."""
    specs = catalogue()
    for instance in session.new:
        spec = specs.get(instance.__tablename__)
        if spec is None or not spec.columns.keys() <= instance.__dict__.keys():
            return False
    return not session.deleted and all(instance.__tablename__ in specs for instance in session.dirty)


def _write(connection: Connection, changes: list[RowChange]) -> None:
    new: dict[str, list[RowChange]] = {}
    for change in changes:
        if change.kind == "insert":
            new.setdefault(change.spec.name, []).append(change)
        elif not bulk.change_one(connection, change.spec.table, change.fields, change.row_id):
            message = f"{change.spec.name} {change.row_id} is no longer there"
            raise StaleDataError(message)
    for inserts in new.values():
        table = inserts[0].spec.table
        bulk.insert(connection, table, tuple(inserts[0].row), [[*each.row.values()] for each in inserts])


@event.listens_for(CapturingSession, "after_flush")
def _tell_own_sink(flushed: CapturingSession, _context: object) -> None:
    _tell(flushed, flushed.sink)


def _tell(flushed: Session, sink: Sink) -> None:
    changes = list(_changes(flushed))
    if changes:
        sink(changes)


@event.listens_for(CapturingSession, "do_orm_execute")
def _refuse_bulk_writes(state: ORMExecuteState) -> None:
    if not (state.is_update or state.is_delete or state.is_insert):
        return
    table = getattr(state.statement, "table", None)
    if getattr(table, "name", None) in catalogue():
        message = (
            f"write rows of {table} through mapped objects: a bulk statement would not be recorded for sync"
        )
        raise UncapturedWrite(message)


def _changes(session: Session) -> Iterator[RowChange]:
    specs = catalogue()
    for instance in session.new:
        spec = specs.get(instance.__tablename__)
        if spec:
            row = _row_of(spec, instance)
            yield RowChange(spec, row["id"], "insert", dict(row), {}, row)
    for instance in session.dirty:
        spec = specs.get(instance.__tablename__)
        if spec and session.is_modified(instance):
            yield _update_of(spec, instance)
    for instance in session.deleted:
        spec = specs.get(instance.__tablename__)
        if spec:
            row = _row_of(spec, instance) | _overwritten(spec, instance)
            yield RowChange(spec, row["id"], "delete", {}, dict(row), row)


def _row_of(spec: TableSpec, instance: Any) -> dict[str, Any]:
    return {name: getattr(instance, name) for name in spec.columns}


def _overwritten(spec: TableSpec, instance: Any) -> dict[str, Any]:
    """What the columns held that were changed and not flushed: who edits a row and deletes it has seen that."""
    attributes = inspect(instance).attrs
    histories = {name: attributes[name].history for name in spec.columns}
    return {name: history.deleted[0] for name, history in histories.items() if history.deleted}


def _update_of(spec: TableSpec, instance: Any) -> RowChange:
    state = inspect(instance)
    fields: dict[str, Any] = {}
    seen: dict[str, Any] = {}
    for name in spec.columns:
        history = state.attrs[name].history
        if not history.has_changes():
            continue
        if not history.deleted:
            message = f"{spec.name}.{name} was overwritten without having been read; load the row first"
            raise UncapturedWrite(message)
        fields[name], seen[name] = history.added[0], history.deleted[0]
    row = _row_of(spec, instance)
    return RowChange(spec, row["id"], "update", fields, seen, row)


def edits_of(session: Session) -> list[RowChange]:
    """The edits of synced rows that the session holds and has not flushed."""
    specs = catalogue()
    return [
        _update_of(spec, instance)
        for instance in session.dirty
        if (spec := specs.get(instance.__tablename__)) and session.is_modified(instance)
    ]
