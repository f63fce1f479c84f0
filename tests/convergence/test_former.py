"""What somebody may still do who lost a row or a role: until the moment when it ended, and logs at any time (S5, R13)."""

import pytest

from shared_models.people.tables import Role, Staff
from shared_models.sales.tables import Customer, FollowUp, Lead
from sync import wire
from sync.held import HeldEdit
from sync.hub import feed
from tests.convergence.forged import new, put, said, send
from tests.convergence.world import COMPANY, make_customer, make_follow_up, make_lead


@pytest.mark.parametrize(("after_ms", "owner"), [(-1, "bob"), (0, "bob"), (1, "amy")])
def test_what_a_manager_decided_until_the_moment_when_they_no_longer_were_one_stands(
    world, amy, after_ms, owner
):
    boss = world.device("M", "max")
    world.settle()
    world.now_ms += 60_000
    ended_ms = world.now_ms
    with world.office() as session:
        session.get_one(Staff, "max").role = Role.SALES
    world.now_ms += 60_000
    give_away = put("lead", "l", {"owner_id": "amy"}, owner_id="bob")
    send(world, boss, give_away, at_ms=ended_ms + after_ms)
    assert world.get(Lead, "l").owner_id == owner


def test_of_a_row_that_left_and_a_role_that_ended_the_first_counts(world, amy):
    boss = world.device("M", "max")
    world.settle()
    world.now_ms += 60_000
    with world.office() as session:
        session.get_one(Staff, "max").role = Role.SALES
    ended_ms = world.now_ms
    world.now_ms += 60_000
    with world.office() as session:
        moved = session.get_one(Lead, "l")
        moved.store_id, moved.owner_id = "south", "cat"
    world.now_ms += 60_000
    edit = put("lead", "l", {"region": ""}, region="南山")
    assert send(world, boss, edit, unit="1", at_ms=ended_ms + 1).outcome == "held"
    assert send(world, boss, edit, unit="2", at_ms=ended_ms).outcome == "applied"


def test_a_new_row_of_a_scope_that_was_lost_counts_as_of_then_and_not_after(world, amy):
    world.now_ms += 60_000
    with world.office() as session:
        session.get_one(Staff, "amy").store_id = "south"
    ended_ms = world.now_ms
    world.now_ms += 60_000
    late = send(world, amy, new(make_customer(id="late")), unit="1", at_ms=ended_ms + 1)
    assert said(late) == ("refused", "not_yours", {})
    assert send(world, amy, new(make_customer(id="d")), unit="2", at_ms=ended_ms).outcome == "applied"
    assert (world.get(Customer, "late"), world.get(Customer, "d").store_id) == (None, "north")


def test_who_never_saw_a_lead_adds_no_log_to_it_and_who_lost_it_does_at_any_time(world, amy):
    cat = world.device("C", "cat")
    cat.sync()
    log = make_follow_up(Lead(id="l", company_id=COMPANY), id="g")
    assert said(send(world, cat, new(log))) == ("refused", "not_yours", {})
    with world.office() as session:
        session.get_one(Lead, "l").owner_id = "bob"
    world.now_ms += 60_000
    assert send(world, amy, new(log)).outcome == "applied"
    assert world.get(FollowUp, "g").staff_id == "amy"
    with world.engine.connect() as connection:  # her tablet lets go of it
        assert feed.left(connection, "followup", "g", frozenset({"staff:amy"})).keys() == {"staff:amy"}


def test_a_unit_with_a_held_edit_comes_back_whole_and_names_what_waits(world, amy):
    world.now_ms += 1_000
    with world.office() as session:
        session.get_one(Lead, "l").owner_id = "bob"
    world.now_ms += 1_000
    edit = put("lead", "l", {"region": "", "phone": ""}, region="南山", phone="138")
    unit = wire.Unit("u", "edit", world.now_ms, [edit, new(make_lead(id="m"))])
    answer = world.exchange(amy, wire.Request(world.now_ms, [unit], pull=False, protocol=2, schema=99))
    (result,) = answer.results
    waiting = world.all(HeldEdit)
    assert (result.outcome, result.code, set(result.details["held"])) == (
        "held",
        "held",
        {each.id for each in waiting},
    )
    assert {(each.field, each.by, each.about_id) for each in waiting} == {
        ("region", "amy", "l"),
        ("phone", "amy", "l"),
    }
    assert answer.filled == []
    assert world.get(Lead, "m") is not None
