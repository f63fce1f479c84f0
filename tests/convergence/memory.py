"""Databases in memory that behave as ones on disk, and that can be put back as they were thousands of times a second."""

from weakref import WeakKeyDictionary

import apsw
from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import StaticPool

from sync.sqlite import dialect, driver

_STATEMENTS = 1_000
"""How many prepared statements a connection keeps; the usual 100 are fewer than a hub has, each then prepared anew."""


class _LastingConnection(driver.Connection):
    """The product's own connection to a database that outlives it: closed, it forgets what was not committed, nothing else.

    Its transactions are savepoints, so that all of them together can be undone. Whoever begins, commits or rolls back
    finds what they would find on disk, also the error of beginning twice.
    """

    def __init__(self) -> None:
        super().__init__(apsw.Connection(":memory:", statementcachesize=_STATEMENTS))
        self.isolation_level = None
        self._is_begun = False

    def begin(self) -> None:
        """Begin a transaction."""
        if self._is_begun:
            raise driver.OperationalError("cannot start a transaction within a transaction")
        self.apsw.execute("SAVEPOINT work")
        self._is_begun = True

    def commit(self) -> None:
        """Keep what the transaction wrote; without one nothing happens."""
        if self._is_begun:
            self._is_begun = False
            self.apsw.execute("RELEASE work")

    def rollback(self) -> None:
        """Forget what the transaction wrote; without one nothing happens."""
        if self._is_begun:
            self._is_begun = False
            self.apsw.execute("ROLLBACK TO work")
            self.apsw.execute("RELEASE work")

    def close(self) -> None:
        """What a killed process leaves: all that was committed."""
        self.rollback()


_LASTING: WeakKeyDictionary[Engine, _LastingConnection] = WeakKeyDictionary()


def memory_engine(image: bytes | None = None) -> Engine:
    """A private SQLite database in memory that behaves as one on disk: transactions begin when they are asked to.

    It is empty, or a copy of one that was serialized as `image`.
    """
    lasting = _LastingConnection()
    if image is None:
        lasting.apsw.execute("PRAGMA page_size = 1024")
    else:
        lasting.apsw.deserialize("main", image)
    engine = create_engine(f"{dialect.NAME}://", creator=lambda: lasting, poolclass=StaticPool)
    engine.dialect.do_begin = lambda _pooled: lasting.begin()  # type: ignore[method-assign]
    _LASTING[engine] = lasting
    return engine


def image_of(engine: Engine) -> bytes:
    """The database as bytes."""
    return connection_of(engine).serialize("main")


def lines_of(engine: Engine) -> list[str]:
    """Every row as a line of text, in no order that means anything."""
    connection = connection_of(engine)
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    return [f"{name} {row}" for (name,) in tables for row in connection.execute(f'SELECT * FROM "{name}"')]


def connection_of(engine: Engine) -> apsw.Connection:
    """The one connection of an engine on a database in memory."""
    return _LASTING[engine].apsw


def hold(engine: Engine) -> None:
    """Have the database stay as it is now: `rewind` puts it back."""
    connection_of(engine).execute("BEGIN")


def rewind(engine: Engine) -> None:
    """Put the database back as it was when it was held, whatever was committed since."""
    _LASTING[engine].rollback()
    connection_of(engine).execute("ROLLBACK")
    connection_of(engine).execute("BEGIN")
