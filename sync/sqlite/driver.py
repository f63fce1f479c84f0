"""A DB-API 2 driver over apsw with SQLite3 Multiple Ciphers: with a key every page of the file is encrypted (ChaCha20).

One code path on the server, on a device and in the browser. A transaction begins with the first statement and ends with
`commit` or `rollback`, savepoints and DDL included. Results are fetched whole, so no open statement ever holds a commit back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Self

import apsw

from sync.sqlite.errors import (
    DatabaseError,
    DataError,
    Error,
    IntegrityError,
    InterfaceError,
    InternalError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    Warning,  # noqa: A004 - the name that DB-API 2 prescribes
    translated_errors,
)

__all__ = [  # DB-API 2 wants its errors to be here
    "Binary",
    "DataError",
    "DatabaseError",
    "Error",
    "IntegrityError",
    "InterfaceError",
    "InternalError",
    "NotSupportedError",
    "OperationalError",
    "ProgrammingError",
    "Warning",
    "connect",
]

apilevel = "2.0"
threadsafety = 1
paramstyle = "qmark"
sqlite_version = apsw.sqlite_lib_version()
sqlite_version_info = tuple(int(part) for part in sqlite_version.split("."))

BUSY_TIMEOUT_MS = 5_000
KEY_DIGITS = 64

_CACHE_KIB = 8_000
"""Pages of a connection in memory; a push or a page of a first sync that does not fit is written more than once."""
_WRITES = ("INSERT ", "UPDATE ", "DELETE ")
Row = tuple[Any, ...]
Parameters = Sequence[Any]
Description = tuple[tuple[str, str | None, None, None, None, None, None], ...]


class Cursor:
    """Runs statements and holds the rows of the last one."""

    arraysize = 1

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._rows: Iterator[Row] = iter(())
        self._is_closed = False
        self.description: Description | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    def _note_columns(self, cursor: apsw.Cursor, _sql: str, _bindings: object) -> bool:
        # Asked before the first step: afterwards a result without rows has no description any more.
        columns = cursor.get_description()
        self.description = tuple((name, kind, None, None, None, None, None) for name, kind in columns) or None
        self._changes_rows = not cursor.is_readonly
        return True

    def execute(self, sql: str, parameters: Parameters = ()) -> Self:
        """Run one statement; a result's rows are then there to fetch."""
        self._reset()
        # What certainly has no columns is not asked for them.
        self._changes_rows = sql.startswith(_WRITES) and "RETURNING" not in sql
        with translated_errors:
            cursor = self._begun()
            cursor.exec_trace = None if self._changes_rows else self._note_columns
            self._rows = iter(cursor.execute(sql, tuple(parameters)).fetchall())
            self.rowcount = self.connection.apsw.changes() if self._changes_rows else -1
            self.lastrowid = self.connection.apsw.last_insert_rowid()
        return self

    def executemany(self, sql: str, rows: Iterable[Parameters]) -> Self:
        """Run one statement for each row of parameters, prepared once; tells no row count and keeps no results."""
        self._reset()
        with translated_errors:
            for _ in self._begun().executemany(sql, rows):
                pass
            self.lastrowid = self.connection.apsw.last_insert_rowid()
        return self

    def _reset(self) -> None:
        self._rows = iter(())
        self.description = None
        self.rowcount = -1

    def fetchone(self) -> Row | None:
        """The next row, or nothing when there is none."""
        return next(self._rows, None)

    def fetchmany(self, size: int | None = None) -> list[Row]:
        """The next `size` rows, or fewer at the end."""
        wanted = self.arraysize if size is None else size
        return [row for _, row in zip(range(wanted), self._rows, strict=False)]

    def fetchall(self) -> list[Row]:
        """All rows that are left."""
        return list(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return self._rows

    def close(self) -> None:
        """Let go of the rows."""
        self._reset()
        self._is_closed = True

    def _begun(self) -> apsw.Cursor:
        """A cursor of apsw's within a transaction, for one statement.

        It is dropped and not closed: apsw 3.54 never frees one that was closed, or that was there unused while another ran.
        """
        if self._is_closed:
            raise ProgrammingError("The cursor is closed")
        self.connection.begin_if_needed()
        return self.connection.apsw.cursor()

    def setinputsizes(self, _sizes: object) -> None:
        """Accepted and without effect, as DB-API 2 allows."""

    def setoutputsize(self, _size: int, _column: int | None = None) -> None:
        """Accepted and without effect, as DB-API 2 allows."""


class Connection:
    """One open, unlocked database file."""

    def __init__(
        self,
        connection: apsw.Connection,
        longest_log_pages: int | None = None,
        note_log: Callable[[int], object] | None = None,
    ) -> None:
        self.apsw = connection
        self.log_pages = 0  # that the write-ahead log held after the last commit
        self._tell_log = note_log
        if longest_log_pages is not None:
            connection.set_wal_hook(partial(self._note_log, longest_log_pages))
        # SQLAlchemy's name for it: None commits every statement by itself.
        self.isolation_level: str | None = ""

    def begin_if_needed(self) -> None:
        """Start a transaction unless one is open or every statement is to commit by itself."""
        if self.isolation_level is not None and not self.apsw.in_transaction:
            self.apsw.execute("BEGIN")

    def cursor(self) -> Cursor:
        """A new cursor."""
        return Cursor(self)

    def commit(self) -> None:
        """Make the open transaction durable: when this returns, it survives the death of the process."""
        if self.apsw.in_transaction:
            with translated_errors:
                self.apsw.execute("COMMIT")

    def rollback(self) -> None:
        """Undo the open transaction."""
        if self.apsw.in_transaction:
            with translated_errors:
                self.apsw.execute("ROLLBACK")

    def checkpoint(self) -> None:
        """Move the write-ahead log into the database, so that the next commits begin it anew; no transaction may be open."""
        with translated_errors:
            self.apsw.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        self.log_pages = 0

    def _note_log(self, longest_pages: int, connection: apsw.Connection, _name: str, pages: int) -> int:
        self.log_pages = pages
        if self._tell_log is not None:
            self._tell_log(pages)
        if pages >= longest_pages:
            # The commit is made; that the log stays long for now is no error of it, and the next commit tries again.
            with suppress(apsw.Error):
                connection.wal_checkpoint()
        return apsw.SQLITE_OK

    def close(self) -> None:
        """Close the file; an open transaction is undone."""
        with translated_errors:
            self.apsw.close(force=True)

    def create_function(
        self, name: str, arguments: int, function: Callable[..., Any], *, deterministic: bool = False
    ) -> None:
        """Offer a Python function to SQL."""
        with translated_errors:
            self.apsw.create_scalar_function(name, function, arguments, deterministic=deterministic)


def _prepare(connection: apsw.Connection, hexkey: str | None, *, exclusive: bool, busy_ms: int) -> None:
    connection.set_busy_timeout(busy_ms)
    if hexkey is not None:
        connection.pragma("cipher", "chacha20")
        # The key is random already: "raw" spares the 64,007 rounds of stretching that a pass phrase would need.
        connection.execute(f"PRAGMA key = 'raw:{hexkey}'")
    if exclusive:
        connection.pragma("locking_mode", "EXCLUSIVE")
    connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    mode = connection.pragma("journal_mode", "WAL")
    if mode != "wal":
        raise OperationalError(f"Write-ahead log refused, journal mode is {mode}")
    # A confirmed action survives a power cut too, not only a crash of the process.
    connection.pragma("synchronous", "FULL")
    connection.pragma("cache_size", -_CACHE_KIB)
    connection.pragma("foreign_keys", value=False)
    if hexkey is not None:
        connection.pragma("temp_store", "MEMORY")  # a file for it would not be encrypted
        # What was deleted is overwritten within pages that are written anyhow. Pages that are no longer in use keep what they
        # held, encrypted, until they are used again: filling them with zeros was half of emptying the outbox.
        connection.pragma("secure_delete", "FAST")


def connect(
    path: str,
    hexkey: str | None = None,
    *,
    exclusive: bool = False,
    busy_ms: int = BUSY_TIMEOUT_MS,
    longest_log_pages: int | None = None,
    note_log: Callable[[int], object] | None = None,
) -> Connection:
    """Open or create the file, in WAL mode with a flush at every commit; encrypted with `hexkey`, plain without.

    `hexkey` is 64 hexadecimal digits. `exclusive` is for where processes cannot share memory (the browser): nobody else
    can then open the file. A lock is waited for `busy_ms` at most. A log of `longest_log_pages` is moved into the database
    by the commit that makes it so long, and whoever waits for that commit waits for that too; None means 1,000. Where it is
    given, `note_log` is told after each commit how many pages the log holds. Raises `DatabaseError` when the key is not the
    file's, `OperationalError` when it is busy.
    """
    if hexkey is not None and not (len(hexkey) == KEY_DIGITS and set(hexkey) <= set("0123456789abcdef")):
        raise InterfaceError("The key must be 64 lower-case hexadecimal digits")
    with translated_errors:
        connection = apsw.Connection(path)
        try:
            _prepare(connection, hexkey, exclusive=exclusive, busy_ms=busy_ms)
        except BaseException:
            connection.close(force=True)
            raise
    return Connection(connection, longest_log_pages, note_log)


def Binary(value: bytes) -> bytes:  # noqa: N802 - the name that DB-API 2 prescribes
    """Bytes for a BLOB column."""
    return value
