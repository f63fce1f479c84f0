"""One unit merged into the workspace: each change is judged, merged with the row as it stands, and laid into the overlay.

Raises `RuleError` for a unit that is to be refused; whoever calls then forgets the overlay.
"""

from dataclasses import dataclass, field
from typing import Any

from shared_models.errors import RuleError
from shared_models.synced import Kind, Merge
from sync import wire
from sync.clock import Stamp
from sync.conflict import conflict_row
from sync.hub import feed, judging
from sync.hub.workspace import Workspace
from sync.merge import merge_row
from sync.schema import SET_BY_HUB, TableSpec, catalogue, is_append_only


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


class Applier:
    """Applies the units of one caller to the workspace."""

    def __init__(self, workspace: Workspace, caller: Caller) -> None:
        """Work on `workspace` with the rights of `caller`."""
        self._workspace = workspace
        self._caller = caller

    def merge(self, unit: wire.Unit, at_ms: int) -> AppliedUnit:
        """Merge a unit made at `at_ms` (corrected); what is to be derived from. Raises `RuleError` to refuse it."""
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
        judging.check_scope(
            self._workspace.connection, spec, held, change.row, self._caller.scopes, stamp.at_ms
        )
        if change.kind == "del":
            judging.check_seen_whole(spec, held, change.seen)
            self._workspace.put(spec, change.row, None, held.stamps)
            return AppliedChange(spec.name, change.row, "del", {}, held.row)
        return self.update(spec, unit, change, stamp)

    def _insert(self, spec: TableSpec, change: wire.Change, stamp: Stamp) -> AppliedChange:
        row = judging.whole_row(spec, change.row, judging.writable(spec, change.fields))
        by_hub = {Merge.ACTION_TIME: stamp.at_ms, Merge.AUTHOR: self._caller.staff_id, Merge.SERVER: None}
        row |= {name: by_hub[merge] for name, merge in spec.set_by_hub}
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
        former = feed.left(self._workspace.connection, parent[0], parent[1], self._caller.scopes)
        if not former:
            raise RuleError("not_yours")
        return frozenset(former)

    def _check_repeated(self, spec: TableSpec, change: wire.Change, row: dict[str, Any]) -> None:
        known = [name for name in change.fields if name in spec.columns]
        compared = [name for name in known if spec.columns[name].merge not in SET_BY_HUB]
        if change.kind == "del" or any(change.fields[name] != row[name] for name in compared):
            raise RuleError("append_only", table=spec.name)

    def update(self, spec: TableSpec, unit: wire.Unit, change: wire.Change, stamp: Stamp) -> AppliedChange:
        """Merge one change into a row that is there; what gives way goes to the conflict inbox."""
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
            standing = held.stamps.get(lost.place.stamp_key) or held.stamps.get("") or arriving
            conflict = conflict_row(
                unit.id, (spec.name, row["company_id"], change.row), lost, arriving, standing
            )
            self._workspace.put(catalogue()["conflict"], conflict["id"], conflict, {"": arriving})
        return AppliedChange(spec.name, change.row, "update", merged.fields, row)

    def _check_references(self, done: AppliedChange) -> None:
        for name, target in catalogue()[done.table].references:
            value = done.fields.get(name)
            if value and not self._workspace.exists(target, value):
                raise RuleError("missing_reference", table=done.table, field=name)
