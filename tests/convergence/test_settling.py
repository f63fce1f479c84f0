"""What somebody is asked to settle on their tablet: conflicts, refused units, held edits (S4, S8, S9)."""

import pytest
from sqlalchemy import select

from shared_models.errors import RuleError
from shared_models.sales.tables import Lead
from sync import wire
from sync.conflict import Conflict, ConflictState
from sync.device import answers, outbox
from sync.device.tables import BASE
from tests.convergence.world import Device, World, make_customer


@pytest.fixture
def amy(world) -> Device:
    return world.device("A", "amy")


@pytest.mark.parametrize("way", ["drop", "take_back", "resend", "settle_handed_over", "approve", "reject"])
def test_what_is_not_there_cannot_be_settled(amy, way):
    with pytest.raises(KeyError, match="nothing"):
        getattr(amy.replica, way)("nothing")


@pytest.mark.parametrize("way", ["take_other", "keep_current"])
def test_a_conflict_that_is_not_there_cannot_be_settled(amy, way):
    with pytest.raises(KeyError, match="nothing"):
        getattr(amy.replica, way)("nothing")
    with pytest.raises(KeyError, match="nothing"):
        amy.replica.edit_conflict("nothing", "x")
    with pytest.raises(KeyError, match="nothing"):
        amy.replica.correct("nothing", {})
    with pytest.raises(KeyError, match="nothing"):
        amy.replica.hand_over("nothing", None)


@pytest.fixture
def conflict(world, amy, lead) -> str:
    """Two wrote the region of the lead; the manager's value gave way, or amy's."""
    boss = world.device("M", "max")
    world.settle()
    for tablet, region in ((amy, "南山"), (boss, "宝安")):
        with tablet.act() as session:
            session.get(Lead, lead).region = region
    world.settle()
    [found] = amy.replica.open_conflicts()
    return str(found.id)


def test_a_value_that_stands_is_kept_and_the_conflict_closed(world, amy, lead, conflict):
    before = amy.get(Lead, lead).region
    assert amy.replica.status().conflicts == 1
    amy.replica.keep_current(conflict)
    assert amy.get(Lead, lead).region == before
    assert amy.replica.pending_units()[0].action == "keep_value"
    world.settle()
    assert [each.state for each in world.all(Conflict)] == [ConflictState.KEPT]
    assert (amy.replica.open_conflicts(), amy.replica.status().conflicts) == ([], 0)


def test_the_other_value_or_a_third_one_is_taken(world, amy, lead, conflict):
    lost = amy.get(Conflict, conflict).lost_value()
    amy.replica.take_other(conflict)
    assert amy.get(Lead, lead).region == lost
    assert amy.get(Conflict, conflict).state == ConflictState.TAKEN
    amy.replica.edit_conflict(conflict, "罗湖")
    assert [unit.action for unit in amy.replica.pending_units()] == ["take_other_value", "edit_value"]
    world.settle()
    assert world.get(Lead, lead).region == "罗湖"
    assert [each.state for each in world.all(Conflict)] == [ConflictState.EDITED]


def test_a_conflict_about_a_row_that_is_gone_can_only_be_closed(amy, lead, conflict):
    with amy.engine.begin() as connection:
        connection.execute(Lead.__table__.delete())
    with pytest.raises(KeyError, match=lead):
        amy.replica.take_other(conflict)
    with pytest.raises(KeyError, match=lead):
        amy.replica.edit_conflict(conflict, "x")
    amy.replica.keep_current(conflict)
    assert amy.get(Conflict, conflict).state == ConflictState.KEPT


def refuse(world: World, tablet, count: int = 1) -> list[str]:
    """So many units that the hub refuses, oldest first."""
    for _ in range(count):
        with tablet.act() as session:
            session.add(make_customer(store="south"))
    world.settle()
    return [unit.id for unit in tablet.replica.refused_units()]


def test_a_refused_unit_is_dropped_and_taken_back_and_the_oldest_dropped_ones_go(world, amy):
    count = 52
    units = refuse(world, amy, count)
    assert len(units) == count
    for unit in units:
        amy.replica.drop(unit)
    assert [unit.id for unit in amy.replica.dropped_units()] == units[2:]
    assert amy.replica.status().refused == 0
    amy.replica.take_back(units[2])
    assert [unit.id for unit in amy.replica.refused_units()] == units[2:3]
    with pytest.raises(KeyError, match=units[0]):
        amy.replica.take_back(units[0])


def test_a_held_edit_of_a_row_that_is_not_here_is_not_decided_here(world, amy, lead):
    boss = world.device("M", "max")
    with world.office() as session:
        session.get_one(Lead, lead).owner_id = "bob"
    world.now_ms += 1_000
    with amy.act() as session:
        session.get(Lead, lead).region = "宝安"
    world.settle()
    [held] = boss.replica.held_edits()
    assert amy.replica.status().held == 1
    for decide in (amy.replica.approve, amy.replica.reject):
        with pytest.raises(RuleError, match="not_owner"):
            decide(held.id)
    boss.replica.reject(held.id)
    assert boss.replica.pending_units()[0].action == "reject_held_edit"


def test_counts_of_the_queue_are_by_state(world, amy):
    [refused] = refuse(world, amy)
    with amy.act() as session:
        session.add(make_customer())
    with amy.engine.connect() as connection:
        assert outbox.counts(connection) == {outbox.PENDING: 1, outbox.REFUSED: 1}
    amy.replica.drop(refused)
    assert (amy.replica.status().pending, amy.replica.status().refused) == (1, 0)


def test_a_unit_that_is_sent_again_leaves_the_hubs_version_below_what_else_is_pending(amy, lead):
    with amy.act() as session:
        session.get(Lead, lead).region = "南山"
    with amy.act() as session:
        session.get(Lead, lead).name = "陈玉"
    first, _ = amy.replica.pending_units()
    refused = wire.UnitResult(first.id, "refused", "not_yours")
    sent = wire.Unit(first.id, first.action, first.at_ms, first.changes)
    with amy.engine.begin() as connection:
        answers.work_in(connection, [sent], [refused])
    assert (amy.get(Lead, lead).region, amy.get(Lead, lead).name) == ("福田", "陈玉")
    amy.replica.resend(first.id)
    assert (amy.get(Lead, lead).region, amy.get(Lead, lead).name) == ("南山", "陈玉")
    with amy.engine.connect() as connection:
        [base] = connection.execute(select(BASE.c.body)).scalars()
    assert (base["region"], base["name"]) == ("福田", "陈玉兰")
