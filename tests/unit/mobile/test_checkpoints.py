"""The write-ahead log is moved into the database while nobody waits."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from mobile.state import checkpoints
from mobile.state.checkpoints import WORTH_PAGES, keep_log_short, shorten_log
from mobile.state.database import open_engine
from mobile.state.tables import TableVersions
from sync.sqlite import driver

KEY = "0123456789abcdef" * 4
PAGE_BYTES = 4_096


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "app.db"


@pytest.fixture
def engine(file: Path) -> Iterator[Engine]:
    opened = open_engine(str(file), KEY)
    with opened.begin() as connection:
        connection.execute(text("CREATE TABLE filling (body BLOB)"))
    yield opened
    opened.dispose()


def write_pages(engine: Engine, count: int) -> None:
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO filling VALUES (zeroblob(:bytes))"), {"bytes": count * PAGE_BYTES}
        )


def log_pages(engine: Engine) -> int:
    """How long the log is."""
    with engine.connect() as connection:
        own = connection.connection.driver_connection
        assert isinstance(own, driver.Connection)
        return own.log_pages


def test_a_long_log_is_moved_into_the_database_once_nothing_is_written(engine: Engine, file: Path) -> None:
    tables = TableVersions()

    async def rest() -> None:
        keeping = asyncio.create_task(keep_log_short(engine, tables, rest_s=0))
        write_pages(engine, WORTH_PAGES)
        tables.changed(frozenset({"filling"}))
        for _turn in range(10):
            await asyncio.sleep(0)
        keeping.cancel()

    asyncio.run(rest())
    assert file.stat().st_size > WORTH_PAGES * PAGE_BYTES


def test_a_short_log_is_left_alone(engine: Engine, file: Path) -> None:
    size = file.stat().st_size
    write_pages(engine, WORTH_PAGES // 2)
    shorten_log(engine)
    assert file.stat().st_size == size


def test_the_log_is_left_alone_while_somebody_uses_the_connection(engine: Engine, file: Path) -> None:
    write_pages(engine, WORTH_PAGES)
    size = file.stat().st_size
    with engine.connect():
        shorten_log(engine)
        assert file.stat().st_size == size
    shorten_log(engine)
    assert file.stat().st_size > size


def test_what_was_moved_is_read_again_after_reopening(engine: Engine, file: Path) -> None:
    write_pages(engine, WORTH_PAGES)
    shorten_log(engine)
    engine.dispose()
    again = open_engine(str(file), KEY)
    with again.connect() as connection:
        found = connection.execute(text("SELECT length(body) FROM filling")).scalar_one()
    again.dispose()
    assert found == WORTH_PAGES * PAGE_BYTES


def test_a_log_is_worth_moving_from_a_megabyte_on(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert WORTH_PAGES * PAGE_BYTES == 1_024_000
    write_pages(engine, WORTH_PAGES)
    long = log_pages(engine)
    monkeypatch.setattr(checkpoints, "WORTH_PAGES", long + 1)
    shorten_log(engine)
    assert log_pages(engine) == long
    monkeypatch.setattr(checkpoints, "WORTH_PAGES", long)
    shorten_log(engine)
    assert log_pages(engine) == 0


def test_a_log_that_was_long_at_the_start_is_moved_though_nothing_is_written(engine: Engine) -> None:
    write_pages(engine, WORTH_PAGES)

    async def rest() -> None:
        keeping = asyncio.create_task(keep_log_short(engine, TableVersions(), rest_s=0))
        for _turn in range(10):
            await asyncio.sleep(0)
        keeping.cancel()

    asyncio.run(rest())
    assert log_pages(engine) == 0


def test_the_log_is_left_alone_while_one_thing_is_written_after_the_other(engine: Engine) -> None:
    tables = TableVersions()

    async def work() -> None:
        keeping = asyncio.create_task(keep_log_short(engine, tables, rest_s=0))
        await asyncio.sleep(0)
        write_pages(engine, WORTH_PAGES)
        for _turn in range(30):
            tables.changed(frozenset({"filling"}))
            await asyncio.sleep(0)
        assert log_pages(engine) >= WORTH_PAGES
        for _turn in range(10):
            await asyncio.sleep(0)
        assert log_pages(engine) == 0
        keeping.cancel()

    asyncio.run(work())


def test_it_is_shortened_again_and_again_and_no_more_once_the_task_has_ended(engine: Engine) -> None:
    tables = TableVersions()

    async def turns(count: int) -> None:
        for _turn in range(count):
            await asyncio.sleep(0)

    async def rest() -> None:
        keeping = asyncio.create_task(keep_log_short(engine, tables, rest_s=0))
        for _ in range(2):
            await turns(10)
            write_pages(engine, WORTH_PAGES)
            tables.changed(frozenset({"filling"}))
            await turns(10)
            assert log_pages(engine) == 0
        keeping.cancel()
        await turns(2)
        write_pages(engine, WORTH_PAGES)
        tables.changed(frozenset({"filling"}))
        await turns(10)
        assert log_pages(engine) >= WORTH_PAGES

    asyncio.run(rest())


def test_a_log_that_cannot_be_moved_stays_and_disturbs_nobody(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(_connection: driver.Connection) -> None:
        raise driver.OperationalError("busy")

    monkeypatch.setattr(driver.Connection, "checkpoint", refuse)
    write_pages(engine, WORTH_PAGES)
    shorten_log(engine)
    assert "could not be shortened" in caplog.text
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM filling")).scalar_one() == 1


def test_a_database_of_another_driver_has_no_log_to_shorten() -> None:
    engine = create_engine("sqlite://")
    shorten_log(engine)
    engine.dispose()
