"""What leaves a device and what comes to it when rows move, or people: with all that follows (S5, S7)."""

import pytest
from sqlmodel import Session

from shared_models.people.tables import Role, Staff
from shared_models.sales.tables import Customer, FollowUp, Lead, Order, OrderLine
from shared_models.stock.tables import Product
from sync.hub import cursors, feed
from sync.hub.recorder import recording, take_told
from tests.convergence.asking import Asking, gone, rows
from tests.convergence.edits import edit, shared_lead
from tests.convergence.lane import picture
from tests.convergence.world import (
    COMPANY,
    Device,
    make_customer,
    make_follow_up,
    make_lead,
    make_sale,
)


@pytest.fixture
def amy(world) -> Device:
    return world.device("A", "amy")


def test_a_deleted_row_is_gone_and_one_that_was_made_and_deleted_meanwhile_is_gone_all_the_same(world, amy):
    with world.office() as session:
        session.add(make_lead(id="old"))
    asking = Asking(world, amy).caught_up()
    with world.office() as session:
        session.add(make_lead(id="brief"))
    with world.office() as session:
        for row_id in ("old", "brief"):
            session.delete(session.get_one(Lead, row_id))
    answers = list(asking.pages())
    assert (rows(answers, "lead"), sorted(gone(answers, "lead"))) == ([], ["brief", "old"])


def test_a_row_that_leaves_one_scope_and_stays_in_another_is_not_gone(world, amy):
    with world.office() as session:
        session.add(make_customer(id="c", store="south", known_in=["north"]))
        session.add(make_lead(id="l"))
    boss = Asking(world, world.device("M", "max")).caught_up()
    asking = Asking(world, amy).caught_up()
    with world.office() as session:
        session.get_one(Lead, "l").owner_id = "bob"
        session.get_one(Customer, "c").known_in = []
    answers = list(asking.pages())
    assert (gone(answers, "lead"), gone(answers, "customer"), rows(answers, "lead")) == (["l"], ["c"], [])
    answers = list(boss.pages())
    assert (gone(answers, "lead"), gone(answers, "customer"), rows(answers, "lead")) == ([], ["c"], ["l"])


def test_what_follows_a_row_moves_with_it_however_far_below(world, amy):
    with world.office() as session:
        lead = make_lead(id="l")
        session.add_all([lead, make_follow_up(lead, id="f"), make_lead(id="stays")])
        session.add(make_follow_up(make_lead(id="stays"), id="g"))
        session.add(picture("p", "followup", "f"))
        session.add(picture("q", "lead", "l"))
        session.add(picture("r", "followup", "g"))
    asking, bob = Asking(world, amy).caught_up(), Asking(world, world.device("B", "bob")).caught_up()
    with world.office() as session:
        session.get_one(Lead, "l").owner_id = "bob"
    answers = list(asking.pages())
    assert (gone(answers, "lead"), gone(answers, "followup")) == (["l"], ["f"])
    assert sorted(gone(answers, "photo")) == ["p", "q"]
    answers = list(bob.pages())
    assert (rows(answers, "lead"), rows(answers, "followup")) == (["l"], ["f"])
    assert sorted(rows(answers, "photo")) == ["p", "q"]


def test_an_edit_of_a_row_that_stays_where_it_is_brings_nothing_of_what_follows_it(world, amy):
    with world.office() as session:
        lead = make_lead(id="l")
        session.add_all([lead, make_follow_up(lead, id="f")])
    asking = Asking(world, amy).caught_up()
    with world.office() as session:
        session.get_one(Lead, "l").region = "南山"
        session.add(make_lead(id="m"))
    answers = list(asking.pages())
    assert (sorted(rows(answers, "lead")), rows(answers, "followup")) == (["l", "m"], [])


def test_the_tablets_concerned_are_woken_for_what_follows_a_row_that_moved(world):
    with world.office() as session:
        lead = make_lead(id="l")
        session.add_all([lead, make_follow_up(lead, id="f")])
    with Session(world.engine) as session:
        take_told(session)
        with recording(session, author="office", at_ms=world.now_ms):
            session.get_one(Lead, "l").owner_id = "bob"
        assert take_told(session) == {"staff:amy", "staff:bob", "manager:north"}
        states = feed.states_of(session.connection(), "followup", ["f"])
    assert states["f"][0] == {"staff:bob", "manager:north"}


def test_an_order_stays_with_its_customer_wherever_else_it_moves(world):
    with world.office() as session:
        session.add_all([make_customer(id="c"), *make_sale("c", "amy", at_ms=1, total_fen=100, paid_fen=100)])
    (order,), (line,) = world.all(Order), world.all(OrderLine)
    with world.office() as session:
        session.get_one(Order, order.id).store_id = "south"
    with world.engine.connect() as connection:
        assert feed.states_of(connection, "sales_order", [order.id])[order.id][0] == {
            "store:south",
            "member:c",
        }
        assert feed.states_of(connection, "orderline", [line.id])[line.id][0] == {"store:south", "member:c"}


def test_rows_of_a_scope_that_was_lost_leave_but_for_those_that_another_one_shows(world):
    boss = world.device("M", "max")
    with world.office() as session:
        session.add_all([make_lead(id="own", owner="max"), make_lead(id="other"), make_customer(id="c")])
    asking = Asking(world, boss).caught_up()
    with world.office() as session:
        session.get_one(Staff, "max").role = Role.SALES
    answers = list(asking.pages())
    assert (gone(answers, "lead"), gone(answers, "customer")) == (["other"], [])
    assert "manager:north" not in cursors.parse(asking.cursor).scopes
    assert {"store:north", "staff:max"} <= set(cursors.parse(asking.cursor).scopes)


def test_a_scope_lost_in_the_middle_of_a_first_sync_is_not_handed_out_any_further(world):
    boss = world.device("M", "max")
    with world.office() as session:
        session.add_all([make_lead(id=f"l{n}") for n in range(6)])
        session.add_all([make_lead(id=f"own{n}", owner="max") for n in range(6)])
    asking = Asking(world, boss, limit=3)
    first = []
    while len(rows(first, "lead")) < 3:
        first.append(asking.page())
    with world.office() as session:
        session.get_one(Staff, "max").role = Role.SALES
    rest = list(asking.pages())
    assert {each for each in rows(rest, "lead") if each.startswith("l")} == set()
    assert set(rows(first, "lead")) | set(rows(rest, "lead")) >= {f"own{n}" for n in range(6)}


def test_a_scope_that_is_new_brings_what_is_in_it_and_nothing_that_is_held_already(world, amy):
    with world.office() as session:
        session.add_all([make_lead(id="mine"), make_customer(id="north"), make_customer("south", id="south")])
    asking = Asking(world, amy).caught_up()
    with world.office() as session:
        session.get_one(Staff, "amy").store_id = "south"
    answers = list(asking.pages())
    assert (rows(answers, "customer"), gone(answers, "customer"), rows(answers, "lead")) == (
        ["south"],
        ["north"],
        [],
    )
    assert sorted(cursors.parse(asking.cursor).scopes) == [f"company:{COMPANY}", "staff:amy", "store:south"]


def test_whoever_may_see_further_columns_is_handed_all_rows_anew_and_whoever_may_not_has_them_emptied(world):
    with world.office() as session:
        session.add(Product(id="sofa", company_id=COMPANY, sku="S", name="沙发", price_fen=9, cost_fen=4))
    asking = Asking(world, world.device("M", "max")).caught_up()
    costs = []
    for role in (Role.SALES, Role.STORE_MANAGER):
        with world.office() as session:
            session.get_one(Staff, "max").role = role
        answers = list(asking.pages())
        (page,) = (page for each in answers for page in each.rows if page.table == "product")
        ((row),) = page.rows
        costs.append(dict(zip(page.columns, row, strict=True))["cost_fen"])
    assert costs == [None, 4]


def test_a_lead_that_leaves_while_it_is_being_edited_is_gone_once_that_edit_is_answered(world):
    from sync.client import ask, work_in

    a = world.device("A", "amy")
    lead = shared_lead(world, a)
    edit(a, lead, budget_fen=1)
    request = ask(a.replica)
    with world.office() as session:
        session.get_one(Lead, lead).owner_id = "bob"
    response = world.exchange(a, request)
    a.world.now_ms -= 1_000
    edit(a, lead, region="南山")
    work_in(a.replica, request, response)
    assert a.get(Lead, lead).region == "南山"
    a.sync()
    assert world.get(Lead, lead).region == "南山"
    assert a.get(Lead, lead) is None


def test_a_log_about_a_lead_that_has_left_is_accepted_and_leaves_the_authors_device(world):
    a, b = world.device("A", "amy"), world.device("B", "bob")
    lead = shared_lead(world, a)
    with world.office() as session:
        session.get_one(Lead, lead).owner_id = "bob"
    with a.act() as session:
        session.add(make_follow_up(session.get(Lead, lead)))
    world.settle()
    (entry,) = world.all(FollowUp)
    assert (a.get(FollowUp, entry.id), b.get(FollowUp, entry.id)) == (None, entry)
