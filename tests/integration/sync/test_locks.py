"""One request of a device is answered at a time, and who only looks waits for nobody (S3). For PostgreSQL, where others write."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
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


def impatient(world: World) -> Session:
    """A session that does not wait for others."""
    session = Session(world.engine)
    session.execute(text("SET lock_timeout = '100ms'"))
    session.commit()
    return session


def test_a_second_request_of_a_device_waits_for_the_first_and_one_of_another_device_does_not(
    world, amy, under_way
):
    bob = world.device("B", "bob")
    request = wire.Request(world.now_ms, schema=99)
    with impatient(world) as session:
        caller = world.caller(session, bob)
        assert world.hub.exchange(session, caller, request, world.now_ms).schema
        caller = world.caller(session, amy)
        with pytest.raises(OperationalError, match="lock timeout"):
            world.hub.exchange(session, caller, request, world.now_ms)
    under_way.commit()
    with impatient(world) as session:
        assert world.hub.exchange(session, caller, request, world.now_ms).schema


def test_who_only_looks_is_answered_meanwhile(world, amy, under_way):
    with impatient(world) as session:
        caller = world.caller(session, amy)
        answer = world.hub.look(session, caller, wire.Request(world.now_ms, schema=99), world.now_ms)
    assert answer is not None
    assert under_way.in_transaction()
