"""Bytes that are let go, thrown away or forgotten, and those that never are (S4)."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from shared_models.service.tables import Photo
from sync.carrying import carry
from sync.device import contents
from sync.device.tables import CONTENT, CONTENT_PIECE, OUTBOX_CHANGE
from sync.lane import FIRST_REST_MS, State
from tests.convergence.faults import run_by_hand
from tests.convergence.lane import PICTURE, THUMBNAIL, bring, item, keep, read, states, take
from tests.convergence.world import Device


@pytest.fixture
def amy(world) -> Device:
    return world.device("A", "amy")


@pytest.mark.parametrize("code", ["not_found", "not_yours", "forbidden"])
def test_what_the_hub_no_longer_has_for_this_person_is_forgotten(colleague, lane, code):
    boss, _ = colleague
    lane.refuses["thumbnail"] = code
    assert bring(boss, lane) == 0
    assert states(boss) == {}


def test_unsent_bytes_of_a_row_that_is_here_are_kept_though_the_hub_does_not_find_it(world, amy, lane):
    photo_id = take(amy)
    world.settle()
    lane.refuses["thumbnail"] = "not_found"
    assert bring(amy, lane) == 1
    assert item(amy, photo_id, "thumbnail").code == "not_found"
    with amy.engine.begin() as connection:
        connection.execute(Photo.__table__.delete())
    world.now_ms += FIRST_REST_MS
    bring(amy, lane)
    assert states(amy) == {}


def test_pictures_are_let_go_when_room_runs_short_and_thumbnails_stay(world, amy, lane):
    photo_id = take(amy)
    world.settle()
    bring(amy, lane, room_bytes=len(THUMBNAIL) + len(PICTURE))
    assert read(amy, photo_id, "picture") == PICTURE
    bring(amy, lane, room_bytes=len(THUMBNAIL) + len(PICTURE) - 1)
    assert (read(amy, photo_id, "picture"), read(amy, photo_id, "thumbnail")) == (None, THUMBNAIL)
    assert states(amy) == {"thumbnail": State.HERE}


def test_no_thumbnail_is_fetched_where_there_is_no_room(colleague, lane):
    boss, _ = colleague
    assert bring(boss, lane, room_bytes=0) == 0
    assert bring(boss, lane, room_bytes=1) == 1


def test_shots_that_no_row_names_go_after_thirty_days(world, amy, lane):
    keep(amy, "p")
    world.now_ms += 30 * 86_400_000
    bring(amy, lane)
    assert set(states(amy).values()) == {State.DRAFT}
    world.now_ms += 1
    bring(amy, lane)
    assert states(amy) == {}


def test_bytes_leave_with_their_row_and_unsent_ones_stay(world, amy, lane):
    first = take(amy)
    world.settle()
    bring(amy, lane)
    second = take(amy)
    with amy.engine.begin() as connection:
        connection.execute(Photo.__table__.delete())
        contents.prepare(connection, world.now_ms, 10**9)
        kept = {each.row_id for each in connection.execute(select(CONTENT))}
        assert contents.waiting_rows(connection) == {second}
    assert kept == {second}
    assert first != second


def test_bytes_of_a_dropped_unit_wait_for_nothing_until_it_is_taken_back(world, amy, lane):
    photo_id = take(amy)
    with amy.act() as session:
        session.get_one(Photo, photo_id)
    [unit] = amy.replica.pending_units()
    with amy.engine.begin() as connection:
        contents.outbox.settle(connection, unit.id, "refused", "not_yours", {})
    amy.replica.drop(unit.id)
    assert amy.replica.status().contents == 0
    assert bring(amy, lane) == 0
    amy.replica.take_back(unit.id)
    assert amy.replica.status().contents == 1


def test_a_picture_that_was_just_sent_goes_at_once_where_it_does_not_fit_with_all_its_pieces(
    world, amy, lane
):
    take(amy)
    world.settle()
    assert bring(amy, lane, room_bytes=len(THUMBNAIL)) == 2
    assert states(amy) == {"thumbnail": State.HERE}
    with amy.engine.connect() as connection:
        assert set(connection.execute(select(CONTENT_PIECE.c.part)).scalars()) == {"thumbnail"}


def test_pictures_may_take_150_mb_where_nothing_else_is_said(world, amy, lane):
    photo_id = take(amy)
    world.settle()
    bring(amy, lane)
    for size, stays in ((150_000_000, True), (150_000_001, False)):
        with amy.engine.begin() as connection:
            others = size - len(THUMBNAIL)
            connection.execute(update(CONTENT).where(CONTENT.c.part == "picture").values(size=others))
        run_by_hand(carry(amy.replica, lane))
        with amy.engine.connect() as connection:
            assert (contents.item_of(connection, photo_id, "picture") is not None) is stays


def test_a_row_is_known_that_is_in_the_copy_or_on_its_way_to_the_hub(world, amy):
    photo_id = take(amy)
    picture = item(amy, photo_id, "picture")
    with amy.engine.begin() as connection:
        assert contents.is_known(connection, picture)
        connection.execute(Photo.__table__.delete())
        assert contents.is_known(connection, picture)
        assert not contents.is_known(connection, replace(picture, row_id="another"))
        connection.execute(OUTBOX_CHANGE.delete().where(OUTBOX_CHANGE.c.tbl == "photo"))
        connection.execute(OUTBOX_CHANGE.update().values(row_id=photo_id))
        assert not contents.is_known(connection, picture)
