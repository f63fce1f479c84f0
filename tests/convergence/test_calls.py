"""One call of a device at the hub: who is answered, what is noted of them, and what needs no writing at all (S5, S7)."""

from dataclasses import replace

import pytest
from sqlalchemy import event
from sqlmodel import Session

from shared_models import versions
from shared_models.people.tables import Staff
from shared_models.sales.tables import Lead
from shared_models.versions import Release
from sync import wire
from sync.hub import orders
from sync.hub.errors import ForbiddenScope, MalformedCursor, UnknownDevice
from sync.hub.sightings import Sighting
from sync.hub.tables import SyncDevice
from sync.hub.upgrades import UpgradeRequired
from tests.convergence.calling import act, call, change_device, cursor_of, look, new_lead, request
from tests.convergence.world import COMPANY, Device, make_lead

LATELY_MS, LONG_AGO_MS = 29_999, 30_000


@pytest.fixture
def amy(world) -> Device:
    """A tablet that has called and has everything, in the very moment."""
    tablet = world.device("A", "amy")
    tablet.sync()
    call(world, tablet)
    world.hub.seen.take()
    return tablet


def test_what_a_device_says_of_itself_is_noted(world, amy):
    unit = wire.Unit("u", "new", world.now_ms, [new_lead()])
    world.now_ms += 5_000
    call(
        world,
        amy,
        device_now_ms=world.now_ms + 70_000,
        units=[unit],
        pending=3,
        refused=2,
        app_version="1.2",
        storage_bytes=99,
    )
    noted = world.get(SyncDevice, "A")
    assert (noted.last_seen_at_ms, noted.skew_ms) == (world.now_ms, 70_000)
    assert (noted.pending, noted.refused, noted.app_version, noted.storage_bytes) == (2, 2, "1.2", 99)
    assert (set(noted.granted), noted.lost) == ({"staff:amy", "store:north", f"company:{COMPANY}"}, {})


def test_fewer_units_cannot_wait_than_none(world, amy):
    call(world, amy, units=[wire.Unit("u", "new", world.now_ms, [new_lead()])], pending=0)
    assert world.get(SyncDevice, "A").pending == 0


def test_what_somebody_may_no_longer_see_is_noted_with_when_that_ended_and_stays_so(world, amy):
    world.now_ms += 1_000
    with world.office() as session:
        session.get_one(Staff, "amy").store_id = "south"
    ended_ms = world.now_ms
    for _ in range(2):
        world.now_ms += 60_000
        assert call(world, amy).scopes == [f"company:{COMPANY}", "staff:amy", "store:south"]
        noted = world.get(SyncDevice, "A")
        assert noted.lost == {"store:north": ended_ms}
        assert {"store:north", "store:south"} <= set(noted.granted)
    with world.office() as session:
        session.get_one(Staff, "amy").active = True
        session.get_one(Staff, "amy").store_id = "north"
    call(world, amy)
    assert world.get(SyncDevice, "A").lost.keys() == {"store:south"}


def test_the_answer_tells_the_time_what_the_caller_may_see_and_which_versions_the_hub_speaks(world, amy):
    answer = call(world, amy)
    assert (answer.server_now_ms, answer.more, answer.skew_flagged) == (world.now_ms, False, False)
    assert (answer.protocol, answer.schema) == (wire.PROTOCOL, versions.RELEASE.schema)
    assert answer.scopes == [f"company:{COMPANY}", "staff:amy", "store:north"]
    assert call(world, amy, device_now_ms=world.now_ms + 12 * 3_600_000 + 1).skew_flagged


def test_a_round_without_news_is_answered_without_a_write(world, amy):
    written: list[str] = []

    @event.listens_for(world.engine, "before_cursor_execute")
    def _hear(_connection, _cursor, statement, *_rest):
        if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
            written.append(statement)

    with world.office() as session:
        session.add(make_lead(id="l"))
    written.clear()
    answer = look(world, amy)
    assert answer is not None
    assert [row[answer.rows[0].columns.index("id")] for row in answer.rows[0].rows] == ["l"]
    assert (answer.more, answer.server_now_ms, answer.cursor != cursor_of(amy)) == (False, world.now_ms, True)
    assert written == []


@pytest.mark.parametrize(
    "said",
    [
        {"units": [wire.Unit("u", "new", 1, [])]},
        {"pending": 1},
        {"refused": 1},
        {"app_version": "9"},
        {"obeyed": "wipe"},
    ],
)
def test_what_a_device_tells_anew_of_itself_is_written_at_once(world, amy, said):
    assert look(world, amy) is not None
    assert look(world, amy, **said) is None


@pytest.mark.parametrize(
    ("drift_ms", "is_news"), [(9_999, False), (-9_999, False), (10_000, True), (-10_000, True)]
)
def test_that_a_clock_drifts_is_written_when_it_is_not_a_little(world, amy, drift_ms, is_news):
    answer = look(world, amy, device_now_ms=world.now_ms + drift_ms)
    assert (answer is None) is is_news


@pytest.mark.parametrize(
    "values", [{"last_seen_at_ms": None}, {"order": "resync"}, {"granted": ["staff:amy"]}]
)
def test_a_device_that_never_called_or_has_an_order_or_may_see_more_is_answered_by_writing(
    world, amy, values
):
    change_device(world, **values)
    assert look(world, amy, cursor="") is None


def test_that_somebody_lost_a_scope_is_written_once(world, amy):
    with world.office() as session:
        session.get_one(Staff, "amy").store_id = None
    assert look(world, amy) is None
    call(world, amy)
    assert look(world, amy) is not None


@pytest.mark.parametrize("change", [{"revoked_at_ms": 1}, {"staff_id": "bob"}, {"id": "another"}])
def test_a_device_that_was_locked_out_neither_looks_nor_acts(world, amy, change):
    change_device(world, **change)
    with pytest.raises(UnknownDevice):
        look(world, amy)
    with pytest.raises(UnknownDevice):
        act(world, amy, new_lead())
    assert world.all(Lead) == []


def test_who_only_looks_is_handed_nothing_of_scopes_that_are_not_theirs_and_needs_a_cursor_of_the_hub(
    world, amy
):
    with pytest.raises(ForbiddenScope):
        look(world, amy, scopes=["staff:bob"])
    with pytest.raises(MalformedCursor):
        look(world, amy, cursor="x")
    answer = look(world, amy, scopes=["staff:amy"], cursor="")
    assert answer is not None
    assert answer.scopes == ["staff:amy"]


@pytest.mark.parametrize(
    ("after_ms", "is_noted"), [(0, False), (LATELY_MS, False), (-LATELY_MS, False), (LONG_AGO_MS, True)]
)
@pytest.mark.parametrize("answering", [look, call])
def test_that_a_device_called_is_to_be_written_half_a_minute_after_it_was_written_last(
    world, amy, answering, after_ms, is_noted
):
    change_device(world, last_seen_at_ms=world.now_ms, caught_up_at_ms=world.now_ms)
    world.now_ms += after_ms
    assert answering(world, amy, storage_bytes=7) is not None
    seen = {"A": Sighting(world.now_ms, 0, 7, world.now_ms)}
    assert world.hub.seen.take() == (seen if is_noted else {})


def test_a_device_has_caught_up_when_it_was_handed_the_last_page_and_not_before(world, amy):
    with world.office() as session:
        session.add_all([make_lead(id=f"l{n}") for n in range(3)])
    world.now_ms += LONG_AGO_MS
    assert look(world, amy, limit=2).more
    assert world.hub.seen.take()["A"].caught_up_at_ms is None
    assert not look(world, amy, limit=3).more
    assert world.hub.seen.take()["A"].caught_up_at_ms == world.now_ms
    call(world, amy, pull=False)
    assert world.hub.seen.take()["A"].caught_up_at_ms is None


def test_that_a_device_caught_up_is_written_though_it_was_seen_lately(world, amy):
    change_device(world, last_seen_at_ms=world.now_ms, caught_up_at_ms=None)
    look(world, amy, limit=10)
    assert world.hub.seen.take()["A"].caught_up_at_ms == world.now_ms


def test_an_app_that_is_too_old_sends_what_it_has_and_is_then_told_to_upgrade(world, amy, monkeypatch):
    monkeypatch.setattr(versions, "RELEASE", Release(schema=4, oldest=4))
    with world.office() as session:
        session.add(make_lead(id="waiting"))
    cursor = cursor_of(amy)
    units = [wire.Unit("u", "new", world.now_ms, [new_lead()], 3)]
    answer = call(world, amy, schema=3, units=units)
    assert ([each.outcome for each in answer.results], answer.more, answer.cursor) == (
        ["applied"],
        True,
        cursor,
    )
    assert list(answer.rows) == []
    for asked in (call, look):
        with pytest.raises(UpgradeRequired):
            asked(world, amy, schema=3)
    with Session(world.engine) as session:
        orders.give(session, "A", "wipe")
        session.commit()
    assert call(world, amy, schema=3).order == "wipe"  # of which it still hears
    assert call(world, amy, schema=3, obeyed="wipe").order == ""


def test_without_asking_for_rows_a_device_is_handed_none_and_keeps_its_cursor(world, amy):
    with world.office() as session:
        session.add(make_lead(id="l"))
    answer = call(world, amy, pull=False)
    assert (list(answer.rows), answer.more, answer.cursor) == ([], False, cursor_of(amy))


def test_who_only_reads_is_handed_rows_as_everybody(world, amy):
    with world.office() as session:
        session.add(make_lead(id="l"))
    with Session(world.engine) as session:
        caller = replace(world.caller(session, amy), reads_only=True)
        session.rollback()
        answer = world.hub.look(session, caller, request(world, cursor=cursor_of(amy)), world.now_ms)
    assert answer is not None
    assert [page.table for page in answer.rows] == ["lead"]
