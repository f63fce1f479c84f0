"""What the stories of this folder begin with."""

import pytest

from tests.convergence.world import Device, World, make_customer, make_follow_up, make_lead


@pytest.fixture
def world() -> World:
    """A company that has just been founded."""
    return World()


@pytest.fixture
def amy(world: World) -> Device:
    """A salesperson's tablet with a lead, its log and a customer, all known to the hub."""
    amy = world.device("A", "amy")
    with amy.act() as session:
        lead = make_lead(id="l", notes="as it was")
        session.add_all([lead, make_customer(id="c"), make_follow_up(lead, id="f")])
    world.settle()
    return amy
