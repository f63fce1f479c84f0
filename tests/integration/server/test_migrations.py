"""Migrations: they make what the models say, on both databases, also when several processes start at once."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from server.database import Database
from server.migrate import differences, is_current, upgrade
from server.schema import metadata

ROOT = Path(__file__).parents[3]


@pytest.fixture
def database(database_url: str):
    database = Database(database_url)
    yield database
    database.close()


def test_the_migrations_make_exactly_what_the_models_say(database_url: str):
    # In a process of its own: tests of the device register tables that a server does not have.
    check = (
        "import sys; from server.database import Database; from server.migrate import differences, upgrade\n"
        "database = Database(sys.argv[1]); upgrade(database)\n"
        "with database.engine.connect() as connection: print(differences(connection))"
    )
    told = subprocess.run(
        [sys.executable, "-c", check, database_url], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert told.stdout.strip() == "[]"


def test_a_column_that_no_migration_makes_is_noticed(database: Database):
    upgrade(database)
    with database.writing() as session:
        session.execute(text("ALTER TABLE lead DROP COLUMN budget_fen"))

    with database.engine.connect() as connection:
        found = [each for each in differences(connection) if each[0] == "add_column"]

    assert [each[3].name for each in found] == ["budget_fen"]


def test_migrating_twice_changes_nothing(database: Database):
    assert not is_current(database)
    upgrade(database)
    upgrade(database)

    assert is_current(database)


def test_processes_that_start_at_once_migrate_once(database_url: str):
    databases = [Database(database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(upgrade, databases))

    assert all(is_current(each) for each in databases)
    for each in databases:
        each.close()


def test_a_migration_that_fails_leaves_nothing(database: Database):
    with database.writing() as session:
        session.execute(text("CREATE TABLE sync_row_state (id INTEGER)"))

    with pytest.raises(Exception, match="sync_row_state"):
        upgrade(database)

    assert inspect(database.engine).get_table_names() == ["sync_row_state"]


def test_every_synced_table_of_the_business_is_found_by_its_place():
    assert {"lead", "customer", "sales_order", "payment", "product", "scheme", "staff"} <= set(
        metadata().tables
    )
