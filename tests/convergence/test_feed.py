"""What the feed remembers of rows: which scopes they are in, which they have left, and who wrote them when (S5, S6)."""

from sqlalchemy import event, select

from shared_models.sales.tables import Lead
from sync.hub import feed
from sync.hub.tables import SyncFeed
from sync.hub.trimming import standing
from sync.schema import catalogue
from tests.convergence.world import make_lead

FEED = SyncFeed.__table__
AMY, BOB, NORTH = ("staff:amy", "staff:bob", "manager:north")


def test_of_a_row_that_follows_another_written_in_the_same_breath_the_scopes_are_known(world):
    spec = catalogue()["followup"]
    with world.office() as session:
        session.add(make_lead(id="stored", owner="bob"))
    logs = [{"id": str(n), "lead_id": lead} for n, lead in enumerate(("new", "stored", "never", ""))]
    mine = frozenset({"staff:amy"})
    with world.engine.connect() as connection:
        found = feed.scopes_for(connection, spec, logs, {("lead", "new"): mine})
    assert found == [mine, {"staff:bob", "manager:north"}, frozenset(), frozenset()]


def test_nothing_announced_takes_no_position_and_no_row_asked_for_is_no_statement(world):
    with world.engine.begin() as connection:
        before = standing(connection).resting
        statements: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
        told = feed.announce(connection, [], 1)
        assert (told.scopes, told.known, feed.states_of(connection, "lead", [])) == (set(), [], {})
        assert statements == []
        assert standing(connection).resting == before


def test_when_somebody_last_wrote_one_of_some_columns_counts_the_making_of_the_row():
    stamps = {"": [5, 0, "A", "amy"], "role": [9, 0, "A", "amy"], "name": [20, 0, "A", "amy"]}
    assert feed.changed_at_ms(stamps, {"role", "store_id"}) == 9
    assert feed.changed_at_ms(stamps, {"store_id"}) == 5
    assert feed.changed_at_ms({}, {"role"}) == 0


def test_the_scopes_that_a_row_has_left_are_told_with_when_and_no_others(world):
    with world.office() as session:
        session.add_all([make_lead(id="l"), make_lead(id="m")])
    world.now_ms += 1_000
    with world.office() as session:
        session.get_one(Lead, "l").owner_id = "bob"
    everybody = frozenset({"staff:amy", "staff:bob", "manager:north"})
    with world.engine.connect() as connection:
        assert feed.left(connection, "lead", "l", everybody) == {"staff:amy": world.now_ms}
        assert feed.left(connection, "lead", "l", frozenset({"staff:bob"})) == {}
        assert feed.left(connection, "lead", "m", everybody) == {}
        assert feed.left(connection, "customer", "l", everybody) == {}


def test_new_rows_stand_side_by_side_in_the_feed_behind_what_else_is_announced_and_are_told_to_whoever_sees_them(
    world,
):
    spec = catalogue()["lead"]
    stamps = [{"": [n, 0, "A", "amy"]} for n in range(3)]
    scopes = [frozenset({AMY, NORTH}), frozenset({BOB}), frozenset({AMY, NORTH})]
    arrived = feed.Arrived("lead", ["a", "b", "c"], scopes, stamps)
    other = feed.News(spec, "d", frozenset({NORTH}), frozenset(), stamps[0])
    with world.engine.begin() as connection:
        first = standing(connection).resting[1] + 1
        told = feed.announce(connection, [other], 7, [arrived])
        entries = connection.execute(select(FEED.c.n, FEED.c.scope, FEED.c.row_id).where(FEED.c.at_ms == 7))
        states = feed.states_of(connection, "lead", ["a", "b", "c"])
    assert sorted(map(tuple, entries)) == [
        (first, NORTH, "d"),
        (first + 1, NORTH, "a"),
        (first + 2, NORTH, "c"),
        (first + 3, AMY, "a"),
        (first + 4, AMY, "c"),
        (first + 5, BOB, "b"),
    ]
    assert told.known == [(0, first + 1, first + 5)]
    assert told.scopes == {AMY, BOB, NORTH}
    assert states == dict(zip("abc", zip(scopes, stamps, strict=True), strict=True))


def test_new_rows_for_a_device_that_is_sent_them_are_news_like_any_others(world):
    spec = catalogue()["lead"]
    rows = feed.Arrived("lead", ["a", "b"], [frozenset({AMY}), frozenset({BOB})], [{"": [1]}, {"": [2]}])
    assert rows.as_news(spec) == [
        feed.News(spec, "a", frozenset({AMY}), frozenset(), {"": [1]}),
        feed.News(spec, "b", frozenset({BOB}), frozenset(), {"": [2]}),
    ]
