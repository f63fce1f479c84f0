"""Bytes beside the rows: kept in pieces, sent and fetched one item at a time (S4)."""

import hashlib

import pytest
from sqlalchemy import select, update

from shared_models.service.tables import Photo
from sync.device import contents
from sync.device.tables import CONTENT, CONTENT_PIECE
from sync.lane import FIRST_REST_MS, State
from tests.convergence.lane import (
    PICTURE,
    PIECES,
    THUMBNAIL,
    arrive,
    bring,
    item,
    keep,
    read,
    spec,
    states,
    take,
)
from tests.convergence.world import Device


@pytest.fixture
def amy(world) -> Device:
    return world.device("A", "amy")


def test_bytes_are_kept_in_pieces_and_named_by_their_hash(amy):
    named = keep(amy, "p")
    assert named == {
        "picture_sha256": hashlib.sha256(PICTURE).hexdigest(),
        "picture_bytes": len(PICTURE),
        "thumbnail_sha256": hashlib.sha256(THUMBNAIL).hexdigest(),
        "thumbnail_bytes": len(THUMBNAIL),
    }
    assert (read(amy, "p", "picture"), read(amy, "p", "thumbnail")) == (PICTURE, THUMBNAIL)
    picture = item(amy, "p", "picture")
    with amy.engine.connect() as connection:
        assert contents.received(connection, picture) == len(PICTURE)
        pieces = [contents.piece_from(connection, picture, at) for at in (0, 131_072, 131_073, len(PICTURE))]
        assert (
            len(connection.execute(select(CONTENT_PIECE).where(CONTENT_PIECE.c.part == "picture")).all())
            == PIECES
        )
        assert contents.read_all(connection, ["p", "q"], "thumbnail") == {"p": THUMBNAIL}
    assert pieces == [PICTURE[:131_072], PICTURE[131_072:262_144], PICTURE[131_073:262_144], b""]


def test_nothing_is_sent_before_its_row_and_then_all_of_it(world, amy, lane):
    photo_id = take(amy)
    assert amy.replica.status().contents == 1
    assert (bring(amy, lane), lane.asked) == (0, [])
    world.settle()
    assert bring(amy, lane) == 2
    assert lane.held == {(photo_id, "picture"): PICTURE, (photo_id, "thumbnail"): THUMBNAIL}
    assert lane.asked == [("send", "thumbnail"), ("arrived", "picture"), *[("send", "picture")] * PIECES]
    assert (states(amy), amy.replica.status().contents) == (
        {"picture": State.HERE, "thumbnail": State.HERE},
        0,
    )
    assert bring(amy, lane) == 0


def test_what_the_hub_refuses_rests_longer_each_time_and_stops_nobody_else(world, amy, lane):
    photo_id = take(amy)
    world.settle()
    lane.refuses["thumbnail"] = "photo_quota"
    assert bring(amy, lane) == 1
    for tries in (1, 2):
        resting = item(amy, photo_id, "thumbnail")
        rest_ms = FIRST_REST_MS * tries
        assert (resting.state, resting.tries, resting.code) == (State.WAITING, tries, "photo_quota")
        assert resting.retry_at_ms == world.now_ms + rest_ms
        with amy.engine.connect() as connection:
            assert contents.troubles(connection) == ["photo_quota"]
        world.now_ms += rest_ms - 1
        assert bring(amy, lane) == 0
        world.now_ms += 1
        assert bring(amy, lane) == 0
        if tries == 1:
            assert lane.asked[-2:] == [("arrived", "thumbnail"), ("send", "thumbnail")]
    lane.refuses.clear()
    world.now_ms += 4 * FIRST_REST_MS
    assert bring(amy, lane) == 1
    settled = item(amy, photo_id, "thumbnail")
    assert (settled.state, settled.tries, settled.retry_at_ms, settled.code) == (State.HERE, 0, 0, "")


def test_pieces_that_are_missing_here_are_told_as_damage_and_not_sent_for_ever(world, amy, lane):
    photo_id = take(amy)
    world.settle()
    with amy.engine.begin() as connection:
        connection.execute(CONTENT_PIECE.delete().where(CONTENT_PIECE.c.start > 0))
    assert bring(amy, lane) == 1
    assert item(amy, photo_id, "picture").code == "photo_damaged"


def test_a_thumbnail_comes_unasked_and_a_picture_when_somebody_wants_to_see_it(world, colleague, lane):
    boss, photo_id = colleague
    assert bring(boss, lane) == 1
    assert (read(boss, photo_id, "thumbnail"), read(boss, photo_id, "picture")) == (THUMBNAIL, None)
    with boss.engine.begin() as connection:
        contents.want(connection, spec(), photo_id, "picture", world.now_ms)
        contents.want(connection, spec(), "nothing", "picture", world.now_ms)
    wanted = item(boss, photo_id, "picture")
    assert (wanted.state, wanted.used_at_ms, wanted.size) == (State.WANTED, world.now_ms, len(PICTURE))
    assert bring(boss, lane) == 1
    assert read(boss, photo_id, "picture") == PICTURE
    assert lane.asked == [("fetch", "thumbnail"), ("fetch", "picture"), ("fetch", "picture")]


def test_wanting_a_picture_again_tries_at_once_and_looking_at_it_keeps_it(world, colleague, lane):
    boss, photo_id = colleague
    lane.refuses["picture"] = "photo_on_its_way"
    with boss.engine.begin() as connection:
        contents.want(connection, spec(), photo_id, "picture", world.now_ms)
    bring(boss, lane)
    assert item(boss, photo_id, "picture").retry_at_ms > world.now_ms
    world.now_ms += 5
    lane.refuses.clear()
    with boss.engine.begin() as connection:
        contents.want(connection, spec(), photo_id, "picture", world.now_ms)
    again = item(boss, photo_id, "picture")
    assert (again.retry_at_ms, again.at_ms, again.used_at_ms) == (0, world.now_ms, world.now_ms)
    assert bring(boss, lane) == 1
    here = item(boss, photo_id, "picture")
    world.now_ms += 5
    with boss.engine.begin() as connection:
        contents.want(connection, spec(), photo_id, "picture", world.now_ms)
    seen = item(boss, photo_id, "picture")
    assert (seen.state, seen.used_at_ms, seen.at_ms) == (State.HERE, world.now_ms, here.at_ms)


def test_a_download_goes_on_where_it_was_cut(world, colleague, lane):
    boss, photo_id = colleague
    with boss.engine.begin() as connection:
        contents.want(connection, spec(), photo_id, "picture", world.now_ms)
        wanted = contents.item_of(connection, photo_id, "picture")
        assert contents.add_piece(connection, wanted, PICTURE[:1_000])
    assert read(boss, photo_id, "picture") is None
    assert bring(boss, lane) == 2
    assert read(boss, photo_id, "picture") == PICTURE


def test_bytes_that_are_not_what_the_row_names_are_thrown_away(colleague, lane):
    boss, photo_id = colleague
    lane.damage = lambda held: b"x" * len(held)
    assert bring(boss, lane) == 0
    damaged = item(boss, photo_id, "thumbnail")
    assert (damaged.state, damaged.code) == (State.WANTED, "photo_damaged")
    with boss.engine.connect() as connection:
        assert contents.received(connection, damaged) == 0


def test_a_hub_that_has_no_more_bytes_is_told_as_damage(colleague, lane):
    boss, photo_id = colleague
    lane.damage = lambda _held: b""
    assert bring(boss, lane) == 0
    assert item(boss, photo_id, "thumbnail").code == "photo_damaged"


def test_pieces_of_what_is_not_wanted_any_more_are_not_kept(world, colleague, lane):
    boss, photo_id = colleague
    with boss.engine.begin() as connection:
        contents.want(connection, spec(), photo_id, "picture", world.now_ms)
        wanted = contents.item_of(connection, photo_id, "picture")
        assert wanted is not None
        connection.execute(update(CONTENT).values(sha256="0" * 64))
        assert not contents.add_piece(connection, wanted, b"x")
        connection.execute(update(CONTENT).values(sha256=wanted.sha256, state=State.HERE))
        assert not contents.add_piece(connection, wanted, b"x")
        contents.forget(connection, photo_id)
        assert not contents.add_piece(connection, wanted, b"x")
        assert contents.received(connection, wanted) == 0


def test_what_the_hub_says_it_has_needs_no_sending(world, amy, lane):
    photo_id = take(amy)
    world.settle()
    arrive(world, photo_id)
    world.settle()
    assert (bring(amy, lane), lane.asked) == (0, [])
    assert states(amy) == {"picture": State.HERE, "thumbnail": State.HERE}


def test_the_screens_are_told_of_each_item(world, amy, lane):
    take(amy)
    world.settle()
    heard: list[frozenset[str]] = []
    amy.replica.subscribe(heard.append)
    bring(amy, lane)
    assert heard == [frozenset({"photo"})] * 2


def test_of_a_picture_that_is_here_in_part_nothing_is_shown_though_its_thumbnail_is_here(
    world, colleague, lane
):
    boss, photo_id = colleague
    bring(boss, lane)
    with boss.engine.begin() as connection:
        contents.want(connection, spec(), photo_id, "picture", world.now_ms)
        wanted = contents.item_of(connection, photo_id, "picture")
        assert wanted is not None
        assert contents.add_piece(connection, wanted, PICTURE[:1_000])
    assert (read(boss, photo_id, "picture"), read(boss, photo_id, "thumbnail")) == (None, THUMBNAIL)


@pytest.mark.parametrize("part", ["picture", "thumbnail"])
def test_what_the_hub_has_of_a_photo_is_not_sent_again_and_the_other_part_is(world, amy, lane, part):
    photo_id = take(amy)
    world.settle()
    with world.office() as session:
        setattr(session.get_one(Photo, photo_id), f"{part}_at_ms", world.now_ms)
    world.settle()
    assert bring(amy, lane) == 1
    assert lane.held.keys() == {(photo_id, "thumbnail" if part == "picture" else "picture")}


def test_what_was_never_tried_may_go_at_any_time(amy):
    photo_id = take(amy)
    for part in ("picture", "thumbnail"):
        new = item(amy, photo_id, part)
        assert (new.tries, new.retry_at_ms, new.code, new.used_at_ms) == (0, 0, "", new.at_ms)


def test_a_picture_that_nobody_wants_any_more_is_not_fetched_any_further(world, colleague, lane):
    boss, photo_id = colleague
    bring(boss, lane)
    with boss.engine.begin() as connection:
        contents.want(connection, spec(), photo_id, "picture", world.now_ms)

    def left_meanwhile(held: bytes) -> bytes:
        with boss.engine.begin() as connection:
            contents.forget(connection, photo_id)
        return held

    lane.asked.clear()
    lane.damage = left_meanwhile
    assert (bring(boss, lane), lane.asked) == (0, [("fetch", "picture")])
    assert states(boss) == {}
