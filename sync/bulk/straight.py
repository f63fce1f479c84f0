"""One statement straight to the driver, within the transaction of its connection and with SQLAlchemy's errors.

SQLAlchemy's own way makes a result of each answer: what its columns are called, which of them want to be converted. That
takes twice as long as SQLite takes to answer, and the rows in bulk want none of it.
"""

from typing import Any, NamedTuple, NoReturn

from sqlalchemy import Connection

from sync.bulk.values import Rows


class Done(NamedTuple):
    """What a statement that writes tells: how many rows it changed and, on SQLite, the number of the last new one."""

    rows: int
    number: int | None


def rows_of(connection: Connection, sql: str, parameters: Any) -> Rows:
    """The rows of a statement that reads; `parameters` as the driver takes them. Raises what SQLAlchemy raises."""
    cursor = _after(connection, sql, parameters)
    rows: Rows = cursor.fetchall()
    cursor.close()
    return rows


def run(connection: Connection, sql: str, parameters: Any) -> Done:
    """Run a statement that writes; `parameters` and errors as in `rows_of`."""
    cursor = _after(connection, sql, parameters)
    done = Done(cursor.rowcount, getattr(cursor, "lastrowid", None))
    cursor.close()
    return done


def run_many(connection: Connection, sql: str, rows: Rows) -> None:
    """Run a statement that writes once for each row of parameters; errors as in `rows_of`."""
    _after(connection, sql, rows, many=True).close()


def _after(connection: Connection, sql: str, parameters: Any, *, many: bool = False) -> Any:
    """The driver's cursor once it has run the statement."""
    if not connection.in_transaction():
        connection.begin()
    cursor: Any = connection.connection.cursor()
    for hears in connection.dispatch.before_cursor_execute:
        sql, parameters = hears(connection, cursor, sql, parameters, None, many)
    dialect = connection.dialect
    do = dialect.do_executemany if many else dialect.do_execute
    try:
        do(cursor, sql, parameters, None)
    except BaseException as error:  # noqa: BLE001 - also what ends the process leaves no connection in use
        raise_named(connection, error, sql, cursor)
    return cursor


def raise_named(connection: Connection, error: BaseException, sql: str, cursor: Any = None) -> NoReturn:
    """Raise the driver's error by the name that SQLAlchemy has for it, and any other as it is.

    After one that says that the connection is broken, neither it nor any that was opened before it is used again.
    """
    connection._handle_dbapi_exception(error, sql, None, cursor, None)  # noqa: SLF001 - there is no other way to both
