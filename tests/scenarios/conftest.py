"""A migrated database of each kind for a scenario, made once and copied."""

from collections.abc import Iterator

import pytest
from sqlalchemy import URL

from tests.databases import migrated_postgresql, postgresql_database, postgresql_server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[URL]:
    """One PostgreSQL server for the whole run; started by the first scenario that wants it."""
    with postgresql_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_template(postgresql: URL) -> Iterator[URL]:
    """The tables of the server, to be copied for every scenario."""
    with migrated_postgresql(postgresql) as template:
        yield template


@pytest.fixture
def migrated_postgresql_url(postgresql: URL, postgresql_template: URL) -> Iterator[str]:
    """A new database with the tables of the server."""
    with postgresql_database(postgresql, postgresql_template) as url:
        yield url
