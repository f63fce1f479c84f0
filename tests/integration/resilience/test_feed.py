"""S7: a pull costs what changed; a first sync goes on where it was cut; a device away longer than the log loses nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import event, func, select

from shared_models.sales.tables import Customer, FollowUp, Lead
from sync.hub import sightings
from sync.hub.tables import SyncFeed
from sync.hub.trimming import AWAY_MS, DAY_MS, LOST_MS, trim
from tests.convergence.memory import connection_of
from tests.convergence.world import World, make_customer, make_follow_up, make_lead


@pytest.fixture
def world() -> World:
    return World()


class Work:
    """What a database did: statements, and steps of its machine in tens."""

    def __init__(self) -> None:
        self.statements = self.steps = 0


@contextmanager
def counted(engine) -> Iterator[Work]:
    work = Work()

    def statement(*_args) -> None:
        work.statements += 1

    def step() -> bool:
        work.steps += 1
        return False  # and not: stop here

    connection_of(engine).set_progress_handler(step, 10)
    event.listen(engine, "before_cursor_execute", statement)
    yield work
    event.remove(engine, "before_cursor_execute", statement)
    connection_of(engine).set_progress_handler(None)


def cost_of_five_changes(rows: int) -> tuple[Work, Work]:
    """What the hub and the device do when 5 of so many rows have changed."""
    world = World()
    leads = [make_lead() for _ in range(rows)]
    with world.office() as session:
        session.add_all(leads)
        session.add_all([make_follow_up(lead) for lead in leads])
    device = world.device("A", "amy")
    device.sync()
    with world.office() as session:
        for lead in leads[:5]:
            session.get_one(Lead, lead.id).region = "南山"
    with counted(world.engine) as hub, counted(device.engine) as own:
        assert device.sync().received == 5
    return hub, own


def test_a_pull_costs_what_changed_at_ten_and_a_hundred_times_the_data():
    small, ten, hundred = (cost_of_five_changes(rows) for rows in (20, 200, 2_000))
    for side in (0, 1):
        assert small[side].statements == ten[side].statements == hundred[side].statements
        # A deeper tree costs a few steps more; a scan of what exists would cost a hundred times as many.
        assert hundred[side].steps <= 1.3 * ten[side].steps <= 1.7 * small[side].steps


def test_a_first_sync_killed_after_every_page_goes_on_and_fetches_nothing_twice(world, monkeypatch):
    import sync.client

    monkeypatch.setattr(sync.client, "ROWS_AT_FIRST", 7)
    monkeypatch.setattr(sync.client, "next_limit", lambda limit, _took_s: limit)
    with world.office() as session:
        session.add_all([make_customer(name=f"客户{n}") for n in range(50)])
    device, fresh = world.device("A", "amy"), world.device("B", "amy")
    whole = fresh.sync().received
    starts, handed_out = 0, 0
    exchange = world.exchange

    def counting(to, request):
        nonlocal handed_out
        answer = exchange(to, request)
        handed_out += sum(len(page.rows) for page in answer.rows)
        return answer

    world.exchange = counting
    while device.sync(lose_request=1) is None:
        device.open()  # the app was killed after one page
        starts += 1
    assert starts >= 50 // 7
    assert handed_out == whole
    assert len(held(device, Customer)) == 50


def test_what_every_device_has_heard_of_is_forgotten_and_the_others_are_waited_for(world):
    a, b = world.device("A", "amy"), world.device("M", "max")
    lead = shared_lead(world, a, b)
    world.now_ms += 2 * DAY_MS
    a.sync()
    with a.act() as session:
        session.delete(session.get(Lead, lead))
    a.sync()
    world.now_ms += 3 * DAY_MS
    a.sync()
    assert trimmed(world) == 0  # M has not been seen since
    b.sync()
    world.now_ms += 3 * DAY_MS
    for device in (a, b):
        device.sync()
    assert trimmed(world) > 0
    assert gone_entries(world) == 0
    assert (a.sync().received, b.sync().received) == (0, 0)
    assert b.get(Lead, lead) is None


def test_a_device_away_longer_than_the_log_sends_what_is_pending_and_then_holds_what_a_new_one_holds(world):
    a, b = world.device("A", "amy"), world.device("M", "max")
    kept, moved, deleted = (shared_lead(world, a, b) for _ in range(3))
    world.now_ms += 1_000
    with a.act() as session:
        session.get(Lead, moved).region = "福田"
        session.get(Lead, kept).notes = "周末再来"
        session.add(make_follow_up(session.get(Lead, moved), at_ms=world.now_ms))
    own = make_lead(name="未发")
    with a.act() as session:
        session.add(own)
    world.now_ms += DAY_MS
    with world.office() as session:
        session.get_one(Lead, moved).owner_id = "bob"
    with b.act() as session:
        session.delete(session.get(Lead, deleted))
    b.sync()
    world.now_ms += AWAY_MS + DAY_MS
    b.sync()
    assert trimmed(world) > 0
    b.sync()

    outcome = a.sync()
    assert (outcome.sent, outcome.refused) == (2, 0)
    assert world.get(Lead, moved).region == "福田"  # done before it left, so it counts
    assert len(world.all(FollowUp)) == 1
    fresh = world.device("F", "amy")
    fresh.sync()
    assert held(a, Lead) == held(fresh, Lead) == {kept, own.id}
    assert held(a, FollowUp) == held(fresh, FollowUp) == set()
    assert world.get(Lead, kept).notes == a.get(Lead, kept).notes == "周末再来"


def test_a_copy_that_is_fetched_again_keeps_what_is_pending_and_is_cut_off_without_harm(world, monkeypatch):
    import sync.client

    monkeypatch.setattr(sync.client, "ROWS_AT_FIRST", 3)
    monkeypatch.setattr(sync.client, "next_limit", lambda limit, _took_s: limit)
    a, b = world.device("A", "amy"), world.device("M", "max")
    leads = [shared_lead(world, a, b) for _ in range(8)]
    with b.act() as session:
        session.delete(session.get(Lead, leads[0]))
    b.sync()
    world.now_ms += AWAY_MS + 2 * DAY_MS
    b.sync()
    assert trimmed(world) > 0
    assert a.sync(lose_request=2) is None
    with a.act() as session:
        session.get(Lead, leads[1]).region = "南山"
    a.open()
    a.sync()
    assert held(a, Lead) == set(leads[1:])
    assert world.get(Lead, leads[1]).region == a.get(Lead, leads[1]).region == "南山"


def test_an_action_from_before_a_row_left_is_judged_fairly_however_long_the_device_was_away(world):
    a, b = world.device("A", "amy"), world.device("M", "max")
    lead = shared_lead(world, a, b)
    with world.office() as session:
        session.get_one(Lead, lead).owner_id = "bob"
    world.now_ms += AWAY_MS + DAY_MS
    b.sync()
    trimmed(world)
    with a.act() as session:
        session.get(Lead, lead).region = "南山"
    a.sync()
    assert [edit.field for edit in a.replica.held_edits()] == ["region"]
    world.now_ms += LOST_MS + DAY_MS
    b.sync()
    assert trimmed(world) > 0  # nobody waits for ever for a device that never comes back


def shared_lead(world, author, *others):
    lead = make_lead()
    with author.act() as session:
        session.add(lead)
    author.sync()
    for device in others:
        device.sync()
    return lead.id


def held(device, model) -> set[str]:
    with device.replica.reading() as session:
        return set(session.scalars(select(model.id)))


def trimmed(world) -> int:
    from sqlalchemy.orm import Session

    with Session(world.engine) as session:
        sightings.write(session, world.hub.seen.take())  # as a server does every second
        count = trim(session, world.now_ms)
        session.commit()
        return count


def gone_entries(world) -> int:
    with world.engine.connect() as connection:
        feed = SyncFeed.__table__
        return connection.execute(select(func.count()).where(feed.c.kind != "put")).scalar_one()
