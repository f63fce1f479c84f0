"""One unit merged into the workspace: each change is judged, merged with the row as it stands, and laid into the overlay.

Raises `RuleError` for a unit that is to be refused; whoever calls then forgets the overlay.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from shared_models.errors import RuleError
from shared_models.synced import Kind
from sync import wire
from sync.clock import Stamp
from sync.conflict import conflict_row
from sync.held import held_row
from sync.hub import devices, feed, judging
from sync.hub.alike import Alike
from sync.hub.applied import AppliedChange, AppliedUnit, Merged
from sync.hub.new_rows import NewRow, NewRows
from sync.hub.workspace import Key, Standing, Workspace
from sync.merge import merge_row
from sync.schema import SET_BY_HUB, TableSpec, catalogue, is_append_only, is_identifier


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is syncing: the device, whose it is, and which scopes that person has now.

    `scopes_since_ms` is when what they may see last changed. `former` are scopes that they had and have no longer, each
    with the moment when that ended; the hub fills it in. `reads_only` is for who is handed rows and writes none by sync.
    `device` is the device as it stood when the caller was found, where it was read then: a look asks for it no second time.
    """

    device_id: str
    staff_id: str
    company_id: str
    scopes: frozenset[str]
    scopes_since_ms: int = 0
    former: Mapping[str, int] = field(default_factory=dict)
    reads_only: bool = False
    device: devices.KnownDevice | None = None


class Applier:
    """Applies the units of one caller to the workspace."""

    def __init__(self, workspace: Workspace, caller: Caller, *, takes_filled: bool = False) -> None:
        """Work on `workspace` with the rights of `caller`; `takes_filled` as `wire.TAKES_FILLED` says of their device."""
        self._workspace = workspace
        self._caller = caller
        self._takes_filled = takes_filled
        self._fitting: frozenset[int] = frozenset()
        self._prepared: dict[int, NewRow] = {}

    def prepare(self, units: Sequence[wire.Unit], groups: Sequence[Alike]) -> None:
        """Do for all changes of these units, which come next, what can be done for many at once; `groups` has them all.

        New rows that are in order whatever else the units do are laid out wholly; every other change waits for its turn.
        """
        self._prepared = {}
        keys = [(change.table, change.row) for unit in units for change in unit.changes]
        pushed = set(keys)
        repeated = (
            {key for key, times in Counter(keys).items() if times > 1} if len(pushed) < len(keys) else set()
        )
        fitting = [group for group in groups if group.is_insert and group.fits]
        for group in fitting:
            policy = group.spec.policy
            if policy.device_writes and policy.device_inserts and policy.parent is None:
                self._prepare_group(group, pushed, repeated)
        prepared = self._prepared.keys()
        self._fitting = frozenset(
            each for group in fitting for each in map(id, group.changes) if each not in prepared
        )

    def _prepare_group(self, group: Alike, pushed: AbstractSet[Key], repeated: AbstractSet[Key]) -> None:
        spec, table, company = group.spec, group.spec.name, self._caller.company_id
        new = self._completed(group)
        strange = {each for each in set(new.scopes) if not each & self._caller.scopes}
        unknown = self._workspace.unknown(table)
        amiss = {at for at, each in enumerate(new.columns["company_id"]) if each != company}
        amiss.update(
            at for at, row_id in enumerate(new.ids) if row_id not in unknown or (table, row_id) in repeated
        )
        if strange:
            amiss.update(at for at, each in enumerate(new.scopes) if each in strange)
        for name, target in spec.references:
            if lacking := self._lacking(group, name, target, pushed):
                amiss.update(at for at, value in enumerate(new.columns[name]) if value in lacking)
        self._prepared.update(
            (id(change), NewRow(new, at, table, change.row))
            for at, change in enumerate(group.changes)
            if at not in amiss
        )

    def _completed(self, group: Alike) -> NewRows:
        is_told = self._takes_filled and not group.spec.masked_from(self._caller.scopes)
        return group.completed(self._caller.device_id, self._caller.staff_id, is_told=is_told)

    def _lacking(self, group: Alike, name: str, target: str, pushed: AbstractSet[Key]) -> AbstractSet[str]:
        """The rows that a column of the group refers to and that may not be there when it is their turn."""
        named = {value for value in set(group.given.get(name, ())) if value}
        return {
            value for value in named if (target, value) in pushed or not self._workspace.exists(target, value)
        }

    def merge(self, unit: wire.Unit, at_ms: int) -> AppliedUnit:
        """Merge a unit made at `at_ms` (corrected); what is to be derived from. Raises `RuleError` to refuse it."""
        if self._caller.reads_only:
            raise RuleError("not_yours")
        applied = AppliedUnit(unit.id, unit.action, self._caller.staff_id, self._caller.device_id, at_ms)
        stamp = Stamp(at_ms, 0, self._caller.device_id)
        merged: list[AppliedChange] = []
        for change in unit.changes:
            if (new := self._prepared.get(id(change))) is not None:
                self._workspace.lay((change.table, change.row), new)
                applied.changes.append(new)
                continue
            spec = judging.spec_for(change, fits=id(change) in self._fitting)
            try:
                done = self._apply(spec, unit, change, stamp)
            except judging.HeldForApproval:
                applied.held += self._hold(spec, unit, change, stamp)
                continue
            if done is not None:
                applied.changes.append(done)
                merged.append(done)
        for written in merged:
            self._check_references(written)
        for written in applied.changes if applied.held else ():
            # The device builds all rows of a held unit without it: they have to come back whole.
            self._workspace.send_whole(written.table, written.row_id)
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
            if not held.scopes & self._caller.scopes and not self._left(spec.name, change.row, held.scopes):
                raise RuleError("not_yours")  # or whoever may not see it could ask what it says
            self._check_repeated(spec, change, held.row)
            return None
        self._check_scope(spec, held, change, stamp.at_ms)
        if change.kind == "del":
            judging.check_seen_whole(spec, held, change.seen)
            self._workspace.put(spec, change.row, None, held.stamps)
            return Merged(spec.name, change.row, "del", {}, held.row)
        return self.update(spec, unit, change, stamp)

    def _check_scope(self, spec: TableSpec, held: Standing, change: wire.Change, at_ms: int) -> None:
        assert held.row is not None  # noqa: S101 - the caller has just looked
        writers = self._workspace.writer_scopes(spec, held.row)
        judging.check_columns(spec, held.row, change, self._scopes_at(at_ms))
        left = {} if writers & self._caller.scopes else self._left(spec.name, held.row["id"], writers)
        judging.check_scope(writers, held.scopes, self._caller.scopes, left, at_ms)

    def _scopes_at(self, at_ms: int) -> feed.Scopes:
        former = self._caller.former
        return self._caller.scopes | {scope for scope, ended in former.items() if at_ms <= ended}

    def _left(self, table: str, row_id: str, now: feed.Scopes) -> dict[str, int]:
        """The scopes by which the caller once saw the row, each with the moment when that ended.

        Either the row left the scope, or the scope was taken from them; where both happened the first counts.
        """
        former = self._caller.former
        left = feed.left(self._workspace.connection, table, row_id, self._caller.scopes | former.keys())
        ended = {scope: min(at_ms, former.get(scope, at_ms)) for scope, at_ms in left.items()}
        return ended | {scope: former[scope] for scope in now & former.keys()}

    def _hold(self, spec: TableSpec, unit: wire.Unit, change: wire.Change, stamp: Stamp) -> list[str]:
        """Keep each value of a late edit for whoever has the row now; the identifiers under which they are kept."""
        logged = {other.table for other in unit.changes if is_append_only(catalogue()[other.table])}
        stamped = [*stamp.packed(), self._caller.staff_id]
        about = (spec.name, self._caller.company_id, change.row)
        ids: list[str] = []
        for place in judging.places_to_hold(spec, change, logged):
            values = (place.read(change.fields), place.read(change.seen))
            row = held_row(unit.id, about, place, values, stamped)
            self._workspace.put(catalogue()["held_edit"], row["id"], row, {"": stamped})
            ids.append(row["id"])
        return ids

    def _insert(self, spec: TableSpec, change: wire.Change, stamp: Stamp) -> AppliedChange:
        if not spec.policy.device_inserts:
            raise RuleError("read_only_table", table=spec.name)
        alone = Alike(spec, [change], [stamp.at_ms], is_insert=True)
        new = self._completed(alone)
        row, (stamps,) = new.row(0), new.stamps
        judging.check_company(row, self._caller.company_id)
        held = self._workspace.put(spec, change.row, row, stamps)
        if held.scopes & self._caller.scopes:
            held.filled = new.filled
        else:
            self._workspace.note_former_scopes(spec, change.row, self._former_scopes(spec, row, stamp.at_ms))
        return Merged(spec.name, change.row, "insert", row, row)

    def _former_scopes(self, spec: TableSpec, row: dict[str, Any], at_ms: int) -> feed.Scopes:
        """The scopes by which the caller could have seen the new row once.

        They may still add what they did while they had them. Logs are always accepted, also those made later of a row
        that had left the author's scope; never of one they never had (R13).
        """
        parent = spec.parent_of(row)
        if parent and (parent[0] not in catalogue() or not is_identifier(parent[1])):
            raise RuleError("missing_row", table=spec.name)
        above = self._workspace.get(*parent) if parent else None
        if parent and above and above.row is None:
            raise RuleError("missing_row", table=parent[0])
        if parent and above and above.row and self._workspace.is_new(*parent):
            return self._former_scopes(catalogue()[parent[0]], above.row, at_ms)
        now = self._workspace.scopes_of(spec, row)
        table, row_id = parent or (spec.name, row["id"])
        left = self._left(table, row_id, now)
        is_log = spec.policy.kind is Kind.FACT and parent is not None
        if not left or (at_ms > max(left.values()) and not is_log):
            raise RuleError("not_yours")
        return frozenset(left)

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
            names = devices.names(self._workspace.connection, (arriving[2], standing[2]))
            about = (spec.name, row["company_id"], change.row)
            conflict = conflict_row(unit.id, about, lost, (arriving, standing), names)
            self._workspace.put(catalogue()["conflict"], conflict["id"], conflict, {"": arriving})
        return Merged(spec.name, change.row, "update", merged.fields, row)

    def _check_references(self, done: AppliedChange) -> None:
        for name, target in catalogue()[done.table].references:
            value = done.fields.get(name)
            if value and not self._workspace.exists(target, value):
                raise RuleError("missing_reference", table=done.table, field=name)
