"""The hub's side by itself: whom it answers, what the server writes, how positions are given (S5, S6)."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update
from sqlmodel import Session

from shared_models.sales.tables import Customer, FollowUp, Lead
from sync import wire
from sync.hub import feed, positions
from sync.hub.errors import ForbiddenScope, UnknownDevice
from sync.hub.recorder import publish, recording, take_told
from sync.hub.tables import SyncDevice, SyncFeed
from tests.convergence.world import NOON_MS, World, make_customer, make_follow_up, make_lead

FEED = SyncFeed.__table__


@pytest.fixture
def amy(world):
    return world.device("A", "amy")


def ask(world: World, device, **values) -> wire.Response:
    return world.exchange(device, wire.Request(device_now_ms=world.now_ms, **values))


@pytest.mark.parametrize("change", [{"revoked_at_ms": NOON_MS}, {"staff_id": "bob"}, {"id": "another"}])
def test_a_device_that_was_revoked_or_is_somebody_elses_or_was_never_registered_is_not_answered(
    world, amy, change
):
    assert ask(world, amy).protocol == wire.PROTOCOL
    with Session(world.engine) as session:
        session.execute(update(SyncDevice).values(**change))
        session.commit()
    with pytest.raises(UnknownDevice, match="A"):
        ask(world, amy)


def test_a_scope_that_was_never_granted_is_refused_whole_and_one_that_was_is_not(world, amy):
    assert ask(world, amy, scopes=["staff:amy"]).scopes == ["staff:amy"]
    lead = make_lead()
    change = wire.Change("lead", lead.id, "put", lead.model_dump())
    with pytest.raises(ForbiddenScope) as refused:
        ask(world, amy, scopes=["staff:bob", "staff:amy"], units=[wire.Unit("u", "forged", 1, [change])])
    assert refused.value.scopes == {"staff:bob"}
    assert world.all(Lead) == []


def test_who_only_reads_writes_nothing(world, amy):
    lead = make_lead()
    unit = wire.Unit("u", "new", NOON_MS, [wire.Change("lead", lead.id, "put", lead.model_dump())], 99)
    with Session(world.engine) as session:
        caller = replace(world.caller(session, amy), reads_only=True)
        session.rollback()
        request = wire.Request(world.now_ms, [unit], pull=False, schema=99)
        [result] = world.hub.exchange(session, caller, request, world.now_ms).results
    assert (result.outcome, result.code) == ("refused", "not_yours")
    assert world.all(Lead) == []


def test_a_follow_up_of_a_table_that_nobody_follows_is_a_missing_row(world, amy):
    for about in (("nothing", "x"), ("lead", "never"), ("lead", "a" * 41)):
        log = make_follow_up(make_lead(id="x"))
        fields = log.model_dump() | {"lead_id": about[1]}
        unit = wire.Unit(
            f"u-{about}"[:40], "log", NOON_MS, [wire.Change("followup", log.id, "put", fields)], 99
        )
        [result] = ask(world, amy, units=[unit], pull=False, schema=99).results
        assert (result.outcome, result.code) == ("refused", "missing_row")


def test_what_the_server_publishes_reaches_devices_in_however_many_batches(world, amy, monkeypatch):
    monkeypatch.setattr("sync.hub.recorder._BATCH", 2)
    customers = [make_customer(id=f"c{n}", name=f"客户{n}") for n in range(5)]
    lead = make_lead(id="l")
    with Session(world.engine) as session:
        publish(session, "customer", [each.model_dump() for each in customers], world.now_ms)
        publish(session, "lead", [lead.model_dump()], world.now_ms)
        publish(session, "followup", [make_follow_up(lead, id="f").model_dump()], world.now_ms)
        publish(session, "followup", [], world.now_ms)
        told = take_told(session)
        assert take_told(session) == frozenset()
        session.commit()
    assert {"store:north", "staff:amy", "manager:north"} <= told
    amy.sync()
    assert [amy.get(Customer, f"c{n}").name for n in range(5)] == [f"客户{n}" for n in range(5)]
    assert amy.get(FollowUp, "f").lead_id == "l"
    with world.engine.connect() as connection:
        _, stamps = feed.states_of(connection, "customer", ["c0"])["c0"]
    assert stamps[""][0] == world.now_ms


def test_what_the_server_writes_is_told_row_by_row(world):
    with Session(world.engine) as session:
        with recording(session, author="office", at_ms=world.now_ms) as written:
            lead = make_lead(id="l", owner="bob")
            session.add(lead)
            session.flush()
            assert written == {("lead", "l")}
            session.add(make_follow_up(lead, id="f"))
        assert written == {("lead", "l"), ("followup", "f")}
        assert {"staff:bob", "manager:north"} <= take_told(session)
        session.commit()
    with world.office() as session:
        session.delete(session.get_one(FollowUp, "f"))
    with world.engine.connect() as connection:
        kinds = connection.execute(select(FEED.c.kind).where(FEED.c.row_id == "f")).scalars().all()
    assert set(kinds) == {"del"}


def test_positions_follow_each_other_without_a_gap(world):
    with world.engine.begin() as connection:
        connection.execute(positions._COUNTER.delete())
        assert positions.take(connection, 3) == (0, 1)
        assert positions.take(connection, 1) == (0, 4)
        assert positions.take(connection, 2) == (0, 5)
        assert connection.execute(select(positions.resting(many_writers=False))).scalar_one() == 6


def test_what_is_added_to_a_row_that_is_given_away_in_the_same_breath_goes_with_it(world, amy):
    bob = world.device("B", "bob")
    with world.office() as session:
        session.add(make_lead(id="l"))
    world.settle()
    with world.office() as session:
        lead = session.get_one(Lead, "l")
        lead.owner_id = "bob"
        session.add(make_follow_up(lead, id="f", staff="bob"))
    world.settle()
    assert (bob.get(FollowUp, "f").lead_id, amy.get(FollowUp, "f"), amy.get(Lead, "l")) == ("l", None, None)
