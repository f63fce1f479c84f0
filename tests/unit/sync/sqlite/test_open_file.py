"""What an open file promises: flushed, hidden, for one alone, and not held where it was not opened."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from sync.sqlite import driver, errors
from tests.unit.sync.sqlite.opened import KEY


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> None:
    """An SQLite that was built to flush nothing, to check foreign keys, and with a weaker cipher."""

    def opened(connection: apsw.Connection) -> None:
        for name, value in {"synchronous": "OFF", "foreign_keys": "ON", "secure_delete": "OFF"}.items():
            connection.pragma(name, value)
        connection.pragma("cipher", "aes256cbc")

    monkeypatch.setattr(apsw, "connection_hooks", [opened])


def settings(connection: driver.Connection, *asked: str) -> list[object]:
    """What SQLite says of itself."""
    return [connection.apsw.pragma(name) for name in asked]


@pytest.mark.usefixtures("careless")
def test_every_commit_is_flushed_and_nothing_is_left_behind_however_sqlite_was_built(path: str) -> None:
    opened = driver.connect(path, KEY)
    full, memory, fast = 2, 2, 2
    assert settings(opened, "synchronous", "journal_mode", "foreign_keys") == [full, "wal", 0]
    assert settings(opened, "temp_store", "secure_delete", "cipher") == [memory, fast, "chacha20"]
    opened.close()


@pytest.mark.usefixtures("careless")
def test_a_plain_file_is_flushed_too_and_hides_nothing(path: str) -> None:
    opened = driver.connect(path)
    assert settings(opened, "synchronous", "journal_mode", "foreign_keys") == [2, "wal", 0]
    assert settings(opened, "temp_store", "secure_delete") == [0, 0]
    opened.close()
    assert Path(path).read_bytes().startswith(b"SQLite format 3")


def test_a_lock_is_waited_for_five_seconds_or_as_long_as_is_said(path: str) -> None:
    for opened, waits_ms in ((driver.connect(path), 5_000), (driver.connect(path, busy_ms=70), 70)):
        assert settings(opened, "busy_timeout") == [waits_ms]
        opened.close()


def test_a_file_may_be_for_one_alone(path: str) -> None:
    first = driver.connect(path, KEY)
    second = driver.connect(path, KEY, busy_ms=0)
    second.close()
    first.close()
    alone = driver.connect(path, KEY, exclusive=True)
    with pytest.raises(driver.OperationalError):
        driver.connect(path, KEY, busy_ms=0)
    alone.close()


def test_what_can_have_no_log_is_not_opened() -> None:
    with pytest.raises(driver.OperationalError, match="journal mode is memory"):
        driver.connect(":memory:")


@pytest.mark.parametrize("key", ["", "0" * 63, "0" * 65, "g" * 64, "A" * 64, "'; --" + "0" * 59])
def test_a_malformed_key_is_refused_before_the_file_is_touched(path: str, key: str) -> None:
    with pytest.raises(driver.InterfaceError):
        driver.connect(path, key)
    assert not Path(path).exists()


def test_a_file_that_was_not_opened_is_not_held(path: str) -> None:
    driver.connect(path, KEY).close()
    for _ in range(2):
        with pytest.raises(errors.DamagedError) as refused:
            driver.connect(path, "f" * 64, exclusive=True)
        assert refused.value.__cause__ is not None
        driver.connect(path, KEY, exclusive=True, busy_ms=0).close()
