"""The server's tests run once on each database: a promise kept on SQLite alone is not kept."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.databases import migrated_sqlite_url, postgresql_database, sqlite_url
from tests.integration.server.company import Company, make_settings, running_company


@pytest.fixture
def postgresql_url(postgresql: URL) -> Iterator[str]:
    """A new database, for what only PostgreSQL can show."""
    with postgresql_database(postgresql) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new, empty database, once of each kind."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database with the tables of the server and no rows, once of each kind."""
    if request.param == "sqlite":
        return migrated_sqlite_url(tmp_path)
    url: str = request.getfixturevalue("migrated_postgresql_url")
    return url


@pytest.fixture
def company(migrated_url: str, tmp_path: Path) -> Iterator[Company]:
    """A company on a server of its own, once on each database."""
    with running_company(make_settings(migrated_url, tmp_path)) as running:
        yield running
