"""The write-ahead log is moved into the database while nobody waits."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from mobile.state.checkpoints import WORTH_PAGES, keep_log_short, shorten_log
from mobile.state.database import open_engine
from mobile.state.tables import TableVersions

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
