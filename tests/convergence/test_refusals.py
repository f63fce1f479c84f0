"""What the hub refuses, with which word, and that nothing of it stays: units as no app of ours would send them (S3, S5)."""

from typing import Any

import pytest

from shared_models.errors import RuleError
from shared_models.sales.tables import Customer, FollowUp, Lead
from sync import wire
from sync.hub import Hub
from sync.hub.tables import SyncOperation
from sync.schema import catalogue
from tests.convergence.forged import ask, delete, new, put, send
from tests.convergence.world import COMPANY, NOON_MS, Device, make_follow_up, make_lead, make_sale


@pytest.fixture
def amy(world, amy) -> Device:
    """She, and a colleague who has a lead of his own."""
    with world.device("B", "bob").act() as session:
        session.add(make_lead(id="of-bob", owner="bob"))
    world.settle()
    return amy


def whole(row: Any) -> dict[str, Any]:
    """A new row as a device sends it."""
    spec = catalogue()[row.__tablename__]
    return {name: value for name, value in row.model_dump().items() if name in spec.public}


def new_lead(**fields: Any) -> wire.Change:
    return wire.Change("lead", "new", "put", whole(make_lead(id="new")) | fields, {})


REFUSED = {
    "a table that nobody knows": (put("nothing", "x", name="x"), "unknown_table", {"table": "nothing"}),
    "a table that no device writes": (put("store", "x", name="x"), "read_only_table", {"table": "store"}),
    "a row that only the hub makes": (
        put("held_edit", "x", company_id=COMPANY),
        "read_only_table",
        {"table": "held_edit"},
    ),
    "deleting what is kept": (delete("customer", "c"), "not_deletable", {"table": "customer"}),
    "a text in the place of a number": (
        put("lead", "l", {"budget_fen": None}, budget_fen="much"),
        "bad_value",
        {"table": "lead", "field": "budget_fen"},
    ),
    "a seen value that could not have been": (
        put("lead", "l", {"budget_fen": "much"}, budget_fen=1),
        "bad_value",
        {"table": "lead", "field": "budget_fen"},
    ),
    "another identifier inside than outside": (
        put("lead", "l", id="m", name="x"),
        "bad_value",
        {"table": "lead", "field": "id"},
    ),
    "deleting what never was": (delete("lead", "never"), "missing_row", {"table": "lead"}),
    "editing what never was": (
        put("lead", "never", {"name": "old"}, name="new"),
        "missing_row",
        {"table": "lead"},
    ),
    "editing the whole of what never was": (
        wire.Change("lead", "never", "put", whole(make_lead(id="never")), {"name": "old"}),
        "missing_row",
        {"table": "lead"},
    ),
    "a new row with a text in the place of a number": (
        new_lead(budget_fen="much"),
        "bad_value",
        {"table": "lead", "field": "budget_fen"},
    ),
    "a log that says something else now": (
        put("followup", "f", note="never said"),
        "append_only",
        {"table": "followup"},
    ),
    "a log of a lead that never was": (
        put(
            "followup",
            "g",
            **whole(make_follow_up(Lead(id="never", company_id=COMPANY), id="g")),
        ),
        "missing_row",
        {"table": "lead"},
    ),
    "a reference to nothing": (
        new_lead(customer_id="never"),
        "missing_reference",
        {"table": "lead", "field": "customer_id"},
    ),
    "a row of another company": (new_lead(company_id="rival"), "not_yours", {}),
    "a row moved to another company": (
        put("lead", "l", {"company_id": COMPANY}, company_id="rival"),
        "not_yours",
        {},
    ),
    "a colleague's row": (put("lead", "of-bob", {"notes": ""}, notes="mine"), "not_yours", {}),
    "a row of another store": (new_lead(store_id="south", owner_id="cat"), "not_yours", {}),
}


@pytest.mark.parametrize("attempt", REFUSED)
def test_what_is_not_in_order_is_refused_by_name_and_leaves_nothing(world, amy, attempt):
    change, code, details = REFUSED[attempt]
    before = {
        model: {row.id: row.model_dump() for row in world.all(model)} for model in (Lead, Customer, FollowUp)
    }
    answer = send(world, amy, put("customer", "c", {"notes": ""}, notes="in the same unit"), change)
    assert (answer.id, answer.outcome, answer.code, answer.details) == ("forged", "refused", code, details)
    after = {
        model: {row.id: row.model_dump() for row in world.all(model)} for model in (Lead, Customer, FollowUp)
    }
    assert after == before
    (kept,) = [each for each in world.all(SyncOperation) if each.unit_id == "forged"]
    assert (kept.outcome, kept.code, kept.details) == ("refused", code, details)


def test_a_log_sent_once_more_word_for_word_is_taken_as_said(world, amy):
    log = whole(world.get(FollowUp, "f"))
    assert send(world, amy, wire.Change("followup", "f", "put", log, {})).outcome == "applied"
    assert len(world.all(FollowUp)) == 1


def test_a_deleted_row_takes_no_edit_and_does_not_come_back(world, amy):
    assert send(world, amy, delete("lead", "l")).outcome == "applied"
    for unit, change in (
        ("edit", put("lead", "l", {"notes": "as it was"}, notes="still here?")),
        ("again", wire.Change("lead", "l", "put", whole(make_lead(id="l")), {})),
        ("twice", delete("lead", "l")),
    ):
        answer = send(world, amy, change, unit=unit)
        assert (answer.outcome, answer.code) == ("refused", "deleted_row"), unit
    assert world.get(Lead, "l") is None


def test_a_row_that_came_and_went_in_one_push_does_not_come_back_either(world, amy):
    def made() -> wire.Change:
        return wire.Change("lead", "brief", "put", whole(make_lead(id="brief")), {})

    changes = {"made": made(), "gone": delete("lead", "brief"), "again": made()}
    units = [wire.Unit(name, "forged", world.now_ms, [change]) for name, change in changes.items()]
    request = wire.Request(world.now_ms, units, pull=False, protocol=2, schema=99)
    outcomes = [result.outcome for result in world.exchange(amy, request).results]
    assert outcomes == ["applied", "applied", "refused"]
    said = send(world, amy, made(), unit="later")
    assert (said.outcome, said.code) == ("refused", "deleted_row")
    assert world.get(Lead, "brief") is None


def test_a_known_identifier_with_another_content_is_refused_and_the_first_answer_stands(world, amy):
    first = put("lead", "l", {"notes": "as it was"}, notes="one")
    second = put("lead", "l", {"notes": "as it was"}, notes="two")
    assert send(world, amy, first).outcome == "applied"
    answer = send(world, amy, second)
    assert (answer.outcome, answer.code) == ("refused", "reused_id")
    assert send(world, amy, first).outcome == "applied"
    assert world.get(Lead, "l").notes == "one"


def test_a_unit_twice_in_one_request_is_done_once_and_answered_twice(world, amy):
    unit = wire.Unit("twice", "forged", world.now_ms, [put("customer", "c", {"notes": ""}, notes="once")])
    other = wire.Unit("twice", "forged", world.now_ms, [put("customer", "c", {"notes": ""}, notes="else")])
    answers = ask(world, amy, unit, unit, other)
    assert [(each.id, each.outcome, each.code) for each in answers] == [
        ("twice", "applied", ""),
        ("twice", "applied", ""),
        ("twice", "refused", "reused_id"),
    ]
    assert world.get(Customer, "c").notes == "once"


def test_two_devices_may_use_one_name_for_their_units(world, amy):
    bob = world.devices["B"]
    assert send(world, amy, put("lead", "l", {"notes": "as it was"}, notes="amy")).outcome == "applied"
    assert send(world, bob, put("lead", "of-bob", {"notes": ""}, notes="bob")).outcome == "applied"
    assert (world.get(Lead, "l").notes, world.get(Lead, "of-bob").notes) == ("amy", "bob")


def test_what_only_the_server_writes_is_taken_from_nobody(world, amy):
    spec = catalogue()["lead"]
    assert "first_reached_at_ms" in spec.public
    before = world.get(Lead, "l").first_reached_at_ms
    answer = send(
        world, amy, put("lead", "l", {"first_reached_at_ms": before}, first_reached_at_ms=NOON_MS + 7)
    )
    assert answer.outcome == "applied"
    assert world.get(Lead, "l").first_reached_at_ms == before


def test_columns_that_an_app_does_not_know_get_their_empty_value(world, amy):
    old = {
        "id": "new",
        "company_id": COMPANY,
        "store_id": "north",
        "owner_id": "amy",
        "name": "x",
        "inquired_at_ms": 1,
    }
    assert send(world, amy, wire.Change("lead", "new", "put", old, {})).outcome == "applied"
    row = world.get(Lead, "new")
    assert (row.notes, row.styles, row.attributes, row.customer_id) == ("", [], {}, None)


def test_what_one_part_of_a_push_deleted_no_later_part_may_refer_to(world, amy):
    """A push of which the rules refuse units is tried in parts, one after the other."""

    def refuse_some(_session, units):
        if any(unit.id.startswith("refused") for unit in units):
            raise RuleError("not_owner")

    def unit(name: str, change: wire.Change) -> wire.Unit:
        return wire.Unit(name, "forged", world.now_ms, [change])

    def order(name: str) -> wire.Unit:
        sold, *_ = make_sale("c", "amy", at_ms=world.now_ms, total_fen=100, paid_fen=100)
        sold.lead_id = "l"
        return unit(name, new(sold))

    def lead(name: str) -> wire.Unit:
        return unit(name, new(make_lead(id=name)))

    world.hub = Hub(derive=refuse_some)
    said = ask(
        world,
        amy,
        *(lead("refused-1"), lead("refused-2"), order("before"), unit("deletion", delete("lead", "l"))),
        *(order("after"), lead("one"), lead("two"), lead("three")),
    )
    assert [each.code for each in said] == ["not_owner", "not_owner", "", "", "missing_reference", "", "", ""]
