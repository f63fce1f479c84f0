"""What the stories of this folder begin with."""

import pytest

from tests.convergence.lane import Lane, arrive, bring, take
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


@pytest.fixture
def lead(world: World, amy: Device) -> str:
    """A lead that the tablet and the hub have."""
    made = make_lead(notes="甲\n乙", region="福田")
    with amy.act() as session:
        session.add(made)
    world.settle()
    return str(made.id)


@pytest.fixture
def lane() -> Lane:
    """The hub's end of the lane, which has nothing yet."""
    return Lane()


@pytest.fixture
def colleague(world: World, amy: Device, lane: Lane) -> tuple[Device, str]:
    """The manager's tablet, which has the row of a photo whose bytes are at the hub."""
    photo_id = take(amy)
    world.settle()
    bring(amy, lane)
    arrive(world, photo_id)
    boss = world.device("M", "max")
    world.settle()
    lane.asked.clear()
    return boss, photo_id
