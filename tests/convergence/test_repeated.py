"""What is sent once more, in the same words or in others, by whoever may see it or not (S2, S5)."""

from shared_models.sales.tables import FollowUp, Lead
from sync import wire
from tests.convergence.forged import ask, delete, new, put, said, send
from tests.convergence.world import COMPANY, make_lead


def test_a_log_repeated_is_taken_word_for_word_and_in_no_other_words(world, amy):
    log = world.get(FollowUp, "f").model_dump()
    assert send(world, amy, put("followup", "f", **log), unit="1").outcome == "applied"
    mine = {"staff_id": "bob", "occurred_at_ms": 1, "of_a_newer_app": 1}
    assert send(world, amy, put("followup", "f", **log | mine), unit="2").outcome == "applied"
    assert send(world, amy, put("followup", "f", note="else"), unit="3").code == "append_only"
    assert send(world, amy, delete("followup", "f"), unit="4").code in {"append_only", "not_deletable"}
    assert world.get(FollowUp, "f").model_dump() == log


def test_a_log_that_somebody_may_not_see_is_not_told_by_repeating_it(world, amy):
    cat = world.device("C", "cat")
    log = world.get(FollowUp, "f").model_dump()
    assert said(send(world, cat, put("followup", "f", **log))) == ("refused", "not_yours", {})


def test_a_log_repeated_by_somebody_who_lost_it_meanwhile_is_taken_as_said(world, amy):
    log = world.get(FollowUp, "f").model_dump()
    with world.office() as session:
        session.get_one(Lead, "l").owner_id = "bob"
    assert send(world, amy, put("followup", "f", **log)).outcome == "applied"


def test_a_row_that_was_made_a_moment_ago_is_not_made_anew_over_it(world, amy):
    again = {"id": "m", "company_id": COMPANY, "store_id": "north", "owner_id": "amy", "name": "李"}
    first = new(make_lead(id="m", region="南山"))
    details = {"table": "lead", "field": "store_id"}
    assert said(send(world, amy, first, put("lead", "m", **again))) == ("refused", "not_your_field", details)
    assert world.get(Lead, "m") is None
    units = [
        wire.Unit(f"{n}", "new", world.now_ms, [each])
        for n, each in enumerate((first, put("lead", "m", **again)))
    ]
    assert [each.code for each in ask(world, amy, *units)] == ["", "not_your_field"]
    assert (world.get(Lead, "m").name, world.get(Lead, "m").region) == ("陈玉兰", "南山")


def test_a_row_that_a_second_unit_of_the_push_sends_again_is_not_made_twice(world, amy):
    lead = make_lead(id="m", region="南山")
    units = [
        wire.Unit("1", "new", world.now_ms, [new(lead)]),
        wire.Unit("2", "edit", world.now_ms, [put("lead", "m", {"phone": ""}, phone="138")]),
        wire.Unit("3", "new", world.now_ms, [new(make_lead(id="n"))]),
    ]
    assert [each.outcome for each in ask(world, amy, *units)] == ["applied"] * 3
    assert (world.get(Lead, "m").region, world.get(Lead, "m").phone) == ("南山", "138")
