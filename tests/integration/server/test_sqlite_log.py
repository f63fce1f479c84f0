"""The server's write-ahead log is moved beside the requests, and by a commit only where it has become very long."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from litestar.testing import TestClient
from sqlalchemy import text

from server import sqlite_log
from server.app import assemble
from server.database import Database
from tests.applications import application_on
from tests.databases import migrated_sqlite_url
from tests.e2e.waiting import wait_until
from tests.integration.server.company import make_settings

PAGE_BYTES = 4_096


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hub.db"


@pytest.fixture
def database(file: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{file}")
    with opened.writing() as session:
        session.execute(text("CREATE TABLE filling (body BLOB)"))
    yield opened
    opened.close()


def write_pages(database: Database, count: int) -> None:
    with database.writing() as session:
        session.execute(text("INSERT INTO filling VALUES (zeroblob(:bytes))"), {"bytes": count * PAGE_BYTES})


def test_a_commit_leaves_a_long_log_alone_and_the_server_moves_it(database: Database, file: Path) -> None:
    size = file.stat().st_size
    write_pages(database, 2 * sqlite_log.WORTH_PAGES)
    assert file.stat().st_size == size
    database.shorten_log()
    assert file.stat().st_size > 2 * sqlite_log.WORTH_PAGES * PAGE_BYTES
    log = Path(f"{file}-wal").stat().st_size
    write_pages(database, 2 * sqlite_log.WORTH_PAGES)
    assert Path(f"{file}-wal").stat().st_size <= log + 10 * PAGE_BYTES, "the log is begun anew"


def test_a_short_log_is_left_alone(database: Database, file: Path) -> None:
    size = file.stat().st_size
    write_pages(database, sqlite_log.WORTH_PAGES // 2)
    database.shorten_log()
    assert file.stat().st_size == size


def test_what_somebody_reads_stays_and_what_is_written_meanwhile_is_kept(database: Database) -> None:
    with database.reading() as reader:
        assert reader.execute(text("SELECT count(*) FROM filling")).scalar_one() == 0
        write_pages(database, 2 * sqlite_log.WORTH_PAGES)
        database.shorten_log()
        assert reader.execute(text("SELECT count(*) FROM filling")).scalar_one() == 0
    with database.reading() as reader:
        assert reader.execute(text("SELECT count(*) FROM filling")).scalar_one() == 1


def test_a_log_that_is_never_free_is_moved_by_the_commit_that_makes_it_too_long(
    database: Database, file: Path
) -> None:
    write_pages(database, sqlite_log.LONGEST_PAGES)
    assert file.stat().st_size > sqlite_log.LONGEST_PAGES * PAGE_BYTES


def test_a_running_server_moves_it_by_itself(tmp_path: Path) -> None:
    services = assemble(make_settings(migrated_sqlite_url(tmp_path), tmp_path))
    file = tmp_path / "hub.db"
    size = file.stat().st_size
    with application_on(services) as app, TestClient(app):
        with services.database.writing() as session:
            session.execute(text("CREATE TABLE filling (body BLOB)"))
        write_pages(services.database, 2 * sqlite_log.WORTH_PAGES)
        wait_until(lambda: file.stat().st_size > size, "the log to be moved", seconds=60)


def test_a_log_that_cannot_be_moved_is_written_down(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    log = sqlite_log.SqliteLog(str(file.parent / "missing" / "hub.db"))
    log.note(sqlite_log.WORTH_PAGES)
    log.shorten()
    assert "could not be shortened" in caplog.text
