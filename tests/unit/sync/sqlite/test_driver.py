"""The driver by itself: what a transaction holds, what a cursor tells, what an error is called."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import apsw
import pytest

from sync.sqlite import driver, errors
from tests.unit.sync.sqlite.opened import KEY

FIVE = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n"


def names(connection: driver.Connection) -> list[str]:
    """What is in the table."""
    return [name for (name,) in connection.cursor().execute("SELECT name FROM thing ORDER BY name")]


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


def test_a_cursor_that_ran_nothing_yet_has_nothing_to_tell(connection: driver.Connection) -> None:
    cursor = connection.cursor()
    assert (cursor.description, cursor.rowcount, cursor.lastrowid) == (None, -1, None)
    assert (cursor.fetchone(), cursor.fetchall(), cursor.arraysize) == (None, [], 1)


def test_the_driver_says_what_it_is_as_db_api_2_asks() -> None:
    assert (driver.apilevel, driver.threadsafety, driver.paramstyle) == ("2.0", 1, "qmark")


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
