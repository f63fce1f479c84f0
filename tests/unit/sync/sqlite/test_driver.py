"""The driver by itself: what an open file promises, what a cursor tells, what an error is called."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from sync.sqlite import driver, errors

KEY = "0123456789abcdef" * 4
FIVE = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n"


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Where the database of a test lives."""
    return str(tmp_path / "app.db")


@pytest.fixture
def connection(path: str) -> Iterator[driver.Connection]:
    """An open file with a table of three rows."""
    opened = driver.connect(path, KEY)
    opened.cursor().execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT UNIQUE)")
    opened.cursor().execute("INSERT INTO thing (name) VALUES ('a'), ('b'), ('c')")
    opened.commit()
    yield opened
    opened.close()


def names(connection: driver.Connection) -> list[str]:
    """What is in the table."""
    return [name for (name,) in connection.cursor().execute("SELECT name FROM thing ORDER BY name")]


# --- an open file -----------------------------------------------------------------------------------------------------


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


# --- transactions -----------------------------------------------------------------------------------------------------


def test_a_transaction_begins_with_the_first_statement_and_ends_with_a_word(
    connection: driver.Connection,
) -> None:
    for end in (connection.rollback, connection.commit):
        end()  # there is none: nothing happens
        assert not connection.apsw.in_transaction
        connection.cursor().execute("SELECT 1")
        assert connection.apsw.in_transaction
        connection.cursor().execute("DELETE FROM thing WHERE name = 'a'")
        end()
        assert not connection.apsw.in_transaction
    assert names(connection) == ["b", "c"]
    connection.rollback()
    assert names(connection) == ["b", "c"]


def test_many_rows_are_part_of_the_transaction(connection: driver.Connection) -> None:
    connection.cursor().executemany("INSERT INTO thing (name) VALUES (?)", [("d",), ("e",)])
    connection.rollback()
    assert names(connection) == ["a", "b", "c"]


def test_every_statement_commits_by_itself_where_that_is_asked_for(connection: driver.Connection) -> None:
    connection.isolation_level = None
    connection.cursor().execute("DELETE FROM thing WHERE name = 'a'")
    assert not connection.apsw.in_transaction
    connection.rollback()
    assert names(connection) == ["b", "c"]


def test_closing_the_file_undoes_the_open_transaction(path: str, connection: driver.Connection) -> None:
    connection.cursor().execute("DELETE FROM thing")
    connection.close()
    again = driver.connect(path, KEY)
    assert names(again) == ["a", "b", "c"]
    again.close()


# --- a cursor ---------------------------------------------------------------------------------------------------------


def test_rows_are_fetched_one_by_one_in_parts_and_all(connection: driver.Connection) -> None:
    cursor = connection.cursor().execute(FIVE)
    assert cursor.fetchone() == (1,)
    assert cursor.fetchmany(2) == [(2,), (3,)]
    assert cursor.fetchmany() == [(4,)]
    assert cursor.fetchmany(0) == []
    assert cursor.fetchmany(9) == [(5,)]
    assert cursor.fetchone() is None
    assert list(cursor.execute(FIVE)) == cursor.execute(FIVE).fetchall() == [(n,) for n in range(1, 6)]


def test_a_result_names_its_columns_and_a_change_has_none(connection: driver.Connection) -> None:
    cursor = connection.cursor()
    assert cursor.description is None
    for statement in ("SELECT id, name FROM thing", "DELETE FROM thing WHERE id > 9 RETURNING id, name"):
        cursor.execute(statement)
        assert cursor.description is not None
        assert [column[0] for column in cursor.description] == ["id", "name"]
    for statement in ("UPDATE thing SET name = 'x' WHERE id = 1", "CREATE TABLE other (id INTEGER)"):
        cursor.execute(statement)
        assert (cursor.description, cursor.fetchall()) == (None, [])


@pytest.mark.parametrize(
    ("statement", "count"),
    [
        ("UPDATE thing SET name = name || 'x'", 3),
        ("DELETE FROM thing WHERE id > 1", 2),
        ("INSERT INTO thing (name) VALUES ('d')", 1),
        ("DELETE FROM thing WHERE id > 1 RETURNING id", 2),
        ("WITH one AS (SELECT 1 AS id) DELETE FROM thing WHERE id IN (SELECT id FROM one)", 1),
        ("SELECT id FROM thing", -1),
        (FIVE, -1),
    ],
)
def test_a_change_tells_how_many_rows_it_changed_and_a_question_tells_no_count(
    connection: driver.Connection, statement: str, count: int
) -> None:
    cursor = connection.cursor()
    assert cursor.rowcount == -1
    assert cursor.execute(statement).rowcount == count


def test_a_new_row_tells_its_number(connection: driver.Connection) -> None:
    cursor = connection.cursor()
    assert cursor.lastrowid is None
    assert cursor.execute("INSERT INTO thing (name) VALUES ('d')").lastrowid == 4
    assert cursor.executemany("INSERT INTO thing (name) VALUES (?)", [("e",), ("f",)]).lastrowid == 6


def test_nothing_of_the_last_result_is_left_when_many_rows_are_written(connection: driver.Connection) -> None:
    cursor = connection.cursor().execute("UPDATE thing SET name = name RETURNING id")
    cursor.executemany("INSERT INTO thing (name) VALUES (?)", [("d",)])
    assert (cursor.fetchall(), cursor.description, cursor.rowcount) == ([], None, -1)


def test_nothing_of_the_last_result_is_left_when_a_statement_fails(connection: driver.Connection) -> None:
    cursor = connection.cursor().execute("DELETE FROM thing RETURNING id")
    with pytest.raises(driver.OperationalError):
        cursor.execute("SELECT * FROM nowhere")
    assert (cursor.fetchall(), cursor.description, cursor.rowcount) == ([], None, -1)


def test_a_closed_cursor_has_no_rows_and_runs_nothing(connection: driver.Connection) -> None:
    cursor = connection.cursor().execute(FIVE)
    cursor.close()
    assert (cursor.fetchall(), cursor.description) == ([], None)
    with pytest.raises(driver.ProgrammingError):
        cursor.execute(FIVE)


def test_a_function_of_python_is_asked_by_sql_and_indexed_where_it_always_says_the_same(
    connection: driver.Connection,
) -> None:
    connection.create_function("twice", 1, lambda text: 2 * text, deterministic=True)
    connection.create_function("whim", 1, lambda text: text)
    assert connection.cursor().execute("SELECT twice('ab'), whim('a')").fetchall() == [("abab", "a")]
    connection.cursor().execute("CREATE INDEX by_twice ON thing (twice(name))")
    with pytest.raises(driver.OperationalError):
        connection.cursor().execute("CREATE INDEX by_whim ON thing (whim(name))")
    connection.rollback()


# --- the write-ahead log ----------------------------------------------------------------------------------------------

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


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statement", "parameters", "kind"),
    [
        ("INSERT INTO thing (name) VALUES ('a')", (), driver.IntegrityError),
        ("INSERT INTO thing (id) VALUES ('no number')", (), driver.IntegrityError),
        ("SELECT * FROM nowhere", (), driver.OperationalError),
        ("SELECT ?", (), driver.ProgrammingError),
        ("SELECT ?", (object(),), driver.ProgrammingError),
        ("SELECT ?", (2**64,), driver.ProgrammingError),
        ("SELECT zeroblob(2000000000)", (), driver.DataError),
    ],
)
def test_what_went_wrong_has_its_name(
    connection: driver.Connection, statement: str, parameters: tuple[object, ...], kind: type[Exception]
) -> None:
    with pytest.raises(driver.Error) as raised:
        connection.cursor().execute(statement, parameters)
    assert type(raised.value) is kind
    with pytest.raises(driver.Error) as raised:
        connection.cursor().executemany(statement, [parameters])
    assert type(raised.value) is kind
    assert names(connection) == ["a", "b", "c"]


def test_a_closed_file_is_a_mistake_of_whoever_asks(connection: driver.Connection) -> None:
    connection.close()
    connection.close()
    with pytest.raises(driver.ProgrammingError):
        connection.cursor().execute("SELECT 1")


def test_a_file_that_is_no_database_is_damaged(path: str) -> None:
    Path(path).write_bytes(os.urandom(8_192))
    with pytest.raises(errors.DamagedError):
        driver.connect(path, KEY)


def test_bytes_go_as_they_are() -> None:
    assert driver.Binary(b"\x00a") == b"\x00a"


def test_cursors_that_are_done_with_are_freed(connection: driver.Connection) -> None:
    """A server runs for months: one cursor kept for each statement would fill its memory."""

    def kept() -> int:
        gc.collect()
        return sum(isinstance(each, apsw.Cursor) for each in gc.get_objects())

    def work() -> None:
        for sql in ("SELECT 1", "CREATE TABLE IF NOT EXISTS kept (n)", "UPDATE kept SET n = 1"):
            cursor = connection.cursor()
            cursor.execute(sql)
            cursor.close()
        cursor = connection.cursor()
        cursor.executemany("INSERT INTO kept VALUES (?)", [(1,), (2,)])
        cursor.close()
        with pytest.raises(driver.OperationalError):
            connection.cursor().execute("SELECT no_such_column FROM kept")
        connection.commit()

    work()
    before = kept()
    for _ in range(20):
        work()
    assert kept() <= before
