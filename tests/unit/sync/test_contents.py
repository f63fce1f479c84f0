"""Bytes on the device by themselves: the pieces they are kept in, and how long those wait that no row names."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, func, select

from shared_models.service.tables import Photo
from sync.device import contents
from sync.device.tables import CONTENT, CONTENT_PIECE, METADATA
from sync.schema import catalogue

NOW = 1_780_000_000_000
A_DAY_MS = 86_400_000
KIB = 1_024


@pytest.fixture
def connection() -> Iterator[Connection]:
    """A device with no photo yet."""
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    Photo.__table__.create(engine)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def keep(connection: Connection, row_id: str, picture: bytes, at_ms: int = NOW) -> None:
    contents.keep(connection, catalogue()["photo"], row_id, {"picture": picture, "thumbnail": b"t"}, at_ms)


def rows_with_bytes(connection: Connection) -> set[str]:
    return set(connection.execute(select(CONTENT.c.row_id)).scalars())


def test_shots_of_a_form_wait_thirty_days_for_the_row_that_names_them(connection):
    for row_id, days in {"new": 0, "last": 30, "old": 31}.items():
        keep(connection, row_id, b"p", NOW - days * A_DAY_MS)
    contents.prepare(connection, NOW, 10**9)
    assert rows_with_bytes(connection) == {"new", "last"}
    contents.claim(connection, "last")
    contents.prepare(connection, NOW + 90 * A_DAY_MS, 10**9)
    assert rows_with_bytes(connection) == {"last"}


@pytest.mark.parametrize(
    ("size", "pieces"), [(0, 0), (1, 1), (128 * KIB, 1), (128 * KIB + 1, 2), (500 * KIB, 4)]
)
def test_what_is_sent_in_one_request_has_at_most_128_kib(connection, size, pieces):
    keep(connection, "p", bytes(size))
    of_picture = CONTENT_PIECE.c.part == "picture"
    found = connection.execute(
        select(func.count(), func.max(func.length(CONTENT_PIECE.c.bytes))).where(of_picture)
    ).one()
    assert tuple(found) == (pieces, min(size, 128 * KIB) or None)
    assert (contents.read(connection, "p", "picture") or b"") == bytes(size)
    picture = contents.item_of(connection, "p", "picture")
    assert picture is not None
    assert len(contents.piece_from(connection, picture, 1)) == max(0, min(size, 128 * KIB) - 1)
    assert contents.received(connection, picture) == size


def test_what_is_known_of_no_part_is_nothing(connection):
    assert contents.item_of(connection, "p", "picture") is None
    assert contents.read(connection, "p", "picture") is None
    assert contents.count_waiting(connection) == 0
    assert contents.troubles(connection) == []
    assert contents.next_item(connection, NOW) is None


def test_rows_whose_bytes_wait_are_counted_not_their_parts(connection):
    for row_id in ("p", "q", "draft"):
        keep(connection, row_id, b"p")
    for row_id in ("p", "q"):
        contents.claim(connection, row_id)
    assert contents.count_waiting(connection) == 2
    assert contents.waiting_rows(connection) == {"p", "q"}
    contents.forget(connection, "q")
    assert contents.count_waiting(connection) == 1
