"""The one database of the server: SQLite in WAL mode, or PostgreSQL. Synchronous, used from threads.

SQLite has one writer at a time. A transaction that reads first and writes later cannot wait for its turn, so that
writers take the lock at the start (`BEGIN IMMEDIATE`) and queue for at most `_BUSY_MS`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

import msgspec
import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import SessionTransaction
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import Session

from server.sqlite_log import LONGEST_PAGES, SqliteLog
from sync.savepoints import PlainSavepoints
from sync.sqlite import dialect, driver

_BUSY_MS = 15_000
_STATEMENT_MS = 30_000
_IDLE_MS = 10_000
"""A transaction that waits for its client holds back what every other device may be sent; it is ended."""
_LOCK_MS = 15_000
_SQLITE_CONNECTIONS = 40
_POSTGRESQL_CONNECTIONS = 16
_ASKED_AFTER_S = 10.0
"""A connection to PostgreSQL that was idle for longer may have been cut: it is tried before it is used.

When PostgreSQL itself restarts, one request at most fails for it (503, which a device tries again): the pool then opens
all of its connections anew.
"""


class Database:
    """Sessions on the server's database; open one per process and `close` it at the end."""

    def __init__(self, url: str) -> None:
        """Connect lazily to `url`, a SQLAlchemy URL of SQLite or of PostgreSQL by psycopg 3."""
        self.url = url
        self._log = SqliteLog(make_url(url).database or "") if url.startswith("sqlite") else None
        self.engine = _postgresql_engine(url) if self._log is None else _sqlite_engine(self._log)
        self._looker = (
            self.engine if self._log else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )
        self._writer = self.engine.execution_options(showfloor_begin="BEGIN IMMEDIATE")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one moment of the database; what is written in it is thrown away."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """A session for a few statements that only read: on PostgreSQL each by itself, without a transaction around them.

        There a transaction would begin and end with a message of its own, and would see no more of one moment than they do.
        """
        with Session(self._looker, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session whose work is committed whole on leaving, or rolled back whole by an exception."""
        with Session(self._writer, expire_on_commit=False) as session:
            yield session
            session.commit()

    @contextmanager
    def exchanging(self) -> Iterator[Session]:
        """A session that writes until its first commit and reads after it; what is not committed is rolled back.

        A sync writes for a moment and then reads many rows, which must not keep SQLite's only writer waiting.
        """
        with _WriteThenRead(self._writer, self.engine) as session:
            yield session

    def answers(self) -> bool:
        """Whether a statement gets an answer; raises what the driver raises when it does not."""
        with self.engine.connect() as connection:
            return bool(connection.execute(text("SELECT 1")).scalar_one())

    def shorten_log(self) -> None:
        """Move SQLite's log into the database if it has become long; a server does so beside its requests."""
        if self._log is not None:
            self._log.shorten()

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


class _WriteThenRead(Session):
    """Its first transaction is on one engine, the later ones on another."""

    def __init__(self, first: Engine, later: Engine) -> None:
        super().__init__(first, expire_on_commit=False)

        @event.listens_for(self, "after_transaction_end")
        def _change_over(_session: Session, ended: SessionTransaction) -> None:
            if ended.parent is None:  # and not merely a savepoint
                self.bind = later


def _sqlite_engine(log: SqliteLog) -> Engine:
    if log.path and log.path != ":memory:":
        Path(log.path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        URL.create(dialect.NAME, database=log.path),
        creator=lambda: driver.connect(
            log.path, busy_ms=_BUSY_MS, longest_log_pages=LONGEST_PAGES, note_log=log.note
        ),
        pool_size=_SQLITE_CONNECTIONS,
        pool_use_lifo=True,  # the one used last has the pages and the statements still in memory
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: driver.Connection, _record: object) -> None:
        # The driver's own transaction control would start writers without the lock; SQLAlchemy's "begin" does it here.
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("showfloor_begin", "BEGIN"))

    return engine


class PostgresqlDialect(PlainSavepoints, PGDialect_psycopg):
    """SQLAlchemy's dialect for PostgreSQL through psycopg."""

    supports_statement_cache = True


registry.register("postgresql.showfloor", __name__, PostgresqlDialect.__name__)


def _postgresql_engine(url: str) -> Engine:
    limits = {
        "statement_timeout": _STATEMENT_MS,
        "idle_in_transaction_session_timeout": _IDLE_MS,
        "lock_timeout": _LOCK_MS,
    }
    engine = create_engine(
        make_url(url).set(drivername="postgresql+showfloor"),
        connect_args={"options": " ".join(f"-c {name}={value}" for name, value in limits.items())},
        pool_size=_POSTGRESQL_CONNECTIONS,
        max_overflow=_POSTGRESQL_CONNECTIONS,
        hide_parameters=True,
        json_deserializer=msgspec.json.decode,
    )

    # What was in use a moment ago is not asked whether it still lives: that is a message for each of a round's sessions.
    @event.listens_for(engine, "checkin")
    def _note_use(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["used_s"] = monotonic()

    @event.listens_for(engine, "checkout")
    def _ask_if_idle(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        now_s = monotonic()
        if now_s - record.info.get("used_s", now_s) < _ASKED_AFTER_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except psycopg.Error as error:
            raise DisconnectionError from error  # the pool opens another one in its place

    return engine
