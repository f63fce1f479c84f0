"""The engine's promises that depend on the database: no gap in the feed, whole units, the same answer twice (S2, S3, S6)."""

import pytest
from sqlalchemy import create_engine, event, text

from shared_models.errors import RuleError
from shared_models.sales.tables import FollowUp, Lead
from sync import wire
from sync.hub import Hub
from sync.hub.tables import SyncOperation
from tests.convergence.world import World, make_follow_up, make_lead


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
