"""Rows in: one statement for all of them."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from itertools import chain
from typing import Any

import msgspec
from sqlalchemy import JSON, ColumnElement, Connection, LargeBinary, Table, and_, delete, select

from sync.bulk import straight
from sync.bulk.copying import copy
from sync.bulk.reading import FEW, among
from sync.bulk.values import Convert, Rows, converted, is_postgresql, json_texts

_ROWS_A_STATEMENT = 5_000
_ROWS_AT_ONCE = 20
"""So many rows share a statement where the driver takes each for itself: beginning one costs a tenth of what it does."""
_COPIED_FROM = 50
"""From so many new rows on PostgreSQL is handed them by COPY, which takes one message more than a statement."""


def insert(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Insert `rows`, each the values of `columns` in their order; an existing key is the database's error."""
    insert_columns(connection, table, columns, list(zip(*rows, strict=True)))


def insert_columns(
    connection: Connection, table: Table, columns: Sequence[str], values: Sequence[Sequence[Any]]
) -> None:
    """The same, given all values of each column."""
    many = len(values[0]) if values else 0
    if is_postgresql(connection) and many >= _COPIED_FROM:
        copy(connection, table, columns, values)
    elif many:
        _write(
            connection,
            partial(_insert_sql, connection.dialect.name, table, tuple(columns)),
            table,
            columns,
            values,
        )


def insert_numbered(connection: Connection, table: Table, columns: Sequence[str], row: Sequence[Any]) -> int:
    """Insert one row of a table of the device whose key counts up; its number."""
    sql = _insert_sql(connection.dialect.name, table, tuple(columns))
    (values,) = converted([row], _writers(table, tuple(columns)))
    number = straight.run(connection, sql, values).number
    assert number is not None  # noqa: S101 - SQLite has just counted it up
    return number


def put(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Rows,
    *,
    new_only: Sequence[str] = (),
) -> None:
    """Insert `rows`, or overwrite `columns` of those whose primary key exists; of two with one key the last counts.

    Columns in `new_only` are set in new rows and left alone in others.
    """
    names = tuple(columns)
    keys = [names.index(column.name) for column in table.primary_key]
    if is_postgresql(connection):
        # One statement may not write a row twice there.
        rows = list({tuple(row[at] for at in keys): row for row in rows}.values())
    if rows:
        sql = partial(_put_sql, connection.dialect.name, table, names, tuple(new_only))
        _write(connection, sql, table, names, list(zip(*rows, strict=True)))


def change(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Set `columns` of existing rows; each of `rows` gives their values and then the row's `id`."""
    names = (*columns, "id")
    if rows:
        sql = _change_sql(connection.dialect.name, table, names)
        _write(connection, lambda _rows: sql, table, names, list(zip(*rows, strict=True)), at_once=1)


def change_one(connection: Connection, table: Table, fields: Mapping[str, Any], row_id: str) -> bool:
    """Set these columns of the row of that `id`, on a device; whether there is such a row."""
    names = (*fields, "id")
    sql = _change_sql(connection.dialect.name, table, names)
    (values,) = converted([[*fields.values(), row_id]], _writers(table, names))
    return straight.run(connection, sql, values).rows == 1


def delete_among(
    connection: Connection, table: Table, column: ColumnElement[Any], values: Sequence[str], *where: Any
) -> bool:
    """Delete the rows of `table` where `column` is one of `values`, and what `where` says holds.

    Many that are all there are go at once, of which the answer tells: SQLite empties a table far faster than it takes away
    each of its rows.
    """
    chosen = and_(among(connection, column, values), *where)
    if len(values) > FEW and connection.execute(select(column).where(~chosen).limit(1)).first() is None:
        connection.execute(delete(table))
        return True
    connection.execute(delete(table).where(chosen))
    return False


def _write(
    connection: Connection,
    sql: Callable[[int], str],
    table: Table,
    columns: Sequence[str],
    values: Sequence[Sequence[Any]],
    *,
    at_once: int = _ROWS_AT_ONCE,
) -> None:
    """Write all values of each column; `sql` is the statement for so many rows, of which one takes `at_once` at most."""
    dialect = connection.dialect.name
    if _is_document(dialect, table, columns):
        _write_documents(connection, sql(1), columns, list(zip(*values, strict=True)))
        return
    taken = list(values)
    for at, convert in _writers(table, tuple(columns)).items():
        taken[at] = list(convert(taken[at]))
    rows = list(zip(*taken, strict=True))
    together = at_once if dialect == "sqlite" else 1
    whole = len(rows) - len(rows) % together if together > 1 else 0
    if whole:
        flat = [tuple(chain.from_iterable(rows[at : at + together])) for at in range(0, whole, together)]
        straight.run_many(connection, sql(together), flat)
    if whole < len(rows):
        straight.run_many(connection, sql(1), rows[whole:])


def _write_documents(connection: Connection, sql: str, columns: Sequence[str], rows: Rows) -> None:
    for start in range(0, len(rows), _ROWS_A_STATEMENT):
        part = rows[start : start + _ROWS_A_STATEMENT]
        document = msgspec.json.encode([dict(zip(columns, row, strict=True)) for row in part])
        straight.run(connection, sql, (document.decode(),))


def _is_document(dialect: str, table: Table, columns: Sequence[str]) -> bool:
    """Whether all rows travel as one JSON document.

    PostgreSQL takes a row apart much faster than it answers a statement; but not bytes, which are twice as long as text.
    """
    return dialect == "postgresql" and not any(
        isinstance(table.c[name].type, LargeBinary) for name in columns
    )


@cache
def _writers(table: Table, columns: tuple[str, ...]) -> Mapping[int, Convert]:
    """What SQLite's driver has to be given as text."""
    return {at: json_texts for at, name in enumerate(columns) if isinstance(table.c[name].type, JSON)}


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


@cache
def _insert_sql(
    dialect: str, table: Table, columns: tuple[str, ...], rows: int = 1, *, is_put: bool = False
) -> str:
    names = _names(columns)
    if _is_document(dialect, table, columns):
        return f'INSERT INTO "{table.name}" ({names}) SELECT {names} FROM {_records(table)}'  # noqa: S608
    places = f"({', '.join([_place(dialect)] * len(columns))})"
    # Without FAIL a statement of several rows keeps every page that it changes, to undo just itself: whoever catches its error
    # undoes more than that.
    insert = "INSERT OR FAIL" if dialect == "sqlite" and not is_put else "INSERT"
    return f'{insert} INTO "{table.name}" ({names}) VALUES {", ".join([places] * rows)}'


@cache
def _put_sql(
    dialect: str, table: Table, columns: tuple[str, ...], new_only: tuple[str, ...], rows: int = 1
) -> str:
    keys = [column.name for column in table.primary_key]
    left_alone = {*keys, *new_only}
    changed = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in left_alone)
    action = f"DO UPDATE SET {changed}" if changed else "DO NOTHING"
    return f"{_insert_sql(dialect, table, columns, rows, is_put=True)} ON CONFLICT ({_names(keys)}) {action}"


@cache
def _change_sql(dialect: str, table: Table, columns: tuple[str, ...]) -> str:
    if _is_document(dialect, table, columns):
        changed = ", ".join(f'"{name}" = new."{name}"' for name in columns[:-1])
        return f'UPDATE "{table.name}" SET {changed} FROM {_records(table)} AS new WHERE "{table.name}".id = new.id'  # noqa: S608
    place = _place(dialect)
    changed = ", ".join(f'"{name}" = {place}' for name in columns[:-1])
    return f'UPDATE "{table.name}" SET {changed} WHERE id = {place}'  # noqa: S608


def _place(dialect: str) -> str:
    return "%s" if dialect == "postgresql" else "?"


def _records(table: Table) -> str:
    return f'json_populate_recordset(NULL::"{table.name}", %s::json)'
