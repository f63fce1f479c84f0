"""Rows out: selects made once, rows as plain tuples."""

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
    Dialect,
    Select,
    String,
    Text,
    any_,
    bindparam,
    cast,
    func,
    literal,
    select,
)

from sync.bulk import straight
from sync.bulk.values import Convert, converted, each, from_json_texts, is_postgresql

FEW = 200
"""More values than these travel to SQLite as one: spelling out a parameter for each takes longer than reading a row."""


def fetch(
    connection: Connection, statement: Select[Any], parameters: Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """The rows of a select, as tuples of plain values; JSON columns as what they hold."""
    result = connection.execute(statement, parameters)
    cursor = result.cursor
    assert cursor is not None  # noqa: S101 - a select has one until it is closed
    rows = converted(cursor.fetchall(), _readers(statement, connection.dialect))
    result.close()
    return rows


def fetch_lasting(
    connection: Connection, statement: Select[Any], parameters: Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """The same of a statement that is asked all the time and is one lasting object: it is made ready once.

    One of several values is asked for by `is_given`, not by `in_`.
    """
    ready = _ready(statement, connection.dialect)
    return converted(straight.rows_of(connection, ready.sql, ready.given(parameters or {})), ready.readers)


def fetch_among(
    connection: Connection,
    statement: Select[Any],
    column: ColumnElement[Any],
    values: Iterable[str],
    parameters: Mapping[str, Any] | None = None,
) -> list[tuple[Any, ...]]:
    """The rows of a lasting `statement` where `column` is one of `values`, however many, as `fetch` gives them."""
    chosen = _with_among(statement, column, many_writers=is_postgresql(connection))
    return fetch_lasting(connection, chosen, {**(parameters or {}), "among": as_given(connection, values)})


@cache
def _with_among(statement: Select[Any], column: ColumnElement[Any], *, many_writers: bool) -> Select[Any]:
    return statement.where(is_given(column, "among", many_writers=many_writers))


def is_given(column: ColumnElement[Any], name: str, *, many_writers: bool) -> ColumnElement[bool]:
    """The condition of a lasting statement that `column` is one of the values that the parameter `name` gives.

    They travel as one, so that the statement is the same however many there are (`as_given`). `many_writers` is for
    PostgreSQL.
    """
    if many_writers:
        return column == any_(bindparam(name, type_=ARRAY(String)))
    given = func.json_each(bindparam(name, type_=String)).table_valued("value")
    return column.in_(select(given.c.value))


def as_given(connection: Connection, values: Iterable[str]) -> list[str] | str:
    """Values as the parameter of a statement with the condition `is_given`."""
    wanted = list(values)
    return wanted if is_postgresql(connection) else msgspec.json.encode(wanted).decode()


@dataclass(frozen=True, slots=True)
class _Ready:
    """A select as its driver takes it, what it is always given, and how the driver's values become what they mean."""

    sql: str
    always: Mapping[str, Any]
    order: Sequence[str] | None
    """The names of the parameters by their places; None where the driver takes them by name."""
    writers: Mapping[str, Callable[[Any], Any]]
    readers: Mapping[int, Convert]

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
    compiled = _with_json_as_text(statement, dialect).compile(dialect=dialect)
    binds = compiled.binds
    found = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in binds.items()}
    return _Ready(
        str(compiled),
        {name: bind.effective_value for name, bind in binds.items() if not bind.required},
        compiled.positiontup,
        {name: convert for name, convert in found.items() if convert is not None},
        _readers(statement, dialect, json_is_text=True),
    )


def _with_json_as_text(statement: Select[Any], dialect: Dialect) -> Select[Any]:
    """The same select, with JSON as text also where the driver would parse it: it does so value by value."""
    chosen = list(statement.selected_columns)
    if dialect.name == "sqlite" or not any(isinstance(column.type, JSON) for column in chosen):
        return statement
    as_text = [cast(column, Text) if isinstance(column.type, JSON) else column for column in chosen]
    return statement.with_only_columns(*as_text)


def among(connection: Connection, column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """The condition that `column` is one of `values`, however many."""
    wanted = list(values)
    if is_postgresql(connection):
        return column == any_(literal(wanted, ARRAY(String)))
    if len(wanted) <= FEW:
        return column.in_(wanted)
    given = func.json_each(literal(msgspec.json.encode(wanted).decode(), String)).table_valued("value")
    return column.in_(select(given.c.value))


def _readers(
    statement: Select[Any], dialect: Dialect, *, json_is_text: bool = False
) -> Mapping[int, Convert]:
    is_text = json_is_text or dialect.name == "sqlite"
    found = {
        at: _reader(dialect, column, json_is_text=is_text)
        for at, column in enumerate(statement.selected_columns)
    }
    return {at: convert for at, convert in found.items() if convert is not None}


def _reader(dialect: Dialect, column: ColumnElement[Any], *, json_is_text: bool) -> Convert | None:
    if isinstance(column.type, JSON):
        return from_json_texts if json_is_text else None
    convert = column.type.dialect_impl(dialect).result_processor(dialect, None)
    return each(convert) if convert else None
