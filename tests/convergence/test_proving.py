"""The proof that a copy equals the hub, on both sides: over the same rows and columns, scope by scope (S12)."""

import pytest
from sqlalchemy import delete, select, update
from sqlmodel import Session

import sync.hub.proving
from shared_models.people.tables import Role, Staff
from shared_models.sales.tables import Customer, FollowUp, Lead
from shared_models.stock.tables import Product
from sync.device import proving, state
from sync.device.tables import STALE
from sync.proof import Comparison, Proof, Question, compare
from tests.convergence.world import COMPANY, Device, World, make_customer, make_follow_up, make_lead


def proof(world: World, device: Device, question: Question | None = None) -> Proof:
    """What the hub answers."""
    with Session(world.engine) as session:
        scopes = world.scopes_of(session, device.owner)
        return sync.hub.proving.prove(session.connection(), scopes, question or proving.question())


def compared(world: World, device: Device) -> dict[str, Comparison]:
    there = proof(world, device)
    with device.engine.connect() as connection:
        here = proving.add_up(connection, there.columns)
    return {each.scope: each for each in compare(here, there.sums, there.sums)}


def unequal(world: World, device: Device) -> dict[str, tuple[str, ...]]:
    return {scope: each.unequal for scope, each in compared(world, device).items() if each.unequal}


def test_a_copy_has_in_each_scope_as_many_rows_as_the_hub_and_the_same(world, amy):
    found = compared(world, amy)
    assert unequal(world, amy) == {}
    assert found.keys() == {"staff:amy", "store:north", f"company:{COMPANY}"}
    assert (found["staff:amy"].here, found["staff:amy"].there) == (2, 2)
    assert (found["store:north"].here, found["store:north"].there) == (1, 1)


@pytest.mark.parametrize(
    ("damage", "table"),
    [
        (update(Lead).values(region="else"), "lead"),
        (update(FollowUp).values(note="else"), "followup"),
        (delete(FollowUp), "followup"),
    ],
)
def test_what_differs_is_named_by_scope_and_table(world, amy, damage, table):
    with amy.engine.begin() as connection:
        connection.execute(damage)
    assert unequal(world, amy) == {"staff:amy": (table,)}


def test_what_is_pending_is_no_difference_and_neither_is_what_the_hub_has_not_heard_of(world, amy):
    with amy.act() as session:
        session.get_one(Lead, "l").region = "南山"
        session.delete(session.get_one(Lead, "l"))
    with amy.act() as session:
        session.get_one(Customer, "c").address = "南山"
        session.add(make_lead(id="new"))
    assert unequal(world, amy) == {}
    with amy.engine.connect() as connection:
        sums = proving.add_up(connection, {"lead": ["id"]})
    assert {scope: each["lead"].count for scope, each in sums.items()} == {"staff:amy": 1, "manager:north": 1}


def test_just_what_was_asked_for_is_counted_over_columns_that_both_know_and_their_holder_may_see(world):
    with world.office() as session:
        session.add(Product(id="sofa", company_id=COMPANY, sku="S", name="沙发", price_fen=9, cost_fen=4))
        session.get_one(Staff, "bob").role = Role.STORE_MANAGER
    asked = Question({"product": ["id", "cost_fen", "later"], "nothing": ["id"]})
    amy, boss = world.device("A", "amy"), world.device("B", "bob")
    assert proof(world, amy, asked).columns == {"product": ["id"]}
    assert proof(world, boss, asked).columns == {"product": ["cost_fen", "id"]}
    found = proof(world, amy, asked)
    assert found.sums.keys() == {"staff:amy", "store:north", f"company:{COMPANY}"}
    assert {scope: list(each) for scope, each in found.sums.items() if each} == {
        f"company:{COMPANY}": ["product"]
    }


def test_more_rows_than_are_read_at_once_are_all_counted(world, monkeypatch):
    monkeypatch.setattr(sync.hub.proving, "_CHUNK", 2)
    with world.office() as session:
        session.add_all([make_customer(id=f"c{n}") for n in range(5)])
    amy = world.device("A", "amy")
    amy.sync()
    assert (unequal(world, amy), compared(world, amy)["store:north"].there) == ({}, 5)


def test_of_a_row_that_follows_another_the_scopes_follow_too(world, amy):
    boss = world.device("M", "max")
    boss.sync()
    with boss.engine.connect() as connection:
        sums = proving.add_up(connection, {"followup": ["id"], "lead": ["id"]})
    assert {scope: {table: each.count for table, each in of.items()} for scope, of in sums.items()} == {
        "staff:amy": {"lead": 1, "followup": 1},
        "manager:north": {"lead": 1, "followup": 1},
    }


def test_a_scope_that_is_fetched_anew_gives_up_what_does_not_come_again_and_nothing_else(world, amy):
    with amy.engine.begin() as connection:
        proving.forget(connection, "staff:amy", "stands here")
        noted = {(tbl, row) for tbl, row in connection.execute(select(STALE.c.tbl, STALE.c.row_id))}
        assert state.read(connection, "cursor") == "stands here"
    assert noted == {("lead", "l"), ("followup", "f")}


def test_a_scope_that_was_damaged_is_put_right_by_fetching_it_alone(world, amy):
    with amy.engine.begin() as connection:
        connection.execute(update(Lead).values(region="else"))
        connection.execute(update(Customer).values(address="else"))
        scopes = frozenset({"staff:amy", "store:north", f"company:{COMPANY}"})
        cursor = sync.hub.proving.without(state.read(connection, "cursor"), "staff:amy", scopes)
        proving.forget(connection, "staff:amy", cursor)
    amy.sync()
    assert unequal(world, amy) == {"store:north": ("customer",)}
    assert amy.get(FollowUp, "f") is not None
    with world.office() as session:
        session.add(make_follow_up(make_lead(id="l"), id="g"))
    amy.sync()
    assert unequal(world, amy) == {"store:north": ("customer",)}
