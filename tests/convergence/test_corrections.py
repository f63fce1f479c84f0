"""What the owner of a refused unit can do: correct it and send it again, give it up and change their mind (S4)."""

import pytest

from shared_models.sales.tables import FollowUp, Lead
from sync.device import refusals
from sync.hub.tables import SyncDevice
from tests.convergence.world import make_follow_up, make_lead


@pytest.fixture
def tablet(world):
    """A device with one refused unit, a lead of a store that is not its owner's, and a follow-up that waits for it."""
    tablet = world.device("A", "amy")
    lead = make_lead(owner="cat", store="south", name="黄先生")
    with tablet.act("new_lead") as session:
        session.add(lead)
    with tablet.act("visit") as session:
        session.add(make_follow_up(lead, note="看了沙发"))
    tablet.sync()
    return tablet


def refused(tablet):
    (unit,) = tablet.replica.refused_units()
    return unit


def test_a_corrected_unit_replaces_the_refused_one_and_what_waited_for_it_follows(world, tablet):
    unit = refused(tablet)
    lead = unit.changes[0].row
    right = {"owner_id": "amy", "store_id": "north", "budget_fen": 880_000}
    tablet.replica.correct(unit.id, {("lead", lead): right})
    assert tablet.replica.refused_units() == []
    assert tablet.get(Lead, lead).budget_fen == 880_000  # shown at once, before the network answers
    assert unit.id not in {pending.id for pending in tablet.replica.pending_units()}
    tablet.sync()
    arrived = world.get(Lead, lead)
    assert (arrived.owner_id, arrived.name, arrived.budget_fen) == ("amy", "黄先生", 880_000)
    assert [entry.note for entry in world.all(FollowUp)] == ["看了沙发"]
    assert (tablet.replica.status().pending, tablet.replica.status().refused) == (0, 0)


def test_a_correction_that_is_refused_again_is_kept_with_its_new_values(tablet):
    unit = refused(tablet)
    tablet.replica.correct(unit.id, {("lead", unit.changes[0].row): {"name": "黄女士"}})
    tablet.sync()
    again = refused(tablet)
    assert again.id != unit.id
    assert (again.code, again.changes[0].fields["name"], again.at_ms) == ("not_yours", "黄女士", unit.at_ms)


def test_what_waits_for_a_refused_unit_names_it_and_so_does_what_waits_for_that(tablet):
    unit = refused(tablet)
    (visit,) = tablet.replica.pending_units()
    with tablet.act("unrelated") as session:
        session.add(make_lead())
    assert tablet.replica.waiting_units() == {visit.id: unit.id}
    tablet.sync()
    assert tablet.replica.waiting_units() == {visit.id: unit.id}
    assert [pending.id for pending in tablet.replica.pending_units()] == [visit.id]


def test_those_in_charge_see_at_once_what_is_refused_and_what_waits_for_it(world, tablet):
    (device,) = world.all(SyncDevice)
    assert (device.refused, device.pending) == (1, 1)


def test_a_dropped_unit_can_be_taken_back_word_for_word(world, tablet):
    unit = refused(tablet)
    tablet.replica.drop(unit.id)
    assert tablet.replica.status().refused == 0
    assert [dropped.id for dropped in tablet.replica.dropped_units()] == [unit.id]
    tablet.replica.take_back(unit.id)
    assert tablet.replica.dropped_units() == []
    assert refused(tablet) == unit
    tablet.sync()
    assert world.all(Lead) == []


def test_a_dropped_unit_is_never_sent(world, tablet):
    tablet.replica.drop(refused(tablet).id)
    tablet.sync()
    tablet.sync()
    assert world.all(Lead) == []
    assert [unit.action for unit in tablet.replica.refused_units()] == ["visit"]


def test_only_the_latest_dropped_units_are_kept(world, monkeypatch):
    monkeypatch.setattr(refusals, "KEPT_DROPPED", 2)
    tablet = world.device("A", "amy")
    for number in range(3):
        with tablet.act() as session:
            session.add(make_lead(owner="cat", store="south", name=f"第{number}位"))
    tablet.sync()
    for unit in tablet.replica.refused_units():
        tablet.replica.drop(unit.id)
    kept = [unit.changes[0].fields["name"] for unit in tablet.replica.dropped_units()]
    assert kept == ["第1位", "第2位"]
    with pytest.raises(KeyError):
        tablet.replica.take_back("gone")
