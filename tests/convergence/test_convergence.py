"""Whatever happens in whatever order, once everybody has synced everybody agrees and nothing was lost (S1, S3, S4, S5).

A state machine over one hub and several devices with real databases: edits of every merge policy, facts, deletions,
reassignments, requests and answers lost, apps killed, clocks wrong by days and running backwards. A failing run is
replayed with the seed that pytest prints.
"""

import json

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlmodel import select

from shared_models.people.access import scopes_of
from shared_models.people.tables import Staff, Store
from shared_models.sales.tables import FollowUp, Lead, LeadStage
from sync.conflict import Conflict
from sync.hub.tables import SyncOperation, SyncRowState
from sync.schema import catalogue
from tests.convergence.world import Device, World, make_follow_up, make_lead

DAY_MS = 24 * 3_600_000
PEOPLE = {"A": "amy", "B": "bob", "M": "max"}
names = st.sampled_from(sorted(PEOPLE))
minutes = st.integers(-10 * DAY_MS // 60_000, 10 * DAY_MS // 60_000)
picks = st.integers(0, 99)


class Showrooms(RuleBasedStateMachine):
    """Two salespeople and their manager, and everything that can go wrong between them and the hub."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        for name, owner in PEOPLE.items():
            self.world.device(name, owner)
        self.written: list[tuple[str, int]] = []
        self.filled_in: list[tuple[str, str, int]] = []
        self.logged: set[str] = set()
        self.deleted: set[str] = set()
        self.serial = 0

    @initialize()
    def there_is_a_lead_that_all_know(self) -> None:
        with self.world.office() as session:
            session.add(make_lead(owner="amy"))
        self.world.settle()

    @rule(name=names)
    def enter_a_lead(self, name: str) -> None:
        device = self.world.devices[name]
        owner = device.owner if name != "M" else "amy"
        with device.act("new_lead") as session:
            session.add(make_lead(owner=owner))

    @rule(name=names, pick=picks)
    def state_a_budget(self, name: str, pick: int) -> None:
        lead = self._pick(self.world.devices[name], pick)
        if lead:
            self.serial += 1
            self.written.append((lead, self.serial))
            self._edit(name, lead, budget_fen=self.serial)

    @rule(name=names, pick=picks, key=st.sampled_from(["风格", "楼层", "budget_fen"]), clear=st.booleans())
    def fill_in_a_free_field(self, name: str, pick: int, key: str, clear: bool) -> None:
        device = self.world.devices[name]
        lead = self._pick(device, pick)
        if lead:
            self.serial += 1
            held = {k: v for k, v in device.get(Lead, lead).attributes.items() if k != key}
            if not clear:
                held[key] = self.serial
                self.filled_in.append((lead, key, self.serial))
            self._edit(name, lead, attributes=held)

    @rule(name=names, pick=picks, styles=st.sets(st.sampled_from(["现代", "北欧", "中式"])))
    def choose_styles(self, name: str, pick: int, styles: set[str]) -> None:
        lead = self._pick(self.world.devices[name], pick)
        if lead:
            self._edit(name, lead, styles=sorted(styles))

    @rule(name=names, pick=picks, line=st.integers(0, 3), word=st.sampled_from(["贵", "好", "等"]))
    def write_a_note(self, name: str, pick: int, line: int, word: str) -> None:
        device = self.world.devices[name]
        lead = self._pick(device, pick)
        if lead:
            lines = (device.get(Lead, lead).notes or "一\n二\n三\n四").split("\n")
            lines[line % len(lines)] += word
            self._edit(name, lead, notes="\n".join(lines))

    @rule(name=names, pick=picks, stage=st.sampled_from(LeadStage))
    def move_the_stage(self, name: str, pick: int, stage: LeadStage) -> None:
        lead = self._pick(self.world.devices[name], pick)
        if lead:
            self._edit(name, lead, stage=stage)

    @rule(name=names, pick=picks)
    def log_a_follow_up(self, name: str, pick: int) -> None:
        device = self.world.devices[name]
        lead = self._pick(device, pick)
        if lead:
            with device.act("log_follow_up") as session:
                entry = make_follow_up(session.get(Lead, lead), device.owner, device.replica.now_ms())
                session.add(entry)
                session.get(Lead, lead).intent = "high"
            self.logged.add(entry.id)

    @rule(pick=picks, owner=st.sampled_from(["amy", "bob"]))
    def reassign(self, pick: int, owner: str) -> None:
        leads = self.world.all(Lead)
        self.world.now_ms += 1_000
        with self.world.office() as session:
            session.get_one(Lead, sorted(lead.id for lead in leads)[pick % len(leads)]).owner_id = owner

    @rule(name=names)
    def take_back_what_was_lost(self, name: str) -> None:
        device = self.world.devices[name]
        conflicts = [c for c in device.replica.open_conflicts() if device.get(Lead, c.about_id) is not None]
        if conflicts:
            device.replica.take_other(conflicts[0].id)

    @rule(name=names)
    def sync(self, name: str) -> None:
        self.world.devices[name].sync()

    @rule(name=names, pick=picks)
    def edit_while_an_answer_is_on_its_way(self, name: str, pick: int) -> None:
        device = self.world.devices[name]
        lead = self._pick(device, pick)

        def edit() -> None:
            if lead:
                self.serial += 1
                self.written.append((lead, self.serial))
                self._edit(name, lead, budget_fen=self.serial)

        device.sync(meanwhile=edit)

    @rule(name=names, number=st.integers(0, 2))
    def lose_a_request(self, name: str, number: int) -> None:
        self.world.devices[name].sync(lose_request=number)

    @rule(name=names, number=st.integers(0, 2))
    def lose_an_answer(self, name: str, number: int) -> None:
        self.world.devices[name].sync(lose_answer=number)

    @rule(name=names)
    def kill_and_restart(self, name: str) -> None:
        self.world.devices[name].open()

    @rule(name=names, shown=minutes)
    def set_the_clock(self, name: str, shown: int) -> None:
        self.world.devices[name].clock_ms = shown * 60_000

    @invariant()
    def the_count_of_pending_units_never_hides_one(self) -> None:
        for device in self.world.devices.values():
            assert device.replica.status().pending == len(device.replica.pending_units())

    def teardown(self) -> None:
        self.world.settle()
        self._everybody_agrees()
        self._nobody_holds_a_foreign_row()
        self._no_budget_was_lost()
        self._no_free_field_was_lost()
        self._every_log_arrived_once()

    def _everybody_agrees(self) -> None:
        for device in self.world.devices.values():
            assert device.replica.status().pending == 0
            for spec in catalogue().values():
                ours = _rows(device.engine, spec)
                theirs = _rows(self.world.engine, spec)
                assert {key: theirs.get(key) for key in ours} == ours, (device.name, spec.name)

    def _nobody_holds_a_foreign_row(self) -> None:
        states = {(state.tbl, state.row_id): set(state.scopes) for state in self.world.all(SyncRowState)}
        stores = self.world.all(Store)
        for device in self.world.devices.values():
            scopes = scopes_of(self.world.get(Staff, device.owner), stores)
            for spec in catalogue().values():
                visible = {key for key in _rows(self.world.engine, spec) if states[spec.name, key] & scopes}
                assert visible == _rows(device.engine, spec).keys(), (device.name, spec.name)

    def _no_budget_was_lost(self) -> None:
        """Every budget ever stated stands in a row, was knowingly replaced, lies in the inbox or in a refused unit."""
        rows = {lead.id: lead.budget_fen for lead in self.world.all(Lead)}
        inbox = {(c.about_id, json.loads(c.lost)) for c in self.world.all(Conflict)}
        sent = {
            (change["row"], change["fields"]["budget_fen"], operation.outcome)
            for operation in self.world.all(SyncOperation)
            for change in _changes(operation)
            if "budget_fen" in change["fields"] and change["seen"]
        }
        arrived = {(row, value): outcome for row, value, outcome in sent}
        replaced = {
            (change["row"], change["seen"]["budget_fen"])
            for operation in self.world.all(SyncOperation)
            for change in _changes(operation)
            if "budget_fen" in change["seen"]
        }
        for row, value in self.written:
            outcome = arrived[row, value]
            known = (
                rows.get(row) == value,
                (row, value) in inbox,
                (row, value) in replaced,
                outcome != "applied",
            )
            assert any(known), (row, value)

    def _no_free_field_was_lost(self) -> None:
        """The same for each key of a free-form object: none is overwritten by an edit of another key."""
        rows = {lead.id: lead.attributes for lead in self.world.all(Lead)}
        inbox = {(c.about_id, c.field, json.loads(c.lost)) for c in self.world.all(Conflict) if c.within}
        replaced: set[tuple[str, str, int]] = set()
        put_aside: set[tuple[str, str, int]] = set()
        for operation in self.world.all(SyncOperation):
            for change in _changes(operation):
                before, after = (change[side].get("attributes", {}) for side in ("seen", "fields"))
                edits = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
                replaced |= {(change["row"], key, before.get(key)) for key in edits}
                if operation.outcome != "applied":
                    put_aside |= {(change["row"], key, after.get(key)) for key in edits}
        for row, key, value in self.filled_in:
            standing = rows.get(row, {}).get(key) == value
            assert standing or (row, key, value) in inbox | replaced | put_aside, (row, key, value)

    def _every_log_arrived_once(self) -> None:
        assert {entry.id for entry in self.world.all(FollowUp)} == self.logged - self._refused_logs()

    def _refused_logs(self) -> set[str]:
        return {
            change.row
            for device in self.world.devices.values()
            for unit in device.replica.refused_units()
            for change in unit.changes
        }

    def _pick(self, device: Device, pick: int) -> str | None:
        with device.replica.reading() as session:
            leads = sorted(session.exec(select(Lead.id)).all())
        return leads[pick % len(leads)] if leads else None

    def _edit(self, name: str, lead: str, **fields: object) -> None:
        with self.world.devices[name].act("edit_lead") as session:
            row = session.get(Lead, lead)
            for field, value in fields.items():
                setattr(row, field, value)


def _changes(operation: SyncOperation) -> list[dict]:
    import msgspec

    return msgspec.msgpack.decode(operation.payload)["changes"]


def _rows(engine, spec) -> dict[str, dict]:
    with engine.connect() as connection:
        return {row["id"]: dict(row) for row in connection.execute(spec.table.select()).mappings()}


TestShowrooms = Showrooms.TestCase
TestShowrooms.settings = settings(settings.get_profile("default"), stateful_step_count=30)
