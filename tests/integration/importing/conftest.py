"""Empty databases for imports, of each kind."""

from collections.abc import Iterator

import pytest

from server.database import Database
from server.migrate import upgrade


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    upgrade(opened)
    yield opened
    opened.close()
