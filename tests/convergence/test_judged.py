"""What the hub makes of units that no app of ours would send: of strange companies, of rows that are gone or nobody knows (S2, S5)."""

from typing import Any

import pytest

from shared_models.sales.tables import Customer, FollowUp, Lead
from shared_models.service.tables import Photo
from sync import wire
from sync.schema import catalogue
from tests.convergence.forged import ask, delete, new, put, said, send
from tests.convergence.lane import picture
from tests.convergence.world import (
    COMPANY,
    World,
    make_customer,
    make_follow_up,
    make_lead,
    make_sale,
)


def strangers(world: World, *rows: Any) -> None:
    """Rows of another company whose people, by chance, have the names of ours."""
    with world.office() as session:
        for row in rows:
            row.company_id = "rival"
            session.add(row)


@pytest.mark.parametrize(
    "change",
    [
        delete("lead", "theirs"),
        put("lead", "theirs", {"region": ""}, region="南山"),
        put("followup", "their-log", note=""),
    ],
)
def test_a_row_of_another_company_is_neither_changed_nor_deleted_nor_told_about(world, amy, change):
    lead = make_lead(id="theirs")
    strangers(world, lead, make_follow_up(lead, id="their-log"))
    assert said(send(world, amy, change)) == ("refused", "not_yours", {})
    assert world.get(Lead, "theirs").region == ""


def test_a_row_of_another_company_is_nothing_to_refer_to(world, amy):
    strangers(world, make_customer(id="theirs"))
    missing = ("refused", "missing_reference", {"table": "lead", "field": "customer_id"})
    assert said(send(world, amy, new(make_lead(id="m", customer_id="theirs")), unit="1")) == missing
    assert (
        said(send(world, amy, put("lead", "l", {"customer_id": None}, customer_id="theirs"), unit="2"))
        == missing
    )


def test_an_edit_refers_to_nothing_that_is_not_there(world, amy):
    result = send(world, amy, put("lead", "l", {"customer_id": None}, customer_id="never"))
    assert said(result) == ("refused", "missing_reference", {"table": "lead", "field": "customer_id"})
    assert world.get(Lead, "l").customer_id is None
    assert (
        send(world, amy, put("lead", "l", {"customer_id": None}, customer_id="c"), unit="2").outcome
        == "applied"
    )
    assert world.get(Lead, "l").customer_id == "c"


def test_a_log_refers_to_nothing_that_is_not_there(world, amy):
    order = {
        "company_id": COMPANY,
        "store_id": "north",
        "customer_id": "c",
        "staff_id": "nobody",
        "sold_at_ms": 1,
    }
    result = send(world, amy, put("sales_order", "o", **order))
    assert said(result) == ("refused", "missing_reference", {"table": "sales_order", "field": "staff_id"})


def test_what_an_edit_does_not_change_may_have_gone_meanwhile(world, amy):
    edit = put("lead", "l", {"customer_id": "never", "region": ""}, customer_id="never", region="南山")
    assert send(world, amy, edit).outcome == "applied"
    assert world.get(Lead, "l").region == "南山"


@pytest.mark.parametrize("order", ["before", "after"])
def test_a_unit_may_refer_to_a_row_that_it_makes_itself(world, amy, order):
    changes = [new(make_lead(id="m", customer_id="d")), new(make_customer(id="d"))]
    assert send(world, amy, *(changes if order == "before" else changes[::-1])).outcome == "applied"
    assert world.get(Lead, "m").customer_id == "d"


def test_a_unit_may_not_refer_to_a_row_that_the_one_before_it_deleted_or_was_refused_with(world, amy):
    lead = put("followup", "g", **make_follow_up(Lead(id="l", company_id=COMPANY), id="g").model_dump())
    foreign = [new(make_customer(id="d")), new(make_lead(id="x", owner="cat", store="south"))]
    results = ask(
        world,
        amy,
        wire.Unit("1", "forged", world.now_ms, [delete("lead", "l")]),
        wire.Unit("2", "forged", world.now_ms, [lead]),
        wire.Unit("3", "forged", world.now_ms, foreign),
        wire.Unit("4", "forged", world.now_ms, [new(make_lead(id="m", customer_id="d"))]),
        wire.Unit("5", "forged", world.now_ms, [new(make_lead(id="n", customer_id="c"))]),
    )
    assert [each.code for each in results] == ["", "missing_reference", "not_yours", "missing_reference", ""]
    assert (world.get(Customer, "d"), world.get(FollowUp, "g"), world.get(Lead, "m")) == (None, None, None)
    assert world.get(Lead, "n").customer_id == "c"


@pytest.mark.parametrize(
    "about", [("nothing", "l"), ("", "l"), ("lead", ""), ("lead", "never"), ("lead", "\0")]
)
def test_a_picture_of_what_nobody_knows_is_refused_and_nothing_else_is(world, amy, about):
    bad, good = (
        wire.Unit(row_id, "forged", world.now_ms, [new(picture(row_id, *what, world.now_ms))])
        for row_id, what in (("bad", about), ("good", ("followup", "f")))
    )
    refused, applied = ask(world, amy, bad, good)
    assert (refused.outcome, applied.outcome) == ("refused", "applied")
    assert refused.code in {"missing_row", "not_yours", "bad_value"}
    assert [row.id for row in world.all(Photo)] == ["good"]


READ_ONLY = [
    name
    for name, spec in catalogue().items()
    if not (spec.policy.device_writes and spec.policy.device_inserts)
]


@pytest.mark.parametrize("table", READ_ONLY)
def test_no_device_makes_a_row_that_only_the_server_makes_however_whole_it_is(world, amy, table):
    spec = catalogue()[table]
    whole = {name: column.empty() for name, column in spec.columns.items()} | {
        "id": "x",
        "company_id": COMPANY,
    }
    whole |= {"staff_id": "amy", "owner_id": "amy", "store_id": "north", "customer_id": "c"}
    row = {name: value for name, value in whole.items() if name in spec.columns and value is not None}
    assert said(send(world, amy, put(table, "x", **row))) == ("refused", "read_only_table", {"table": table})


def test_a_fact_may_not_refer_to_a_row_that_the_push_has_deleted(world, amy):
    order, *_ = make_sale("c", "amy", at_ms=world.now_ms, total_fen=100, paid_fen=100)
    order.lead_id = "l"
    results = ask(
        world,
        amy,
        wire.Unit("1", "forged", world.now_ms, [delete("lead", "l")]),
        wire.Unit("2", "forged", world.now_ms, [new(order)]),
    )
    assert [said(each) for each in results] == [
        ("applied", "", {}),
        ("refused", "missing_reference", {"table": "sales_order", "field": "lead_id"}),
    ]
