"""What somebody does to a row that they have lost: logs count, edits wait for whoever has it now (R13)."""

import pytest
from sqlalchemy import insert

from shared_models.errors import RuleError
from shared_models.people.tables import Staff
from shared_models.sales.tables import Customer, FollowUp, Lead
from sync import wire
from sync.conflict import Conflict
from sync.held import HeldEdit, HeldState, held_row
from sync.places import Place
from tests.convergence.world import (
    COMPANY,
    NOON_MS,
    Device,
    World,
    make_customer,
    make_follow_up,
    make_lead,
)


@pytest.fixture
def tablets(world: World) -> tuple[Device, Device, Device]:
    return world.device("A", "amy"), world.device("B", "bob"), world.device("M", "max")


def test_an_edit_made_after_the_lead_was_lost_waits_for_the_new_owner_and_one_made_before_applies(
    world, tablets
):
    amy, bob, _ = tablets
    lead = lost_lead(
        world, amy, before={"budget_fen": 22_000}, after={"budget_fen": 26_000, "region": "宝安"}
    )
    world.settle()
    assert world.get(Lead, lead).budget_fen == 22_000
    assert [(held.field, held.held_value(), held.by) for held in bob.replica.held_edits()] == [
        ("budget_fen", 26_000, "amy"),
        ("region", "宝安", "amy"),
    ]
    assert world.all(Conflict) == []
    assert amy.get(Lead, lead) is None


def test_the_author_sees_their_edit_as_held_and_nothing_of_it_stays_in_the_queue(world, tablets):
    amy, bob, _ = tablets
    lost_lead(world, amy, after={"region": "宝安"})
    world.settle()
    status = amy.replica.status()
    assert (status.pending, status.refused, status.held) == (0, 0, 1)
    (held,) = bob.replica.held_edits()
    bob.replica.approve(held.id)
    world.settle()
    assert amy.replica.status().held == 0
    assert amy.get(HeldEdit, held.id).state == HeldState.APPROVED


def test_the_new_owner_approves_offline_and_the_value_spreads_as_their_own_edit(world, tablets):
    amy, bob, max_ = tablets
    lead = lost_lead(world, amy, after={"region": "宝安", "attributes": {"colour": "white"}})
    world.settle()
    for held in bob.replica.held_edits():
        bob.replica.approve(held.id)
    assert bob.get(Lead, lead).region == "宝安"
    world.settle()
    stored = world.get(Lead, lead)
    assert (stored.region, stored.attributes) == ("宝安", {"colour": "white"})
    assert max_.get(Lead, lead).attributes == {"colour": "white"}
    assert {(held.state, held.decided_by) for held in world.all(HeldEdit)} == {(HeldState.APPROVED, "bob")}


def test_a_rejected_edit_changes_nothing_and_stays_to_be_read(world, tablets):
    amy, _, max_ = tablets
    lead = lost_lead(world, amy, after={"region": "宝安"})
    world.settle()
    (held,) = max_.replica.held_edits()
    max_.replica.reject(held.id)
    world.settle()
    assert world.get(Lead, lead).region == ""
    assert [held.state for held in world.all(HeldEdit)] == [HeldState.REJECTED]


def test_the_author_may_not_approve_not_even_past_the_app(world, tablets):
    amy, _, _ = tablets
    lost_lead(world, amy, after={"region": "宝安"})
    world.settle()
    (held,) = world.all(HeldEdit)
    with pytest.raises(RuleError, match="not_owner"):
        amy.replica.approve(held.id)
    forged = wire.Change("held_edit", held.id, "put", {"state": "approved"}, {"state": "open"})
    assert send(world, amy, forged).code == "not_owner"
    assert world.all(HeldEdit)[0].state == HeldState.OPEN


def test_nobody_makes_a_held_edit_on_a_device_or_changes_what_one_says(world, tablets):
    amy, bob, _ = tablets
    lost_lead(world, amy, after={"region": "宝安"})
    world.settle()
    (held,) = world.all(HeldEdit)
    values = held.model_dump() | {"id": "forged"}
    assert send(world, bob, wire.Change("held_edit", "forged", "put", values)).code == "read_only_table"
    changed = wire.Change("held_edit", held.id, "put", {"value": '"西乡"'}, {"value": held.value})
    assert send(world, bob, changed).outcome == "applied"
    assert world.get(HeldEdit, held.id).held_value() == "宝安"


def test_a_log_in_the_same_unit_counts_and_what_follows_from_it_is_not_held(world, tablets):
    amy, bob, _ = tablets
    lead = shared_lead(world, amy)
    reassign(world, lead, "bob")
    with amy.act("log_follow_up") as session:
        row = session.get(Lead, lead)
        session.add(make_follow_up(row, at_ms=world.now_ms))
        row.intent, row.stage, row.name = "high", "contacted", "陈玉"
    world.settle()
    (log,) = world.all(FollowUp)
    assert (log.staff_id, bob.get(FollowUp, log.id).lead_id) == ("amy", lead)
    assert [(held.field, held.held_value()) for held in world.all(HeldEdit)] == [("name", "陈玉")]
    assert amy.get(FollowUp, log.id) is None


def test_a_unit_that_is_refused_leaves_no_held_edit_either(world, tablets):
    amy, _, _ = tablets
    lead = shared_lead(world, amy)
    reassign(world, lead, "bob")
    with amy.act() as session:
        session.get(Lead, lead).region = "宝安"
        session.add(make_customer(store="south"))
    world.settle()
    assert world.all(HeldEdit) == []
    assert [unit.code for unit in amy.replica.refused_units()] == ["not_yours"]


def test_held_edits_move_on_with_the_row(world, tablets):
    amy, bob, _ = tablets
    lead = lost_lead(world, amy, after={"region": "宝安"})
    world.settle()
    cat = world.device("C", "cat")
    with world.office() as session:
        moved = session.get_one(Lead, lead)
        moved.owner_id, moved.store_id = "cat", "south"
    world.settle()
    assert [len(tablet.replica.held_edits()) for tablet in (amy, bob, cat)] == [1, 0, 1]


def test_a_salesperson_who_was_transferred_is_judged_by_the_store_they_worked_in_then(world, tablets):
    amy, bob, _ = tablets
    customer = make_customer(notes="甲")
    with bob.act() as session:
        session.add(customer)
    world.settle()
    with amy.act() as session:
        session.get(Customer, customer.id).address = "before"
    world.now_ms += 60_000
    with world.office() as session:
        session.get_one(Staff, "amy").store_id = "south"
    world.now_ms += 60_000
    with amy.act() as session:
        session.get(Customer, customer.id).birthday = "1990-01-01"
    world.settle()
    stored = world.get(Customer, customer.id)
    assert (stored.address, stored.birthday) == ("before", "")
    assert [(held.field, held.by) for held in bob.replica.held_edits()] == [("birthday", "amy")]
    assert amy.get(Customer, customer.id) is None


def test_deleting_a_row_that_was_lost_is_refused_and_kept_on_the_device(world, tablets):
    amy, _, _ = tablets
    lead = shared_lead(world, amy)
    reassign(world, lead, "bob")
    with amy.act() as session:
        session.delete(session.get(Lead, lead))
    world.settle()
    assert world.get(Lead, lead) is not None
    assert [unit.code for unit in amy.replica.refused_units()] == ["lost_row"]


def shared_lead(world: World, author: Device) -> str:
    lead = make_lead()
    with author.act() as session:
        session.add(lead)
    world.settle()
    return lead.id


def reassign(world: World, lead: str, owner: str) -> None:
    world.now_ms += 60_000
    with world.office() as session:
        session.get_one(Lead, lead).owner_id = owner
    world.now_ms += 60_000


def lost_lead(world: World, author: Device, before: dict | None = None, after: dict | None = None) -> str:
    """A lead of amy's that bob was given while she was away, and what she did to it before and after."""
    lead = shared_lead(world, author)
    edit(author, lead, before or {})
    reassign(world, lead, "bob")
    for field, value in (after or {}).items():
        edit(author, lead, {field: value})
    return lead


def edit(device: Device, lead: str, values: dict) -> None:
    with device.act("edit_lead") as session:
        row = session.get(Lead, lead)
        for field, value in values.items():
            setattr(row, field, value)


def send(world: World, device: Device, *changes: wire.Change) -> wire.UnitResult:
    """What the hub says to a unit that no app would make."""
    world.now_ms += 1_000
    unit = wire.Unit(f"forged-{world.now_ms}", "forged", world.now_ms, list(changes))
    request = wire.Request(device_now_ms=world.now_ms, units=[unit], pull=False)
    assert COMPANY
    return world.exchange(device, request).results[0]


def put_held(device: Device, unit: str, by: str, state: HeldState, at_ms: int = NOON_MS) -> str:
    row = held_row(unit, ("customer", COMPANY, "c"), Place.named("name", ""), ("a", "b"), [at_ms, 0, "D", by])
    with device.engine.begin() as connection:
        connection.execute(insert(HeldEdit).values(row | {"state": state}))
    return str(row["id"])


def test_the_status_counts_ones_own_edits_that_wait_for_a_word_and_no_others(world):
    amy = world.device("A", "amy")
    put_held(amy, "u", "amy", HeldState.OPEN)
    put_held(amy, "v", "amy", HeldState.OPEN)
    put_held(amy, "w", "amy", HeldState.APPROVED)
    put_held(amy, "x", "bob", HeldState.OPEN)
    put_held(amy, "y", "bob", HeldState.REJECTED)
    assert amy.replica.status().held == 2


def test_what_waits_for_a_word_is_listed_oldest_first_whoevers_it_is(world):
    amy = world.device("A", "amy")
    later = put_held(amy, "u", "amy", HeldState.OPEN, NOON_MS + 1)
    first = put_held(amy, "v", "bob", HeldState.OPEN)
    put_held(amy, "w", "amy", HeldState.APPROVED)
    assert [edit.id for edit in amy.replica.held_edits()] == [first, later]
