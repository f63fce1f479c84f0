"""What a person does at the server itself, judged as if it came by sync (S3)."""

import pytest

from shared_models.errors import RuleError
from shared_models.sales.tables import Lead
from sync import wire
from sync.hub import Hub
from tests.convergence.calling import act, new_lead
from tests.convergence.world import Device


@pytest.fixture
def amy(world) -> Device:
    tablet = world.device("A", "amy")
    tablet.sync()
    return tablet


def test_a_person_at_the_server_acts_as_by_sync_and_is_refused_by_the_same_words(world, amy):
    act(world, amy, new_lead())
    assert world.get(Lead, "l").owner_id == "amy"
    unseen = wire.Change("lead", "never", "put", {"name": "x"}, {"name": "y"})
    for change, code, details in (
        (unseen, "missing_row", {"table": "lead"}),
        (new_lead("m", owner="cat", store="south"), "not_yours", {}),
    ):
        world.now_ms += 1
        with pytest.raises(RuleError) as refused:
            act(world, amy, change)
        assert (refused.value.code, dict(refused.value.details)) == (code, details)


def test_nothing_that_a_person_does_at_the_server_waits_for_approval(world, amy):
    act(world, amy, new_lead())
    world.now_ms += 1_000
    with world.office() as session:
        session.get_one(Lead, "l").owner_id = "bob"
    world.now_ms += 1_000
    with pytest.raises(RuleError) as refused:
        act(world, amy, wire.Change("lead", "l", "put", {"region": "南山"}, {"region": ""}))
    assert refused.value.code == "not_owner"


def test_what_follows_from_an_act_at_the_server_follows_there_too(world, amy):
    told: list[tuple[str, int]] = []
    world.hub = Hub(
        derive=lambda _session, units: told.extend((unit.action, unit.at_ms) for unit in units),
        watched=frozenset({"lead"}),
    )
    act(world, amy, new_lead())
    assert told == [("act", world.now_ms)]
