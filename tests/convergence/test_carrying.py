"""Bytes beside the rows: kept in pieces, sent and fetched one item at a time, let go and thrown away (S4)."""

import hashlib
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from shared_models.ids import new_id
from shared_models.service.tables import Photo
from sync.carrying import NotCarried, carry
from sync.device import contents
from sync.device.tables import CONTENT, CONTENT_PIECE
from sync.lane import FIRST_REST_MS, Item, State
from sync.schema import catalogue
from tests.convergence.faults import run_by_hand
from tests.convergence.world import COMPANY, Device, World, make_lead

PICTURE, THUMBNAIL = b"picture " * 40_000, b"thumbnail"
PIECES = 3
"""So many make up the picture."""


class Lane:
    """The hub's end of the lane, in memory: what it has of each part, and what it refuses with which code."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], bytes] = {}
        self.refuses: dict[str, str] = {}
        self.asked: list[tuple[str, str]] = []
        self.damage: Callable[[bytes], bytes] = bytes

    async def arrived(self, item: Item) -> int:
        self.asked.append(("arrived", item.part))
        return len(self.held.get((item.row_id, item.part), b""))

    async def send(self, item: Item, offset: int, piece: bytes) -> int:
        self._heard("send", item)
        have = self.held.get((item.row_id, item.part), b"")
        assert offset == len(have)
        self.held[item.row_id, item.part] = have + piece
        return offset + len(piece)

    async def fetch(self, item: Item, offset: int) -> bytes:
        self._heard("fetch", item)
        return self.damage(self.held[item.row_id, item.part][offset : offset + 200_000])

    def _heard(self, what: str, item: Item) -> None:
        self.asked.append((what, item.part))
        if item.part in self.refuses:
            raise NotCarried(self.refuses[item.part])


@pytest.fixture
def amy(world) -> Device:
    return world.device("A", "amy")


@pytest.fixture
def lane() -> Lane:
    return Lane()


def spec():
    return catalogue()["photo"]


def keep(device: Device, photo_id: str) -> dict:
    with device.engine.begin() as connection:
        parts = {"picture": PICTURE, "thumbnail": THUMBNAIL}
        return contents.keep(connection, spec(), photo_id, parts, device.replica.now_ms())


def take(device: Device) -> str:
    """A lead with one photo; its identifier."""
    photo_id = new_id()
    named = keep(device, photo_id)
    with device.act("visit") as session:
        lead = make_lead()
        session.add(lead)
        session.flush()
        session.add(
            Photo(
                id=photo_id,
                company_id=COMPANY,
                about_table="lead",
                about_id=lead.id,
                staff_id=device.owner,
                width_px=4,
                height_px=3,
                taken_at_ms=device.replica.now_ms(),
                **named,
            )
        )
        contents.claim(session.connection(), photo_id)
    return photo_id


def bring(device: Device, lane: Lane, room_bytes: int = 10**9) -> int:
    return int(run_by_hand(carry(device.replica, lane, room_bytes)))


def states(device: Device) -> dict[str, str]:
    with device.engine.connect() as connection:
        return dict(connection.execute(select(CONTENT.c.part, CONTENT.c.state)).all())


def item(device: Device, photo_id: str, part: str) -> Item:
    with device.engine.connect() as connection:
        found = contents.item_of(connection, photo_id, part)
    assert found is not None
    return found


def read(device: Device, photo_id: str, part: str) -> bytes | None:
    with device.engine.connect() as connection:
        return contents.read(connection, photo_id, part)


def arrive(world: World, photo_id: str) -> None:
    """The hub notes that it has both parts."""
    with world.office() as session:
        photo = session.get_one(Photo, photo_id)
        photo.picture_at_ms = photo.thumbnail_at_ms = world.now_ms


@pytest.fixture
def colleague(world, amy, lane) -> tuple[Device, str]:
    """The manager's tablet, which has the row of a photo whose bytes are at the hub."""
    photo_id = take(amy)
    world.settle()
    bring(amy, lane)
    arrive(world, photo_id)
    boss = world.device("M", "max")
    world.settle()
    lane.asked.clear()
    return boss, photo_id


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


def test_what_the_hub_says_it_has_needs_no_sending(world, amy, lane):
    photo_id = take(amy)
    world.settle()
    arrive(world, photo_id)
    world.settle()
    assert (bring(amy, lane), lane.asked) == (0, [])
    assert states(amy) == {"picture": State.HERE, "thumbnail": State.HERE}


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


def test_the_screens_are_told_of_each_item(world, amy, lane):
    take(amy)
    world.settle()
    heard: list[frozenset[str]] = []
    amy.replica.subscribe(heard.append)
    bring(amy, lane)
    assert heard == [frozenset({"photo"})] * 2


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
