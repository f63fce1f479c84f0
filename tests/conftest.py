"""What every kind of test shares: how hard the simulations try, and one PostgreSQL for those that want one."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import URL

from tests.databases import migrated_postgresql, postgresql_database, postgresql_server

# A step of the simulation commits to a real database: its time says nothing about a hang.
settings.register_profile(
    "default", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "soak",
    parent=settings.get_profile("default"),
    max_examples=100 * settings.get_profile("default").max_examples,
    deadline=timedelta(minutes=1),
)
settings.load_profile("default")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[URL]:
    """One PostgreSQL server for the whole run; started by the first test that wants it."""
    with postgresql_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_template(postgresql: URL) -> Iterator[URL]:
    """The tables of the server on PostgreSQL, made once and copied for every test that wants them."""
    with migrated_postgresql(postgresql) as template:
        yield template


@pytest.fixture
def migrated_postgresql_url(postgresql: URL, postgresql_template: URL) -> Iterator[str]:
    """A new database with the tables of the server, for what only PostgreSQL can show."""
    with postgresql_database(postgresql, postgresql_template) as url:
        yield url
