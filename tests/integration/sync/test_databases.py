"""The engine's promises that depend on the database: no gap in the feed, whole units, the same answer twice (S2, S3, S6)."""

import pytest
from sqlalchemy import bindparam, create_engine, event, select, text
from sqlmodel import Session

from shared_models.errors import RuleError
from shared_models.sales.tables import FollowUp, Lead
from sync import bulk, wire
from sync.bulk import writing
from sync.hub import Hub, positions, trimming
from sync.hub.tables import SyncFeed, SyncOperation
from tests.convergence.world import World, make_follow_up, make_lead
from tests.unit.sync.things import COLUMNS, ROWS, THING


@pytest.fixture
def engine(database_url):
    engine = create_engine(database_url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _connect(connection, _record):
            connection.isolation_level = None
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA busy_timeout=15000")

        @event.listens_for(engine, "begin")
        def _begin(connection):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    yield engine
    engine.dispose()


def test_two_tablets_and_a_manager_agree_on_this_database(engine):
    world = World(engine)
    a, b, m = world.device("A", "amy"), world.device("B", "bob"), world.device("M", "max")
    lead = make_lead(budget_fen=1)
    with a.act() as session:
        session.add_all([lead, make_follow_up(lead)])
    world.settle()
    for device, budget, region in ((a, 2, ""), (m, 3, "福田")):
        with device.act() as session:
            row = session.get(Lead, lead.id)
            row.budget_fen, row.region = budget, region
    world.settle()
    with world.office() as session:
        session.get_one(Lead, lead.id).owner_id = "bob"
    world.settle()
    assert a.get(Lead, lead.id) is None
    row = world.get(Lead, lead.id)
    for device in (b, m):
        copy = device.get(Lead, lead.id)
        assert (copy.budget_fen, copy.region) == (row.budget_fen, row.region) == (3, "福田")
    assert [c.lost_value() for c in m.replica.open_conflicts()] == [2]


def test_a_unit_refused_by_a_rule_half_way_leaves_nothing_of_itself_and_all_of_the_others(engine):
    def refuse_the_second(session, units):
        for unit in units:
            session.add(make_follow_up(Lead(id=unit.changes[0].row_id), note="derived", at_ms=unit.at_ms))
            session.flush()
            if unit.action == "second":
                raise RuleError("overpaid")

    world = World(engine, Hub(refuse_the_second))
    a = world.device("A", "amy")
    for action in ("first", "second", "third"):
        with a.act(action) as session:
            session.add(make_lead(name=action))
    a.sync()
    assert sorted(lead.name for lead in world.all(Lead)) == ["first", "third"]
    assert len(world.all(FollowUp)) == 2
    assert [(unit.action, unit.code) for unit in a.replica.refused_units()] == [("second", "overpaid")]
    with a.replica.reading() as session:
        assert len(session.exec(text("SELECT id FROM followup")).all()) == 2


def test_every_guilty_unit_of_a_long_push_is_refused_and_the_others_keep_their_order(engine):
    seen = []

    def refuse_sevenths(session, units):
        for unit in units:
            if unit.action.endswith("7"):
                raise RuleError("overpaid", action=unit.action)
        seen.extend(unit.action for unit in units)

    world = World(engine, Hub(refuse_sevenths))
    a = world.device("A", "amy")
    lead = make_lead(notes="0")
    with a.act("0") as session:
        session.add(lead)
    for number in range(1, 40):
        with a.act(str(number)) as session:
            session.get(Lead, lead.id).notes += f"\n{number}"
            session.add(make_lead(name=str(number)))
    a.sync()
    good = [str(number) for number in range(40) if number % 10 != 7]
    assert seen == good
    refused = [(unit.action, unit.code, unit.details) for unit in a.replica.refused_units()]
    assert refused == [(str(n), "overpaid", {"action": str(n)}) for n in (7, 17, 27, 37)]
    names = {row.name for row in world.all(Lead)} - {lead.name}
    assert names == set(good) - {"0"}
    assert world.get(Lead, lead.id).notes == a.get(Lead, lead.id).notes


def test_what_follows_from_a_push_is_derived_from_all_its_units_at_once(engine):
    calls = []
    world = World(engine, Hub(lambda _session, units: calls.append([unit.action for unit in units])))
    a = world.device("A", "amy")
    for number in range(5):
        with a.act(str(number)) as session:
            session.add(make_lead())
    a.sync()
    assert calls == [["0", "1", "2", "3", "4"]]


def test_the_same_push_again_gives_the_same_answer_and_changes_nothing(engine):
    world = World(engine)
    a = world.device("A", "amy")
    with a.act() as session:
        session.add(make_lead())
    with a.act("foreign") as session:
        session.add(make_lead(owner="cat", store="south"))
    units = [wire.Unit(u.id, u.action, u.at_ms, u.changes) for u in a.replica.pending_units()]
    first, second = (
        world.exchange(a, wire.Request(device_now_ms=world.now_ms, units=units)) for _ in range(2)
    )
    assert [r.outcome for r in first.results] == ["applied", "refused"]
    assert second.results == first.results
    assert (len(world.all(Lead)), len(world.all(SyncOperation))) == (1, 2)
    forged = [wire.Unit(units[0].id, "other", 0, [])]
    third = world.exchange(a, wire.Request(device_now_ms=world.now_ms, units=forged))
    assert [r.code for r in third.results] == ["reused_id"]


@pytest.fixture
def things(engine):
    """A connection to a database with an empty table of things."""
    THING.metadata.create_all(engine)
    with engine.begin() as connection:
        yield connection


IN_ORDER = select(THING).order_by(THING.c.id)


@pytest.mark.parametrize("at_once", [1, 2, 3, 5_000])
def test_rows_are_written_and_read_however_many_go_at_once(things, monkeypatch, at_once):
    monkeypatch.setattr(writing, "_ROWS_A_STATEMENT", at_once)
    bulk.insert(things, THING, COLUMNS, ROWS)
    assert bulk.fetch(things, IN_ORDER) == bulk.fetch_lasting(things, IN_ORDER) == ROWS
    bulk.put(things, THING, ("id", "name", "held"), [("a", "乙", {"n": 1}), ("d", "丙", []), ("a", "丁", 7)])
    bulk.put(things, THING, ("id", "name"), [("a", "new"), ("e", "戊")], new_only=("name",))
    bulk.change(things, THING, ("held", "at_ms"), [([1], 2**40, "b"), (None, 7, "never")])
    bulk.change(things, THING, ("done", "name"), [(False, "c", "c")])
    assert bulk.fetch(things, IN_ORDER) == [
        ("a", "丁", 7, True, 1),
        ("b", "", [1], False, 2**40),
        ("c", "c", 5, False, None),
        ("d", "丙", [], None, None),
        ("e", "戊", None, None, None),
    ]


@pytest.mark.parametrize("others", [0, 1, 300])
def test_rows_are_found_and_deleted_among_however_many_values(things, others):
    bulk.insert(things, THING, COLUMNS, ROWS)
    wanted = ["c", "a", *(f"x{n}" for n in range(others))]
    found = bulk.fetch_among(things, IN_ORDER, THING.c.id, wanted)
    assert [row[0] for row in found] == ["a", "c"]
    named = IN_ORDER.where(THING.c.name == bindparam("called"))
    assert bulk.fetch_among(things, named, THING.c.id, wanted, {"called": "甲"}) == ROWS[:1]
    assert [row[0] for row in bulk.fetch(things, IN_ORDER.where(bulk.among(things, THING.c.id, wanted)))] == [
        "a",
        "c",
    ]
    assert not bulk.delete_among(things, THING, THING.c.id, wanted)
    assert bulk.fetch(things, IN_ORDER) == ROWS[1:2]


def test_positions_rise_within_a_transaction_and_from_one_to_the_next(engine):
    world = World(engine)
    taken = []
    for sizes in ((3, 1, 2), (1, 5)):
        with world.engine.begin() as connection:
            firsts = [positions.take(connection, size) for size in sizes]
            assert len({xid for xid, _ in firsts}) == 1
            numbers = [n + at for (_, n), size in zip(firsts, sizes, strict=True) for at in range(size)]
            assert numbers == list(range(numbers[0], numbers[0] + sum(sizes)))
            taken += [(firsts[0][0], n) for n in numbers]
        with world.engine.connect() as connection:
            assert trimming.standing(connection).resting >= (taken[-1][0], 0)
    assert taken == sorted(set(taken))


def test_what_every_device_has_heard_of_is_forgotten_and_the_horizon_says_up_to_where(engine):
    world = World(engine)
    for row_id in ("first", "last", "stays"):
        with world.office() as session:
            session.add(make_lead(id=row_id))
    for row_id in ("first", "last"):
        with world.office() as session:
            session.delete(session.get_one(Lead, row_id))
    long_after_ms = world.now_ms + 90 * 86_400_000
    entry = SyncFeed.__table__.c
    with Session(engine) as session:
        last = session.connection().execute(select(entry.xid, entry.n).where(entry.kind == "del")).all()
        assert trimming.standing(session.connection()).horizon == positions.START
        assert trimming.trim(session, long_after_ms) == len(last) == 4
        assert trimming.standing(session.connection()).horizon == max(map(tuple, last))
        assert trimming.trim(session, long_after_ms) == 0
        session.commit()
    device = world.device("A", "amy")
    device.sync()
    assert (device.get(Lead, "first"), device.get(Lead, "stays").id) == (None, "stays")
