"""Databases for imports, of each kind."""

from collections.abc import Iterator

import pytest

from server.database import Database


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    opened = Database(migrated_url)
    yield opened
    opened.close()
