"""Units in: each is judged, merged and applied whole, or refused whole with a reason; never twice.

Laws: the answer to a unit is kept with it, so sending it again changes nothing and gives the same answer; a unit with a
known identifier but another content is an error; the unit that is refused does not stop the others.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from shared_models.errors import RuleError
from sync import bulk, wire
from sync.clock import Correction
from sync.hub import alike, positions, recorder, upgrades
from sync.hub.alike import Alike
from sync.hub.applied import AppliedUnit
from sync.hub.applying import Applier, Caller
from sync.hub.tables import SyncOperation
from sync.hub.workspace import Key, Workspace
from sync.schema import catalogue, is_identifier

_OPERATION = SyncOperation.__table__  # type: ignore[attr-defined]
_OPERATION_COLUMNS = (
    "device_id", "unit_id", "staff_id", "action", "outcome", "code", "details", "digest", "payload", "at_ms",
    "received_at_ms",
)  # fmt: skip
_ANSWERED = select(
    *(_OPERATION.c[name] for name in ("unit_id", "digest", "outcome", "code", "details"))
).where(_OPERATION.c.device_id == bindparam("device"))


Derive = Callable[[Session, Sequence[AppliedUnit]], None]
"""What follows from these units, in their order, written in the same transaction.

Raises `RuleError` when one of them is to be refused whole; the engine then finds out which, by trying fewer together.
"""

Rename = Callable[[Session, Sequence[wire.Unit]], Sequence[wire.Unit]]
"""The same units, speaking of the row that stays wherever they name one that was found to be the same."""


class Receiver:
    """Receives the units of one request."""

    def __init__(
        self,
        session: Session,
        caller: Caller,
        correction: Correction,
        derive: Derive | None,
        watched: frozenset[str] | None,
        rename: Rename | None = None,
        *,
        takes_filled: bool = False,
    ) -> None:
        """`derive` is run for units that write a table in `watched`; None watches all.

        `takes_filled` says that the device can be told of rows just the columns that the hub has set.
        """
        self._rename = rename
        self._session = session
        self._connection = session.connection()
        self._caller = caller
        self._correction = correction
        self._derive = derive
        self._watched = watched
        self.known: list[positions.Span] = []
        """Where the feed has rows that the device sent itself, and has but for what `filled` tells it."""
        self.filled: list[wire.Rows] = []
        """The columns that the hub set in rows that the device sent."""
        self._sent: dict[str, wire.Unit] = {}
        self._workspace = Workspace(self._connection, caller.company_id)
        self._applier = Applier(self._workspace, caller, takes_filled=takes_filled)

    def receive(self, units: Sequence[wire.Unit]) -> list[wire.UnitResult]:
        """Apply or refuse each unit, in order."""
        if not units:
            return []
        answered = self._answered([unit.id for unit in units])
        fresh = list({unit.id: unit for unit in reversed(units) if unit.id not in answered}.values())[::-1]
        self._sent = {unit.id: unit for unit in fresh}
        operations: list[tuple[Any, ...]] = []
        results = self._receive_together([upgrades.upcast(unit) for unit in fresh])
        for unit, result in zip(fresh, results, strict=True):
            payload = wire.encode(unit)
            digest = _digest(payload)
            answered[unit.id] = (digest, result)
            operations.append(self._operation(unit, result, payload, digest))
        bulk.insert(self._connection, _OPERATION, _OPERATION_COLUMNS, operations)
        made = {id(unit) for unit in fresh}
        return [
            answered[unit.id][1]
            if id(unit) in made or answered[unit.id][0] == _digest(wire.encode(unit))
            else wire.UnitResult(unit.id, "refused", "reused_id")
            for unit in units
        ]

    def _answered(self, ids: list[str]) -> dict[str, tuple[bytes, wire.UnitResult]]:
        device = {"device": self._caller.device_id}
        found = bulk.fetch_among(self._connection, _ANSWERED, _OPERATION.c.unit_id, ids, device)
        return {unit_id: (digest, wire.UnitResult(unit_id, *said)) for unit_id, digest, *said in found}

    def _prefetch(self, groups: Sequence[Alike]) -> None:
        specs = catalogue()
        rows: set[Key] = set()
        referenced: set[Key] = set()
        for group in groups:
            rows.update(zip(repeat(group.spec.name), group.row_ids))
            if group.spec.policy.parent is not None:
                parents = {group.spec.parent_of(change.fields) for change in group.changes}
                rows |= {each for each in parents if each and each[0] in specs and is_identifier(each[1])}
            for name, target in group.spec.references:
                named = {value for value in group.given.get(name, ()) if isinstance(value, str)}
                referenced.update(zip(repeat(target), filter(is_identifier, named)))
        self._workspace.prefetch(rows)
        self._workspace.note_existing(referenced)

    def _receive_together(self, units: Sequence[wire.Unit]) -> list[wire.UnitResult]:
        """Apply or refuse each unit, in order.

        All are tried together under one savepoint. When the rules refuse, that is undone and each half is tried in turn,
        so that exactly the guilty units end alone and are refused, and the others keep their order.
        """
        if not units:
            return []
        known_before, filled_before = len(self.known), len(self.filled)
        savepoint = self._session.begin_nested()
        self._session.connection()  # or the savepoint would be set by the session's next use, after what follows
        try:
            named = self._rename(self._session, units) if self._rename else units
            is_verbatim = all(unit is self._sent.get(unit.id) for unit in named)
            moments = [self._correction.corrected_ms(unit.at_ms) for unit in named]
            groups = alike.grouped(zip(named, moments, strict=True))
            self._prefetch(groups)
            self._applier.prepare(named, groups)
            results = [self._receive_one(*each) for each in zip(named, moments, strict=True)]
            self._write(is_verbatim=is_verbatim)
            self._derive_from([applied for _, applied in results if applied is not None])
        except RuleError as refusal:
            savepoint.rollback()
            del self.known[known_before:], self.filled[filled_before:]
            self._workspace.forget()
            if len(units) == 1:
                return [_refused(units[0], refusal)]
            middle = len(units) // 2
            return self._receive_together(units[:middle]) + self._receive_together(units[middle:])
        savepoint.commit()
        return [result for result, _ in results]

    def _receive_one(self, unit: wire.Unit, at_ms: int) -> tuple[wire.UnitResult, AppliedUnit | None]:
        """Judge and merge a unit in the workspace; what is to be derived from, None when it is refused."""
        try:
            applied = self._applier.merge(unit, at_ms)
        except RuleError as refusal:
            self._workspace.refuse()
            return _refused(unit, refusal), None
        applied.received_at_ms = self._correction.received_at_ms
        self._workspace.accept()
        held = wire.UnitResult(unit.id, "held", "held", {"held": applied.held})
        return held if applied.held else upgrades.applied(unit), applied

    def _derive_from(self, applied: Sequence[AppliedUnit]) -> None:
        """Write what follows from these units; raises `RuleError` as the rules do."""
        units = [unit for unit in applied if self._is_watched(unit)]
        if self._derive is None or not units:
            return
        self._session.expire_all()
        at_ms = max(unit.at_ms for unit in units)
        with recorder.recording(self._session, author=recorder.SERVER, at_ms=at_ms) as written:
            self._derive(self._session, units)
        self._workspace.forget(written)

    def _is_watched(self, applied: AppliedUnit) -> bool:
        tables = {change.table for change in applied.changes}
        return bool(tables) and (self._watched is None or bool(tables & self._watched))

    def _write(self, *, is_verbatim: bool) -> None:
        told = self._workspace.write(self._correction.received_at_ms)
        recorder.tell(self._session, told.scopes)
        if is_verbatim:  # or what is compared is a unit under other names than the device's
            self.known += told.known
            self.filled += self._workspace.filled

    def _operation(
        self, unit: wire.Unit, result: wire.UnitResult, payload: bytes, digest: bytes
    ) -> tuple[Any, ...]:
        return (
            self._caller.device_id,
            unit.id,
            self._caller.staff_id,
            _storable(unit.action),
            result.outcome,
            result.code,
            _storable(result.details),
            digest,
            payload,
            self._correction.corrected_ms(unit.at_ms),
            self._correction.received_at_ms,
        )


def _storable(said: Any) -> Any:
    """What a device said, with a mark for NUL, which PostgreSQL keeps in no text; the payload has it word for word."""
    if isinstance(said, str):
        return said.replace("\0", "\ufffd")
    if isinstance(said, Mapping):
        return {_storable(name): _storable(value) for name, value in said.items()}
    return [_storable(each) for each in said] if isinstance(said, list | tuple) else said


def _digest(payload: bytes) -> bytes:
    return hashlib.blake2b(payload, digest_size=16).digest()


def _refused(unit: wire.Unit, refusal: RuleError) -> wire.UnitResult:
    return wire.UnitResult(unit.id, "refused", refusal.code, dict(refusal.details))
