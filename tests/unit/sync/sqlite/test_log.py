"""The write-ahead log: moved into the database by the commit that makes it so long, and not before."""

from __future__ import annotations

from pathlib import Path

import apsw

from sync.sqlite import driver
from tests.unit.sync.sqlite.opened import KEY

LONG_LOG_PAGES = 1_500
"""Longer than SQLite would let it become by itself."""


def fill(connection: driver.Connection) -> int:
    """Write some hundred pages in one commit; how many the log has then."""
    connection.cursor().execute("INSERT INTO filling VALUES (zeroblob(800000))")
    connection.commit()
    return connection.log_pages


def with_filling(path: str, longest_log_pages: int | None) -> driver.Connection:
    """An open file whose log is empty."""
    opened = driver.connect(path, KEY, longest_log_pages=longest_log_pages)
    assert opened.log_pages == 0
    opened.cursor().execute("CREATE TABLE filling (body BLOB)")
    opened.commit()
    opened.checkpoint()
    return opened


def test_a_commit_leaves_the_log_alone_until_it_is_just_so_long(tmp_path: Path) -> None:
    trial = with_filling(str(tmp_path / "trial.db"), 10 * LONG_LOG_PAGES)
    lengths = [fill(trial) for _ in range(8)]
    assert lengths[-1] > LONG_LOG_PAGES
    trial.close()
    path = tmp_path / "app.db"
    opened = with_filling(str(path), lengths[-1])
    size = path.stat().st_size
    for length in lengths[:-1]:
        assert (fill(opened), path.stat().st_size) == (length, size)
    assert fill(opened) == lengths[-1]
    assert path.stat().st_size > LONG_LOG_PAGES * 4_096
    opened.close()


def test_a_log_that_was_moved_counts_as_empty_and_is_begun_anew(tmp_path: Path) -> None:
    path = tmp_path / "app.db"
    opened = with_filling(str(path), LONG_LOG_PAGES)
    length = fill(opened)
    assert length > 100
    opened.checkpoint()
    assert opened.log_pages == 0
    assert path.stat().st_size > 800_000
    assert fill(opened) <= length
    opened.close()


def test_what_could_not_be_moved_is_no_error_of_the_commit(path: str) -> None:
    opened = with_filling(path, 1)

    class Stubborn:
        """A file whose log cannot be moved now."""

        def wal_checkpoint(self) -> None:
            raise apsw.LockedError

    assert opened._note_log(1, Stubborn(), "main", 7) == apsw.SQLITE_OK
    assert opened.log_pages == 7
    opened.close()
