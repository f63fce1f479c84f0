"""What a device remembers about itself, and what is not worth a write."""

import pytest
from sqlalchemy import create_engine

from sync.device import state
from sync.device.tables import METADATA


@pytest.fixture
def connection():
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_what_was_written_last_is_read(connection):
    assert state.read(connection, "cursor") is None
    state.write(connection, cursor="a", skew_ms=5)
    state.write(connection, cursor="b")
    assert state.read(connection, "cursor") == "b"
    assert state.read_all(connection) == {"cursor": "b", "skew_ms": 5}


@pytest.mark.parametrize(
    ("key", "kept", "value", "is_written"),
    [
        ("cursor", "a", "a", False),
        ("cursor", "a", "b", True),
        ("remaining", 5, 6, True),
        ("skew_ms", None, 1, True),
        ("skew_ms", 10, 1_010, False),
        ("skew_ms", 10, 1_011, True),
        ("skew_ms", 10, -991, True),
        ("last_sync_at_ms", 10, 30_010, False),
        ("last_sync_at_ms", 10, 30_011, True),
    ],
)
def test_a_moment_is_written_only_when_it_moved_by_more_than_a_little(
    connection, key, kept, value, is_written
):
    state.write_changed(connection, {} if kept is None else {key: kept}, **{key: value})
    assert state.read(connection, key) == (value if is_written else None)
