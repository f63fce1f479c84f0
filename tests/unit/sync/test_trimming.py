"""What the feed forgets: nothing that a device in use has not heard of, and no leaving that still judges an action (R13)."""

import pytest
from sqlalchemy import create_engine, select
from sqlmodel import Session

from sync.hub import positions, trimming
from sync.hub.tables import SyncCounter, SyncDevice, SyncFeed

NOW_MS = 1_780_000_000_000
DAY_MS = 86_400_000
AWAY_MS, LOST_MS = 30 * DAY_MS, 365 * DAY_MS
LONG_AGO_MS = NOW_MS - 2 * LOST_MS


@pytest.fixture
def session():
    engine = create_engine("sqlite://")
    for model in (SyncDevice, SyncFeed, SyncCounter):
        model.__table__.create(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def entry(session: Session, row_id: str, kind: str, at_ms: int, scope: str = "s", n: int = 0) -> None:
    (_, taken) = (0, n) if n else positions.take(session.connection(), 1)
    session.add(SyncFeed(scope=scope, tbl="lead", row_id=row_id, kind=kind, xid=0, n=taken, at_ms=at_ms))
    session.flush()


def device(session: Session, name: str, seen_at_ms: int | None, *scopes: str, **values) -> None:
    given = {"registered_at_ms": LONG_AGO_MS, "last_seen_at_ms": seen_at_ms, "granted": list(scopes)} | values
    session.add(SyncDevice(id=name, company_id="acme", staff_id="amy", **given))
    session.flush()


def left(session: Session) -> list[str]:
    return sorted(session.connection().execute(select(SyncFeed.row_id)).scalars())


def test_where_nothing_was_ever_written_one_reads_on_from_the_very_beginning(session):
    stands = trimming.standing(session.connection())
    assert (stands.resting, stands.horizon) == (positions.START, positions.START)
    assert positions.take(session.connection(), 1) > stands.resting


def test_the_feed_stands_at_the_last_position_given_out_and_its_horizon_at_the_last_one_forgotten(session):
    for row_id, kind in (("a", "del"), ("b", "put"), ("c", "del"), ("d", "put")):
        entry(session, row_id, kind, LONG_AGO_MS)
    assert trimming.trim(session, NOW_MS) == 2
    stands = trimming.standing(session.connection())
    assert (stands.resting, stands.horizon) == ((0, 4), (0, 3))
    assert left(session) == ["b", "d"]


def test_the_horizon_never_falls(session):
    entry(session, "late", "del", LONG_AGO_MS, n=9)
    trimming.trim(session, NOW_MS)
    entry(session, "early", "del", LONG_AGO_MS, n=5)
    assert trimming.trim(session, NOW_MS) == 1
    assert trimming.standing(session.connection()).horizon == (0, 9)
    entry(session, "later", "del", LONG_AGO_MS, n=12)
    trimming.trim(session, NOW_MS)
    assert trimming.standing(session.connection()).horizon == (0, 12)


def test_where_there_is_nothing_to_forget_the_horizon_stays_where_it_is(session):
    entry(session, "kept", "put", LONG_AGO_MS)
    assert trimming.trim(session, NOW_MS) == 0
    assert trimming.standing(session.connection()).horizon == positions.START


def test_a_deletion_is_remembered_for_a_day_though_every_device_has_heard_of_it(session):
    device(session, "A", NOW_MS)
    entry(session, "yesterday", "del", NOW_MS - DAY_MS - 1)
    entry(session, "today", "del", NOW_MS - DAY_MS)
    assert trimming.trim(session, NOW_MS) == 1
    assert left(session) == ["today"]


def test_deletions_are_remembered_until_the_slowest_device_in_use_has_called(session):
    seen_at_ms = NOW_MS - AWAY_MS
    device(session, "slow", seen_at_ms)
    device(session, "quick", NOW_MS)
    entry(session, "heard", "del", seen_at_ms - 1)
    entry(session, "unheard", "del", seen_at_ms)
    assert trimming.trim(session, NOW_MS) == 1
    assert left(session) == ["unheard"]


@pytest.mark.parametrize(
    "values",
    [{"last_seen_at_ms": NOW_MS - AWAY_MS - 1}, {"last_seen_at_ms": NOW_MS - 5 * DAY_MS, "revoked_at_ms": 1}],
)
def test_nobody_waits_for_a_device_that_was_away_for_a_month_or_is_locked_out(session, values):
    device(session, "A", None, **values)
    entry(session, "gone", "del", NOW_MS - 2 * DAY_MS)
    assert trimming.trim(session, NOW_MS) == 1


def test_a_device_that_never_called_is_waited_for_since_it_was_registered(session):
    device(session, "A", None, "s", registered_at_ms=NOW_MS - 5 * DAY_MS)
    for kind in ("del", "exit"):
        entry(session, f"before-{kind}", kind, NOW_MS - 5 * DAY_MS - 1)
        entry(session, f"after-{kind}", kind, NOW_MS - 5 * DAY_MS)
    assert trimming.trim(session, NOW_MS) == 2
    assert left(session) == ["after-del", "after-exit"]


def test_that_a_row_left_is_remembered_as_long_as_a_device_of_the_scope_may_bring_an_action_from_before(
    session,
):
    away_ms = NOW_MS - LOST_MS
    device(session, "away", away_ms, "s")
    device(session, "also-away", away_ms + DAY_MS, "s", "other")
    for scope in ("s", "other", "nobodys"):
        entry(session, f"{scope}-before", "exit", away_ms - 1, scope)
        entry(session, f"{scope}-after", "exit", away_ms, scope)
        entry(session, f"{scope}-deleted", "del", away_ms, scope)
    assert trimming.trim(session, NOW_MS) == 3 + 1 + 2 + 2
    assert left(session) == ["s-after"]


def test_a_device_that_was_away_for_a_year_brings_nothing_any_more(session):
    device(session, "lost", NOW_MS - LOST_MS - 1, "s")
    entry(session, "left", "exit", NOW_MS - 2 * DAY_MS)
    assert trimming.trim(session, NOW_MS) == 1


def test_rows_that_are_there_are_never_forgotten(session):
    entry(session, "there", "put", LONG_AGO_MS)
    entry(session, "gone", "del", LONG_AGO_MS)
    trimming.trim(session, NOW_MS)
    assert left(session) == ["there"]
