"""What the tests of the driver and of the dialect begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.sqlite import driver
from tests.unit.sync.sqlite.opened import KEY


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
