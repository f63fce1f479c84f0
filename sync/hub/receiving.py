"""Units in: each is judged, merged and applied whole, or refused whole with a reason; never twice.

Laws: the answer to a unit is kept with it, so sending it again changes nothing and gives the same answer; a unit with a
known identifier but another content is an error; the unit that is refused does not stop the others.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from shared_models.errors import RuleError
from shared_models.synced import Kind, Merge
from sync import wire
from sync.clock import Correction, Stamp
from sync.conflict import conflict_row
from sync.hub import feed, judging, recorder
from sync.hub.tables import SyncOperation
from sync.hub.workspace import Workspace
from sync.merge import SET_BY_HUB, merge_row
from sync.schema import TableSpec, catalogue, is_append_only

_OPERATION = SyncOperation.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is syncing: the device, whose it is, and which scopes that person has now."""

    device_id: str
    staff_id: str
    company_id: str
    scopes: frozenset[str]


@dataclass(frozen=True, slots=True)
class AppliedChange:
    """One row that a unit wrote, as it stands after the merge; `fields` are the values that really changed."""

    table: str
    row_id: str
    kind: str
    fields: dict[str, Any]
    row: dict[str, Any]


@dataclass(slots=True)
class AppliedUnit:
    """A unit that was merged into the tables: what the rules of the business derive from."""

    id: str
    action: str
    author: str
    device_id: str
    at_ms: int
    changes: list[AppliedChange] = field(default_factory=list)


Derive = Callable[[Session, AppliedUnit], None]
"""What follows from a unit, written in the same transaction; raises `RuleError` to refuse the unit whole."""


class Receiver:
    """Receives the units of one request."""

    def __init__(
        self,
        session: Session,
        caller: Caller,
        correction: Correction,
        derive: Derive | None,
        watched: frozenset[str] | None,
    ) -> None:
        """`derive` is run for units that write a table in `watched`; None watches all."""
        self._session = session
        self._connection = session.connection()
        self._caller = caller
        self._correction = correction
        self._derive = derive
        self._watched = watched
        self._workspace = Workspace(self._connection, caller.company_id)

    def receive(self, units: list[wire.Unit]) -> list[wire.UnitResult]:
        """Apply or refuse each unit, in order."""
        if not units:
            return []
        digests = {unit.id: hashlib.blake2b(wire.encode(unit), digest_size=16).digest() for unit in units}
        answered = self._answered(list(digests))
        self._prefetch([unit for unit in units if unit.id not in answered])
        results: list[wire.UnitResult] = []
        operations: list[dict[str, Any]] = []
        for unit in units:
            known = answered.get(unit.id)
            if known is not None:
                same = known[0] == digests[unit.id]
                results.append(known[1] if same else wire.UnitResult(unit.id, "refused", "reused_id"))
                continue
            result = self._receive_one(unit)
            answered[unit.id] = (digests[unit.id], result)
            results.append(result)
            operations.append(self._operation(unit, result, digests[unit.id]))
        self._write()
        if operations:
            self._connection.execute(insert(_OPERATION), operations)
        return results

    def _answered(self, ids: list[str]) -> dict[str, tuple[bytes, wire.UnitResult]]:
        columns = (
            _OPERATION.c.unit_id,
            _OPERATION.c.digest,
            _OPERATION.c.outcome,
            _OPERATION.c.code,
            _OPERATION.c.details,
        )
        found = select(*columns).where(
            _OPERATION.c.device_id == self._caller.device_id, _OPERATION.c.unit_id.in_(ids)
        )
        return {
            row.unit_id: (row.digest, wire.UnitResult(row.unit_id, row.outcome, row.code, row.details))
            for row in self._connection.execute(found)
        }

    def _prefetch(self, units: list[wire.Unit]) -> None:
        specs = catalogue()
        rows: set[tuple[str, str]] = set()
        referenced: set[tuple[str, str]] = set()
        for change in (change for unit in units for change in unit.changes if change.table in specs):
            spec = specs[change.table]
            rows.add((change.table, change.row))
            parent = spec.parent_of(change.fields)
            if parent and parent[0] in specs and isinstance(parent[1], str):
                rows.add(parent)
            for name, value in change.fields.items():
                target = spec.columns[name].references if name in spec.columns else None
                if target and isinstance(value, str):
                    referenced.add((target, value))
        self._workspace.prefetch(rows)
        self._workspace.note_existing(referenced)

    def _receive_one(self, unit: wire.Unit) -> wire.UnitResult:
        at_ms = self._correction.corrected_ms(unit.at_ms)
        try:
            applied = self._merge(unit, at_ms)
            if self._is_watched(applied):
                self._write()  # earlier units, so that refusing this one cannot undo them
                self._accept_by_rules(applied)
            else:
                self._workspace.accept()
        except judging.HeldForApproval as held:
            self._workspace.refuse()
            return wire.UnitResult(unit.id, "held", held.code, dict(held.details))
        except RuleError as refusal:
            self._workspace.refuse()
            return wire.UnitResult(unit.id, "refused", refusal.code, dict(refusal.details))
        return wire.UnitResult(unit.id, "applied")

    def _merge(self, unit: wire.Unit, at_ms: int) -> AppliedUnit:
        applied = AppliedUnit(unit.id, unit.action, self._caller.staff_id, self._caller.device_id, at_ms)
        stamp = Stamp(at_ms, 0, self._caller.device_id)
        for change in unit.changes:
            spec = judging.spec_for(change)
            done = self._apply(spec, unit, change, stamp)
            if done is not None:
                applied.changes.append(done)
        for done in applied.changes:
            self._check_references(done)
        return applied

    def _apply(
        self, spec: TableSpec, unit: wire.Unit, change: wire.Change, stamp: Stamp
    ) -> AppliedChange | None:
        held = self._workspace.get(spec.name, change.row)
        if held.row is None:
            if held.stamps:
                raise RuleError("deleted_row", table=spec.name)
            if change.kind == "del" or change.seen:
                raise RuleError("missing_row", table=spec.name)
            return self._insert(spec, change, stamp)
        judging.check_company(held.row, self._caller.company_id)
        if is_append_only(spec):
            self._check_repeated(spec, change, held.row)
            return None
        judging.check_scope(self._connection, spec, held, change.row, self._caller.scopes, stamp.at_ms)
        if change.kind == "del":
            self._workspace.put(spec, change.row, None, held.stamps)
            return AppliedChange(spec.name, change.row, "del", {}, held.row)
        return self._update(spec, unit, change, stamp)

    def _insert(self, spec: TableSpec, change: wire.Change, stamp: Stamp) -> AppliedChange:
        row = judging.whole_row(spec, change.row, judging.writable(spec, change.fields))
        for name, column in spec.columns.items():
            if column.merge is Merge.ACTION_TIME:
                row[name] = stamp.at_ms
            elif column.merge is Merge.AUTHOR:
                row[name] = self._caller.staff_id
            elif column.merge is Merge.SERVER:
                row[name] = None
        judging.check_company(row, self._caller.company_id)
        held = self._workspace.put(spec, change.row, row, {"": [*stamp.packed(), self._caller.staff_id]})
        if not held.scopes & self._caller.scopes:
            former = self._former_scopes(spec, row)
            self._workspace.note_former_scopes(spec, change.row, former)
        return AppliedChange(spec.name, change.row, "insert", row, row)

    def _former_scopes(self, spec: TableSpec, row: dict[str, Any]) -> feed.Scopes:
        """The caller's scopes that the row's parent has left.

        Logs are always accepted, also of a row that has left the author's scope; never of one they never had (R13).
        """
        parent = spec.parent_of(row)
        if parent and self._workspace.get(*parent).row is None:
            raise RuleError("missing_row", table=parent[0])
        if spec.policy.kind is not Kind.FACT or parent is None:
            raise RuleError("not_yours")
        former = feed.left(self._connection, parent[0], parent[1], self._caller.scopes)
        if not former:
            raise RuleError("not_yours")
        return frozenset(former)

    def _check_repeated(self, spec: TableSpec, change: wire.Change, row: dict[str, Any]) -> None:
        compared = [name for name in change.fields if spec.columns[name].merge not in SET_BY_HUB]
        if change.kind == "del" or any(change.fields[name] != row[name] for name in compared):
            raise RuleError("append_only", table=spec.name)

    def _update(self, spec: TableSpec, unit: wire.Unit, change: wire.Change, stamp: Stamp) -> AppliedChange:
        held = self._workspace.get(spec.name, change.row)
        assert held.row is not None  # noqa: S101 - the caller has just looked
        stamps = {name: Stamp.unpacked(packed[:3]) for name, packed in held.stamps.items()}
        merged = merge_row(spec, held.row, stamps, judging.writable(spec, change.fields), change.seen, stamp)
        row = held.row | merged.fields
        judging.check_company(row, self._caller.company_id)
        written = {name: [*new.packed(), self._caller.staff_id] for name, new in merged.stamps.items()}
        self._workspace.put(spec, change.row, row, held.stamps | written)
        arriving = [*stamp.packed(), self._caller.staff_id]
        for lost in merged.lost:
            standing = held.stamps.get(lost.column) or held.stamps.get("") or arriving
            conflict = conflict_row(
                unit.id, (spec.name, row["company_id"], change.row), lost, arriving, standing
            )
            self._workspace.put(catalogue()["conflict"], conflict["id"], conflict, {"": arriving})
        return AppliedChange(spec.name, change.row, "update", merged.fields, row)

    def _check_references(self, done: AppliedChange) -> None:
        spec = catalogue()[done.table]
        for name, value in done.fields.items():
            target = spec.columns[name].references
            if target and value and not self._workspace.exists(target, value):
                raise RuleError("missing_reference", table=done.table, field=name)

    def _is_watched(self, applied: AppliedUnit) -> bool:
        tables = {change.table for change in applied.changes}
        return (
            self._derive is not None
            and bool(tables)
            and (self._watched is None or bool(tables & self._watched))
        )

    def _accept_by_rules(self, applied: AppliedUnit) -> None:
        """Write the unit and what follows from it, or nothing of either when the rules refuse it."""
        assert self._derive is not None  # noqa: S101 - `_is_watched` has just looked
        self._session.expire_all()
        savepoint = self._session.begin_nested()
        self._session.connection()  # or the savepoint would be set by the session's next use, after what follows
        self._workspace.accept()
        try:
            self._write()
            with recorder.recording(self._session, author=recorder.SERVER, at_ms=applied.at_ms) as written:
                self._derive(self._session, applied)
            savepoint.commit()
            self._workspace.forget(written)
        except RuleError:
            savepoint.rollback()
            self._workspace.forget()
            raise

    def _write(self) -> None:
        recorder.tell(self._session, self._workspace.write(self._correction.received_at_ms))

    def _operation(self, unit: wire.Unit, result: wire.UnitResult, digest: bytes) -> dict[str, Any]:
        return {
            "device_id": self._caller.device_id,
            "unit_id": unit.id,
            "staff_id": self._caller.staff_id,
            "action": unit.action,
            "outcome": result.outcome,
            "code": result.code,
            "details": result.details,
            "digest": digest,
            "payload": wire.encode(unit),
            "at_ms": self._correction.corrected_ms(unit.at_ms),
            "received_at_ms": self._correction.received_at_ms,
        }
