"""The driver beneath SQLAlchemy, on the real encrypted SQLite as a device has it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError
from sqlmodel import Field, Session, SQLModel, select

from sync.sqlite import dialect, driver, errors
from tests.unit.sync.sqlite.opened import KEY

OTHER_KEY = "f" * 64
BULK_ROWS = 10_000


class Note(SQLModel, table=True):
    """A row as the app would write one."""

    __tablename__ = "driver_test_note"

    id: int | None = Field(default=None, primary_key=True)
    title: str = Field(unique=True)
    body: bytes | None = None


def open_engine(path: str, hexkey: str = KEY) -> Engine:
    """An engine on the encrypted file."""
    return create_engine(
        URL.create(dialect.NAME, database=path), creator=lambda: driver.connect(path, hexkey)
    )


@pytest.fixture
def engine(path: str) -> Iterator[Engine]:
    """An empty database with one table."""
    opened = open_engine(path, KEY)
    SQLModel.metadata.create_all(opened, tables=[SQLModel.metadata.tables["driver_test_note"]])
    yield opened
    opened.dispose()


def titles(engine: Engine) -> list[str]:
    """What a new session reads."""
    with Session(engine) as session:
        return list(session.exec(select(Note.title).order_by(Note.title)))


def test_what_was_committed_is_read_again_after_reopening(engine: Engine, path: str) -> None:
    with Session(engine) as session:
        session.add(Note(title="张伟 · 沙发", body=b"\x00\xff"))
        session.commit()
    engine.dispose()
    again = open_engine(path, KEY)
    with Session(again) as session:
        note = session.exec(select(Note)).one()
        assert (note.title, note.body) == ("张伟 · 沙发", b"\x00\xff")
    again.dispose()


def test_a_rollback_undoes_everything_since_the_last_commit(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(Note(title="kept"))
        session.commit()
        session.add(Note(title="undone"))
        session.flush()
        session.rollback()
    assert titles(engine) == ["kept"]


def test_a_savepoint_undoes_only_its_own_part(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(Note(title="outer"))
        with session.begin_nested() as savepoint:
            session.add(Note(title="inner"))
            session.flush()
            savepoint.rollback()
        session.commit()
    assert titles(engine) == ["outer"]


def test_creating_a_table_is_undone_with_its_transaction(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE passing (id INTEGER)"))
        connection.rollback()
        assert (
            connection.execute(text("SELECT count(*) FROM sqlite_schema WHERE name = 'passing'")).scalar()
            == 0
        )


def test_a_value_that_must_be_unique_raises_an_integrity_error(engine: Engine) -> None:
    with Session(engine) as session:
        session.add_all([Note(title="same"), Note(title="same")])
        with pytest.raises(IntegrityError) as raised:
            session.commit()
    assert isinstance(raised.value.orig, driver.IntegrityError)


def test_a_statement_that_sqlite_does_not_understand_raises_an_operational_error(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(OperationalError):
        connection.execute(text("SELECT * FROM nowhere"))


def test_a_full_disk_raises_an_error_of_its_own_and_keeps_what_was_committed(engine: Engine) -> None:
    with Session(engine) as session:
        session.add(Note(title="kept"))
        session.commit()
        pages = session.connection().execute(text("PRAGMA page_count")).scalar_one()
        session.connection().execute(text(f"PRAGMA max_page_count = {pages}"))
        session.add(Note(title="too big", body=bytes(100_000)))
        with pytest.raises(OperationalError) as raised:
            session.commit()
    assert isinstance(raised.value.orig, errors.DiskFullError)
    assert titles(engine) == ["kept"]


def test_counts_of_changed_rows_are_told(engine: Engine) -> None:
    with Session(engine) as session:
        session.add_all([Note(title=str(number)) for number in range(3)])
        session.commit()
    with engine.begin() as connection:
        assert connection.execute(text("UPDATE driver_test_note SET body = x'01'")).rowcount == 3
        returned = connection.execute(text("DELETE FROM driver_test_note WHERE title > '0' RETURNING title"))
        assert sorted(returned.scalars()) == ["1", "2"]


def test_a_result_without_rows_still_names_its_columns(engine: Engine) -> None:
    with engine.connect() as connection:
        result = connection.execute(text("SELECT id, title FROM driver_test_note"))
        assert list(result.keys()) == ["id", "title"]
        assert result.all() == []


def test_the_files_do_not_show_what_is_in_them_without_the_key(
    engine: Engine, path: str, tmp_path: Path
) -> None:
    with Session(engine) as session:
        session.add(Note(title="13800138000 张伟", body=b"13800138000" * 500))
        session.commit()
        content = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    engine.dispose()
    content += Path(path).read_bytes()
    assert b"SQLite format 3" not in content
    assert b"13800138000" not in content


def test_another_key_is_refused(engine: Engine, path: str) -> None:
    engine.dispose()
    with pytest.raises(DatabaseError), open_engine(path, OTHER_KEY).connect():
        pass


def test_the_capture_of_changes_sees_flushes_and_commits(engine: Engine) -> None:
    seen: list[str] = []
    with Session(engine) as session:
        event.listen(session, "before_flush", lambda flushed, *_: seen.extend(n.title for n in flushed.new))
        session.add(Note(title="captured"))
        session.commit()
    assert seen == ["captured"]


def test_many_rows_are_written_with_one_statement(engine: Engine) -> None:
    rows = [(f"title {number}", bytes(300)) for number in range(BULK_ROWS)]
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO driver_test_note (title, body) VALUES (?, ?)", rows)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM driver_test_note")).scalar() == BULK_ROWS


WRITER = """
import sys, time
from sync.sqlite import driver
connection = driver.connect(sys.argv[1], sys.argv[2])
connection.cursor().execute("CREATE TABLE t (i INTEGER)")
connection.cursor().execute("INSERT INTO t VALUES (1), (2), (3)")
connection.commit()
connection.cursor().execute("INSERT INTO t VALUES (4)")
print("committed", flush=True)
time.sleep(600)
"""


def test_what_was_committed_survives_kill_9_and_what_was_not_is_gone(path: str) -> None:
    command = [sys.executable, "-c", WRITER, path, KEY]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "committed\n"
        os.kill(writer.pid, signal.SIGKILL)
    engine = open_engine(path, KEY)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT sum(i) FROM t")).scalar() == 6
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    engine.dispose()
