"""Rights finer than a row: columns that only some are handed, and columns that only some may change (S5)."""

import pytest

from shared_models.people.tables import Role, Staff
from shared_models.sales.tables import Lead
from shared_models.stock.tables import Product
from shared_models.synced import Kind
from sync.schema import catalogue
from tests.convergence.world import COMPANY, World, make_lead


@pytest.fixture
def world() -> World:
    world = World()
    with world.office() as session:
        session.add(Product(id="sofa", company_id=COMPANY, sku="S", name="沙发", price_fen=900, cost_fen=400))
    return world


def test_what_an_article_costs_reaches_managers_and_nobody_else(world):
    amy, boss = world.device("A", "amy"), world.device("M", "max")
    world.settle()
    assert (amy.get(Product, "sofa").price_fen, amy.get(Product, "sofa").cost_fen) == (900, None)
    assert boss.get(Product, "sofa").cost_fen == 400
    with world.office() as session:
        session.get_one(Product, "sofa").cost_fen = 500
    world.settle()
    assert (amy.get(Product, "sofa").cost_fen, boss.get(Product, "sofa").cost_fen) == (None, 500)


def test_a_role_change_brings_the_cost_and_takes_it_away_again(world):
    amy = world.device("A", "amy")
    lead = make_lead()
    with amy.act() as session:
        session.add(lead)
    world.settle()
    for role, cost in ((Role.STORE_MANAGER, 400), (Role.SALES, None)):
        with world.office() as session:
            session.get_one(Staff, "amy").role = role
        world.settle()
        assert amy.get(Product, "sofa").cost_fen == cost
        assert amy.get(Lead, lead.id) is not None


def test_a_salesperson_may_not_give_their_lead_away_and_a_manager_may(world):
    amy, boss = world.device("A", "amy"), world.device("M", "max")
    lead = make_lead()
    with amy.act() as session:
        session.add(lead)
    world.settle()
    with amy.act("reassign") as session:
        session.get(Lead, lead.id).owner_id = "bob"
    world.settle()
    (unit,) = amy.replica.refused_units()
    assert (unit.code, unit.details) == ("not_your_field", {"table": "lead", "field": "owner_id"})
    assert (world.get(Lead, lead.id).owner_id, amy.get(Lead, lead.id).owner_id) == ("amy", "amy")
    with boss.act("reassign") as session:
        session.get(Lead, lead.id).owner_id = "bob"
    world.settle()
    assert world.get(Lead, lead.id).owner_id == "bob"


def test_what_a_record_masks_is_told_by_no_conflict_and_by_no_held_edit():
    masked = {
        kind
        for spec in catalogue().values()
        if spec.policy.kind is Kind.RECORD
        for kind in spec.masks.values()
    }
    assert masked == {"company"}  # which of all who see such a row only members lack
    assert all("member" in catalogue()[table].policy.unseen_by for table in ("conflict", "held_edit"))
