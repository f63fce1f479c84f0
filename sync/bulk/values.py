"""What a driver takes and gives, and what it means: whole columns at once, which is faster than value by value."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

Rows = Sequence[Sequence[Any]]
Convert = Callable[[Iterable[Any]], Iterable[Any]]
"""Makes what the driver takes of all values of a column, or what it gave into what they mean."""

_JSON = msgspec.json.Encoder()


def is_postgresql(connection: Connection) -> bool:
    """Whether the server's other database is at the end of it."""
    return connection.dialect.name == "postgresql"


def converted(rows: Rows, converters: Mapping[int, Convert]) -> list[tuple[Any, ...]]:
    """The rows as tuples, with some columns converted; a whole column at once, which is faster than value by value."""
    if not converters or not rows:
        return [tuple(row) for row in rows]
    columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
    for at, convert in converters.items():
        columns[at] = convert(columns[at])
    return list(zip(*columns, strict=True))


def json_texts(values: Iterable[Any]) -> list[str]:
    """Each value as the text of its JSON."""
    # No value has an end of line in it, JSON writes it as two characters; each is followed by one.
    return _JSON.encode_lines(values).decode().split("\n")[:-1]


def from_json_texts(texts: Iterable[Any]) -> list[Any]:
    """What these texts of JSON say."""
    # SQLite keeps the text of a bare number as that number.
    held = [text if isinstance(text, str) else msgspec.json.encode(text).decode() for text in texts]
    found: list[Any] = msgspec.json.decode("[" + ",".join(held) + "]")
    return found


def each(convert: Callable[[Any], Any]) -> Convert:
    """The conversion of a column whose values are converted one by one."""
    return lambda values: [convert(value) for value in values]
