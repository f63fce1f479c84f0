"""Bringing the database to the schema of this version, safely when several processes start at once."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from server.database import Database
from server.schema import metadata

_SCRIPTS = Path(__file__).parent / "migrations"
_LOCK_KEY = 7_306_021_953
"""Any constant of our own: who holds this advisory lock is migrating."""


def upgrade(database: Database) -> None:
    """Run the migrations that are missing; a process that comes second waits and finds nothing to do."""
    if database.engine.dialect.name == "sqlite":
        with database.writing() as session:
            _upgrade(session.connection())
        return
    # A connection without the time limits of ordinary work: a migration may take longer than a statement should.
    engine = create_engine(database.url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        _upgrade(connection)
    engine.dispose()


def is_current(database: Database) -> bool:
    """Whether the database has exactly the migrations of this version."""
    with database.engine.connect() as connection:
        done = MigrationContext.configure(connection).get_current_heads()
    return set(done) == set(ScriptDirectory.from_config(_config()).get_heads())


def differences(connection: Connection) -> list[Any]:
    """What the models say and the migrated database does not have, as Alembic's operations; empty when they agree."""
    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True}
    )
    return list(compare_metadata(context, metadata()))


def draft(database: Database, message: str) -> None:
    """Write a new migration for what `differences` finds, to be read and corrected by its author."""
    number = len(list(ScriptDirectory.from_config(_config()).walk_revisions())) + 1
    with database.writing() as session:
        command.revision(_config(session.connection()), message, autogenerate=True, rev_id=f"{number:04}")


def _upgrade(connection: Connection) -> None:
    command.upgrade(_config(connection), "head")


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
