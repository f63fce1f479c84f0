"""The rounds of a sync as the device makes them: what each asks, what it counts, what it remembers (S7, S12)."""

import asyncio
from itertools import count

import msgspec
import pytest
from sqlmodel import select

import sync.client
from shared_models import versions
from shared_models.sales.tables import Customer
from sync import wire
from sync.client import Outcome, Progress, ask, synchronise, work_in
from sync.device import outbox, state
from tests.convergence.faults import begin_by_hand, run_by_hand
from tests.convergence.world import NOON_MS, Device, make_customer, make_lead


@pytest.fixture
def amy(world) -> Device:
    tablet = world.device("A", "amy")
    tablet.sync()
    return tablet


def add(device: Device, count: int, store: str = "north") -> None:
    for _ in range(count):
        with device.act() as session:
            session.add(make_customer(store))


def remembered(device: Device) -> dict:
    with device.engine.connect() as connection:
        return state.read_all(connection)


def test_a_sync_counts_what_it_sent_what_was_refused_and_what_came(world, amy):
    add(amy, 2)
    add(amy, 1, store="south")
    with world.office() as session:
        session.add_all([make_customer(id=f"c{n}") for n in range(4)])
    assert amy.sync() == Outcome(sent=3, refused=1, received=4, rounds=1, skew_flagged=False)
    assert amy.sync() == Outcome(0, 0, 0, 1, skew_flagged=False)


def test_a_first_sync_tells_after_each_page_how_many_rows_are_left(world, monkeypatch):
    monkeypatch.setattr(sync.client, "ROWS_AT_FIRST", 4)
    monkeypatch.setattr(sync.client, "next_limit", lambda limit, _took_s: limit)
    with world.office() as session:
        session.add_all([make_customer(id=f"c{n}") for n in range(6)])
    tablet = world.device("A", "amy")
    told: list[Progress] = []

    async def exchange(request: wire.Request) -> wire.Response:
        return world.exchange(tablet, request)

    outcome = run_by_hand(synchronise(tablet.replica, exchange, told.append, begin=begin_by_hand))
    assert [each.received for each in told] == sorted(each.received for each in told)
    assert told[-1] == Progress(outcome.received, 0)
    assert told[0].received + told[0].remaining == outcome.received
    assert (outcome.rounds, outcome.received > 4) == (len(told), True)
    with tablet.replica.reading() as session:
        assert len(session.exec(select(Customer)).all()) == 6


def test_a_round_carries_so_many_units_and_asks_for_rows_with_the_last_of_them(amy, monkeypatch):
    monkeypatch.setattr(sync.client, "UNITS_A_ROUND", 2)
    add(amy, 2)
    both = ask(amy.replica, 7)
    assert (len(both.units), both.pull, both.pending, both.limit) == (2, True, 2, 7)
    add(amy, 1)
    first = ask(amy.replica)
    assert (len(first.units), first.pull, first.pending) == (2, False, 3)
    assert [unit.id for unit in first.units] == [unit.id for unit in amy.replica.pending_units()[:2]]
    outcome = amy.sync()
    assert (outcome.sent, outcome.rounds) == (3, 2)


def test_a_request_says_who_asks_in_which_state(world, amy):
    add(amy, 1, store="south")
    amy.sync()
    amy.replica.app_version = "1.2.3"
    asked = ask(amy.replica)
    assert (asked.units, asked.pending, asked.refused, asked.obeyed) == ([], 0, 1, "")
    assert (asked.app_version, asked.schema) == ("1.2.3", versions.RELEASE.schema)
    assert asked.cursor == remembered(amy)["cursor"] != ""
    assert asked.storage_bytes >= 1024 * 20
    assert asked.storage_bytes % 1024 == 0
    assert asked.device_now_ms == world.now_ms


def test_what_waits_for_a_refused_unit_is_counted_and_sent_only_before_a_wipe(world, amy):
    with amy.act() as session:
        made = make_customer("south", id="c")
        session.add(made)
    with amy.act() as session:
        session.get_one(Customer, "c").address = "x"
    answer = wire.Response(
        world.now_ms, [wire.UnitResult(amy.replica.pending_units()[0].id, "refused", "not_yours")], cursor="k"
    )
    request = ask(amy.replica)
    work_in(amy.replica, wire.Request(world.now_ms, request.units[:1], pull=False), answer)
    waiting = ask(amy.replica)
    assert (waiting.units, waiting.pending, waiting.pull) == ([], 1, True)
    with amy.engine.begin() as connection:
        state.write(connection, sends_all=True)
    assert len(ask(amy.replica).units) == 1


def test_an_answer_is_remembered_with_the_time_and_how_wrong_the_clock_is(amy):
    request = wire.Request(NOON_MS + 90_000, cursor="before")
    more = wire.Response(NOON_MS, cursor="half", more=True, remaining=12)
    work_in(amy.replica, request, more)
    kept = remembered(amy)
    assert (kept["cursor"], kept["remaining"], kept["skew_ms"]) == ("half", 12, 90_000)
    assert amy.replica.now_ms() == amy.shown_ms() - 90_000
    before = kept["last_sync_at_ms"]
    work_in(amy.replica, request, wire.Response(NOON_MS + 500_000, cursor="whole"))
    kept = remembered(amy)
    assert (kept["cursor"], kept["remaining"]) == ("whole", 0)
    assert kept["last_sync_at_ms"] == NOON_MS + 500_000 != before
    work_in(
        amy.replica,
        wire.Request(NOON_MS, pull=False),
        wire.Response(NOON_MS + 900_000, cursor="own", remaining=5),
    )
    kept = remembered(amy)
    assert (kept["cursor"], kept["remaining"], kept["last_sync_at_ms"]) == ("own", 0, NOON_MS + 500_000)


def test_units_of_a_table_that_the_server_learns_of_later_are_sent_again(amy):
    add(amy, 2)
    units = amy.replica.pending_units()
    with amy.engine.begin() as connection:
        state.write(connection, server_schema=3)
        for unit, code in zip(units, ("unknown_table", "not_yours"), strict=True):
            outbox.settle(connection, unit.id, outbox.REFUSED, code, {"table": "x"})
    request = wire.Request(NOON_MS, cursor="c")
    work_in(amy.replica, request, wire.Response(NOON_MS, cursor="c", schema=3))
    assert len(amy.replica.refused_units()) == 2
    assert work_in(amy.replica, request, wire.Response(NOON_MS, cursor="c", schema=4)) == {"customer"}
    assert [unit.code for unit in amy.replica.refused_units()] == ["not_yours"]
    assert len(amy.replica.pending_units()) == 1
    assert remembered(amy)["server_schema"] == 4


def test_rows_of_a_table_that_this_app_does_not_know_are_kept_until_they_go(amy):
    request = wire.Request(NOON_MS, cursor="c")
    page = wire.Rows("later", ["id", "x"], [["a", 1], ["b", 2]])
    assert work_in(amy.replica, request, wire.Response(NOON_MS, rows=[page], cursor="d")) == {"later"}
    gone = wire.Gone("later", ["a"])
    work_in(amy.replica, request, wire.Response(NOON_MS, gone=[gone], cursor="e"))
    with amy.engine.connect() as connection:
        assert sync.client.unknown.bodies(connection, "later") == {"b": {"id": "b", "x": 2}}


def test_a_wipe_is_obeyed_after_what_does_not_travel_with_units_was_sent(world, amy):
    add(amy, 1)
    with amy.engine.begin() as connection:
        state.write(connection, remaining=5)
    steps: list[str] = []
    wiped: list[tuple[object, ...]] = []

    async def exchange(request: wire.Request) -> wire.Response:
        steps.append(f"ask {request.obeyed}")
        if request.obeyed:
            kept = remembered(amy)
            wiped.append((kept["remaining"], kept["last_sync_at_ms"], kept["cursor"]))
        order = "" if request.obeyed else "wipe"
        results = [wire.UnitResult(unit.id, "applied") for unit in request.units]
        return wire.Response(world.now_ms, results, cursor="" if request.obeyed else "c", order=order)

    async def before() -> None:
        steps.append("before")
        assert len(amy.replica.pending_units()) == 0

    run_by_hand(synchronise(amy.replica, exchange, None, before, begin=begin_by_hand))
    assert steps == ["ask ", "before", "ask wipe"]
    assert amy.replica.is_wiped
    assert wiped == [(0, None, "")]
    with amy.replica.reading() as session:
        assert session.exec(select(Customer)).all() == []


def test_screens_hear_of_the_tables_that_each_round_changed(world, amy):
    heard: list[frozenset[str]] = []
    add(amy, 1)
    with world.office() as session:
        session.add(make_lead(id="l"))
    amy.replica.subscribe(heard.append)
    amy.sync()
    assert heard == [frozenset({"customer", "lead"})]
    amy.sync()
    assert len(heard) == 1


def test_the_schema_of_the_server_is_remembered_from_the_first_answer_on(world):
    tablet = world.device("B", "bob")
    for schema, known in ((1, 1), (3, 3), (2, 3)):
        work_in(tablet.replica, wire.Request(NOON_MS, cursor="c"), wire.Response(NOON_MS, schema=schema))
        assert remembered(tablet)["server_schema"] == known


def test_where_a_page_cannot_be_read_nothing_of_it_is_kept_and_nothing_stays_under_way(amy):
    cancelled: list[str] = []

    async def exchange(request: wire.Request) -> wire.Response:
        if request.cursor != "half":
            pages = wire.Pages(msgspec.Raw(b"\x91\x05"))
            return wire.Response(NOON_MS, rows=pages, cursor="half", more=True)
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(request.cursor)
            raise
        raise AssertionError

    async def main() -> None:
        with pytest.raises(wire.WireError):
            await synchronise(amy.replica, exchange)
        await asyncio.sleep(0)
        assert len(asyncio.all_tasks()) == 1

    before = remembered(amy)
    asyncio.run(main())
    assert (cancelled, remembered(amy)) == (["half"], before)


def test_the_next_page_follows_from_how_long_the_last_one_took(world, monkeypatch):
    with world.office() as session:
        session.add_all([make_customer(id=f"c{n}") for n in range(30)])
    clock = count()
    monkeypatch.setattr(sync.client, "ROWS_AT_FIRST", 4)
    monkeypatch.setattr(sync.client, "perf_counter", lambda: 1_000 + next(clock) * 0.02)
    monkeypatch.setattr(sync.client, "next_limit", lambda limit, took_s: told.append(took_s) or limit)
    told: list[float] = []
    world.device("A", "amy").sync()
    assert told
    assert told == [pytest.approx(0.02)] * len(told)
