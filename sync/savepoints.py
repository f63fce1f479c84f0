"""Savepoints without a compiler."""

from sqlalchemy import Connection
from sqlalchemy.engine.default import DefaultDialect


class PlainSavepoints(DefaultDialect):
    """For dialects of SQLAlchemy, which otherwise compile each of these three anew: that takes longer than SQLite does.

    The names are SQLAlchemy's own.
    """

    def do_savepoint(self, connection: Connection, name: str) -> None:
        """Set a savepoint."""
        connection.exec_driver_sql(f"SAVEPOINT {name}")

    def do_rollback_to_savepoint(self, connection: Connection, name: str) -> None:
        """Undo what was done since the savepoint."""
        connection.exec_driver_sql(f"ROLLBACK TO SAVEPOINT {name}")

    def do_release_savepoint(self, connection: Connection, name: str) -> None:
        """Keep what was done since the savepoint, as a part of the transaction."""
        connection.exec_driver_sql(f"RELEASE SAVEPOINT {name}")
