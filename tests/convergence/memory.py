"""Databases in memory that behave as ones on disk, and that can be put back as they were thousands of times a second."""

import sqlite3
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

_STATEMENTS = 1_000
"""How many prepared statements a connection keeps; the usual 128 are fewer than a hub has, each then prepared anew."""


class _LastingConnection(sqlite3.Connection):
    """A connection whose database outlives it: closed, it forgets what was not committed and nothing else.

    Its transactions are savepoints, so that all of them together can be undone. Whoever begins, commits or rolls back
    finds what they would find on disk, also the error of beginning twice.
    """

    _is_begun = False

    def begin(self) -> None:
        """Begin a transaction."""
        if self._is_begun:
            raise sqlite3.OperationalError("cannot start a transaction within a transaction")
        self.execute("SAVEPOINT work")
        self._is_begun = True

    def commit(self) -> None:
        """Keep what the transaction wrote; without one nothing happens."""
        if self._is_begun:
            self._is_begun = False
            self.execute("RELEASE work")

    def rollback(self) -> None:
        """Forget what the transaction wrote; without one nothing happens."""
        if self._is_begun:
            self._is_begun = False
            self.execute("ROLLBACK TO work")
            self.execute("RELEASE work")

    def close(self) -> None:
        """What a killed process leaves: all that was committed."""
        self.rollback()


_LASTING: WeakKeyDictionary[Engine, _LastingConnection] = WeakKeyDictionary()


def memory_engine(image: bytes | None = None) -> Engine:
    """A private SQLite database in memory that behaves as one on disk: transactions begin when they are asked to.

    It is empty, or a copy of one that was serialized as `image`.
    """
    lasting = sqlite3.connect(
        ":memory:", check_same_thread=False, factory=_LastingConnection, cached_statements=_STATEMENTS
    )
    lasting.isolation_level = None
    if image is None:
        lasting.execute("PRAGMA page_size = 1024")
    else:
        lasting.deserialize(image)
    engine = create_engine("sqlite://", creator=lambda: lasting, poolclass=StaticPool)
    engine.dialect.do_begin = lambda _pooled: lasting.begin()  # type: ignore[method-assign]
    _LASTING[engine] = lasting
    return engine


def connection_of(engine: Engine) -> sqlite3.Connection:
    """The one connection of an engine on a database in memory."""
    return _LASTING[engine]


def hold(engine: Engine) -> None:
    """Have the database stay as it is now: `rewind` puts it back."""
    connection_of(engine).execute("BEGIN")


def rewind(engine: Engine) -> None:
    """Put the database back as it was when it was held, whatever was committed since."""
    connection = connection_of(engine)
    connection.rollback()
    connection.execute("ROLLBACK")
    connection.execute("BEGIN")
