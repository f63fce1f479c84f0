"""One request of a device is answered at a time, and who only looks waits for nobody (S3). For PostgreSQL, where others write."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from server.database import Database
from sync import wire
from tests.convergence.world import Device, World, make_lead


@pytest.fixture
def world(postgresql_url: str) -> Iterator[World]:
    database = Database(postgresql_url)
    yield World(database.engine)
    database.close()


@pytest.fixture
def amy(world: World) -> Device:
    tablet = world.device("A", "amy")
    tablet.sync()
    return tablet


@pytest.fixture
def under_way(world: World, amy: Device) -> Iterator[Session]:
    """What she does at the server is not committed yet."""
    with Session(world.engine) as session:
        caller = world.caller(session, amy)
        lead = wire.Change("lead", "l", "put", make_lead(id="l").model_dump())
        world.hub.act(session, caller, wire.Unit("u", "act", world.now_ms, [lead]), world.now_ms)
        yield session


@pytest.fixture
def impatient(world: World) -> Iterator[Session]:
    """A session that does not wait for others."""
    engine = create_engine(world.engine.url, connect_args={"options": "-c lock_timeout=100"})
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_a_second_request_of_a_device_waits_for_the_first_and_one_of_another_device_does_not(
    world, amy, under_way, impatient
):
    request = wire.Request(world.now_ms, schema=99)
    bob = world.caller(impatient, world.device("B", "bob"))
    assert world.hub.exchange(impatient, bob, request, world.now_ms).more
    caller = world.caller(impatient, amy)
    with pytest.raises(OperationalError, match="lock timeout"):
        world.hub.exchange(impatient, caller, request, world.now_ms)
    impatient.rollback()
    under_way.commit()
    assert world.hub.exchange(impatient, caller, request, world.now_ms).more


def test_who_only_looks_is_answered_meanwhile(world, amy, under_way, impatient):
    caller = world.caller(impatient, amy)
    answer = world.hub.look(impatient, caller, wire.Request(world.now_ms, schema=99), world.now_ms)
    assert answer is not None
    assert under_way.in_transaction()
