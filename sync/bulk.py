"""Many rows at once: rows as plain tuples, one statement at the driver, nothing done per row that C does not do.

Hub and device read and write through here wherever the number of rows is not small. Every function works on the given
connection, inside its transaction, on SQLite (any driver) and on PostgreSQL.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

import msgspec
from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Connection,
    CursorResult,
    Dialect,
    LargeBinary,
    Select,
    String,
    Table,
    and_,
    any_,
    bindparam,
    delete,
    func,
    literal,
    select,
)

Rows = Sequence[Sequence[Any]]

_ROWS_A_STATEMENT = 5_000
_PARAMETERS = 200
"""More values than these travel to SQLite as one: spelling out a parameter for each takes longer than reading a row."""
_Convert = Callable[[Iterable[Any]], Iterable[Any]]
"""Makes what the driver takes of all values of a column, or what it gave into what they mean."""
_JSON = msgspec.json.Encoder()


def insert(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Insert `rows`, each the values of `columns` in their order; an existing key is the database's error."""
    _write(connection, _insert_sql(connection.dialect.name, table, tuple(columns)), table, columns, rows)


def insert_numbered(connection: Connection, table: Table, columns: Sequence[str], row: Sequence[Any]) -> int:
    """Insert one row of a table of the device whose key counts up; its number."""
    sql = _insert_sql(connection.dialect.name, table, tuple(columns))
    (values,) = _converted([row], _writers(table, tuple(columns)))
    result = connection.exec_driver_sql(sql, values)
    number = result.lastrowid
    result.close()
    return int(number)


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
    if _is_postgresql(connection):
        # One statement may not write a row twice there.
        rows = list({tuple(row[at] for at in keys): row for row in rows}.values())
    _write(connection, _put_sql(connection.dialect.name, table, names, tuple(new_only)), table, names, rows)


def change(connection: Connection, table: Table, columns: Sequence[str], rows: Rows) -> None:
    """Set `columns` of existing rows; each of `rows` gives their values and then the row's `id`."""
    names = (*columns, "id")
    _write(connection, _change_sql(connection.dialect.name, table, names), table, names, rows)


def change_one(connection: Connection, table: Table, fields: Mapping[str, Any], row_id: str) -> bool:
    """Set these columns of the row of that `id`; whether there is such a row."""
    names = (*fields, "id")
    sql = _change_sql(connection.dialect.name, table, names)
    (values,) = _converted([[*fields.values(), row_id]], _writers(table, names))
    result = connection.exec_driver_sql(sql, values)
    is_there = result.rowcount == 1
    result.close()
    return is_there


def delete_among(
    connection: Connection, table: Table, column: ColumnElement[Any], values: Sequence[str], *where: Any
) -> bool:
    """Delete the rows of `table` where `column` is one of `values`, and what `where` says holds.

    Many that are all there are go at once, of which the answer tells: SQLite empties a table far faster than it takes away
    each of its rows.
    """
    chosen = and_(among(connection, column, values), *where)
    if (
        len(values) > _PARAMETERS
        and connection.execute(select(column).where(~chosen).limit(1)).first() is None
    ):
        connection.execute(delete(table))
        return True
    connection.execute(delete(table).where(chosen))
    return False


def fetch(
    connection: Connection, statement: Select[Any], parameters: Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """The rows of a select, as tuples of plain values; JSON columns as what they hold."""
    result = connection.execute(statement, parameters)
    return _converted(_taken(result), _readers(statement, connection.dialect))


def fetch_lasting(
    connection: Connection, statement: Select[Any], parameters: Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """The same of a statement that is asked all the time and is one lasting object: it is made ready once.

    One of several values is asked for by `is_given`, not by `in_`.
    """
    ready = _ready(statement, connection.dialect)
    result = connection.exec_driver_sql(ready.sql, ready.given(parameters or {}))
    return _converted(_taken(result), ready.readers)


def _taken(result: CursorResult[Any]) -> Rows:
    cursor = result.cursor
    assert cursor is not None  # noqa: S101 - a select has one until it is closed
    rows: Rows = cursor.fetchall()
    result.close()
    return rows


def fetch_among(
    connection: Connection,
    statement: Select[Any],
    column: ColumnElement[Any],
    values: Iterable[str],
    parameters: Mapping[str, Any] | None = None,
) -> list[tuple[Any, ...]]:
    """The rows of a lasting `statement` where `column` is one of `values`, however many, as `fetch` gives them."""
    is_postgresql = _is_postgresql(connection)
    chosen = _with_among(statement, column, is_postgresql=is_postgresql)
    return fetch_lasting(connection, chosen, {**(parameters or {}), "among": as_given(connection, values)})


@cache
def _with_among(statement: Select[Any], column: ColumnElement[Any], *, is_postgresql: bool) -> Select[Any]:
    return statement.where(is_given(column, "among", is_postgresql=is_postgresql))


def is_given(column: ColumnElement[Any], name: str, *, is_postgresql: bool) -> ColumnElement[bool]:
    """The condition of a lasting statement that `column` is one of the values that the parameter `name` gives.

    They travel as one, so that the statement is the same however many there are (`as_given`).
    """
    if is_postgresql:
        return column == any_(bindparam(name, type_=ARRAY(String)))
    given = func.json_each(bindparam(name, type_=String)).table_valued("value")
    return column.in_(select(given.c.value))


def as_given(connection: Connection, values: Iterable[str]) -> list[str] | str:
    """Values as the parameter of a statement with the condition `is_given`."""
    wanted = list(values)
    return wanted if _is_postgresql(connection) else msgspec.json.encode(wanted).decode()


@dataclass(frozen=True, slots=True)
class _Ready:
    """A select as its driver takes it, what it is always given, and how the driver's values become what they mean."""

    sql: str
    always: Mapping[str, Any]
    order: Sequence[str] | None
    """The names of the parameters by their places; None where the driver takes them by name."""
    writers: Mapping[str, Callable[[Any], Any]]
    readers: Mapping[int, _Convert]

    def given(self, parameters: Mapping[str, Any]) -> Any:
        """These parameters as the driver takes them. Raises `KeyError` for one that is missing."""
        named = {**self.always, **parameters}
        for name, convert in self.writers.items():
            named[name] = convert(named[name])
        return named if self.order is None else tuple([named[name] for name in self.order])


@lru_cache(maxsize=500)
def _ready(statement: Select[Any], dialect: Dialect) -> _Ready:
    # SQLAlchemy makes out at each execution whether it has compiled the statement before, which takes longer than SQLite
    # takes to answer.
    compiled = statement.compile(dialect=dialect)
    binds = compiled.binds
    found = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in binds.items()}
    return _Ready(
        str(compiled),
        {name: bind.effective_value for name, bind in binds.items() if not bind.required},
        compiled.positiontup,
        {name: convert for name, convert in found.items() if convert is not None},
        _readers(statement, dialect),
    )


def among(connection: Connection, column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """The condition that `column` is one of `values`, however many."""
    wanted = list(values)
    if _is_postgresql(connection):
        return column == any_(literal(wanted, ARRAY(String)))
    if len(wanted) <= _PARAMETERS:
        return column.in_(wanted)
    given = func.json_each(literal(msgspec.json.encode(wanted).decode(), String)).table_valued("value")
    return column.in_(select(given.c.value))


def _is_postgresql(connection: Connection) -> bool:
    return connection.dialect.name == "postgresql"


def _write(connection: Connection, sql: str, table: Table, columns: Sequence[str], rows: Rows) -> None:
    if not rows:
        return
    if not _is_document(connection.dialect.name, table, columns):
        connection.exec_driver_sql(sql, _converted(rows, _writers(table, tuple(columns))))
        return
    for start in range(0, len(rows), _ROWS_A_STATEMENT):
        part = rows[start : start + _ROWS_A_STATEMENT]
        document = msgspec.json.encode([dict(zip(columns, row, strict=True)) for row in part])
        connection.exec_driver_sql(sql, (document.decode(),))


def _is_document(dialect: str, table: Table, columns: Sequence[str]) -> bool:
    """Whether all rows travel as one JSON document.

    PostgreSQL takes a row apart much faster than it answers a statement; but not bytes, which are twice as long as text.
    """
    return dialect == "postgresql" and not any(
        isinstance(table.c[name].type, LargeBinary) for name in columns
    )


def _converted(rows: Rows, converters: Mapping[int, _Convert]) -> list[tuple[Any, ...]]:
    """The rows as tuples, with some columns converted; a whole column at once, which is faster than value by value."""
    if not converters or not rows:
        return [tuple(row) for row in rows]
    columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
    for at, convert in converters.items():
        columns[at] = convert(columns[at])
    return list(zip(*columns, strict=True))


def _json_texts(values: Iterable[Any]) -> list[str]:
    # No value has an end of line in it, JSON writes it as two characters; each is followed by one.
    return _JSON.encode_lines(values).decode().split("\n")[:-1]


def _from_json_texts(texts: Iterable[Any]) -> list[Any]:
    # SQLite keeps the text of a bare number as that number.
    held = [text if isinstance(text, str) else msgspec.json.encode(text).decode() for text in texts]
    found: list[Any] = msgspec.json.decode("[" + ",".join(held) + "]")
    return found


def _each(convert: Callable[[Any], Any]) -> _Convert:
    return lambda values: [convert(value) for value in values]


@cache
def _writers(table: Table, columns: tuple[str, ...]) -> Mapping[int, _Convert]:
    """What SQLite's driver has to be given as text."""
    return {at: _json_texts for at, name in enumerate(columns) if isinstance(table.c[name].type, JSON)}


def _readers(statement: Select[Any], dialect: Dialect) -> Mapping[int, _Convert]:
    found = {at: _reader(dialect, column) for at, column in enumerate(statement.selected_columns)}
    return {at: convert for at, convert in found.items() if convert is not None}


def _reader(dialect: Dialect, column: ColumnElement[Any]) -> _Convert | None:
    if isinstance(column.type, JSON):
        return None if dialect.name == "postgresql" else _from_json_texts
    convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
    return _each(convert) if convert else None


def _names(columns: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


@cache
def _insert_sql(dialect: str, table: Table, columns: tuple[str, ...]) -> str:
    names = _names(columns)
    if _is_document(dialect, table, columns):
        return f'INSERT INTO "{table.name}" ({names}) SELECT {names} FROM {_records(table)}'  # noqa: S608
    places = ", ".join([_place(dialect)] * len(columns))
    return f'INSERT INTO "{table.name}" ({names}) VALUES ({places})'  # noqa: S608


@cache
def _put_sql(dialect: str, table: Table, columns: tuple[str, ...], new_only: tuple[str, ...]) -> str:
    keys = [column.name for column in table.primary_key]
    left_alone = {*keys, *new_only}
    changed = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in left_alone)
    action = f"DO UPDATE SET {changed}" if changed else "DO NOTHING"
    return f"{_insert_sql(dialect, table, columns)} ON CONFLICT ({_names(keys)}) {action}"


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
