"""Many rows at once are the same rows as one by one, on either database and however they travel there."""

import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    select,
)
from sqlalchemy.exc import IntegrityError

from server.database import Database
from sync import bulk

THING = Table(
    "thing",
    MetaData(),
    Column("id", String, primary_key=True),
    Column("name", String),
    Column("held", JSON),
    Column("done", Boolean),
    Column("at_ms", BigInteger),
    Column("bytes", LargeBinary),
)
COLUMNS = tuple(column.name for column in THING.c)
NAMED = select(THING).where(THING.c.id == bindparam("named"))
MANY = 60
STRANGE = [
    ("a\tb", "x\ny\rz", {"k\t": ["\\", "\n", None, "\\N"]}, True, 2**62, b"\0\\\n\xff"),
    ("\\N", "\\.", [], False, -1, b""),
    ("甲", "", {}, True, 0, b"\\x00"),
    ("c'\"", "null", {"b": 1, "a": 2}, None, None, None),
    ("d", None, "NULL", None, None, None),
]


@pytest.fixture
def connection(database_url):
    database = Database(database_url)
    THING.metadata.create_all(database.engine)
    with database.engine.connect() as connection, connection.begin():
        yield connection
    database.close()


def others(many: int = MANY) -> list[tuple[object, ...]]:
    return [(f"other {n:03d}", f"{n}", [n], n % 2 == 0, n, bytes([n])) for n in range(many)]


def all_of(connection):
    return sorted(bulk.fetch(connection, select(THING)))


@pytest.mark.parametrize("together", [0, MANY])
def test_strange_values_come_back_as_they_were_put_in_alone_or_among_many(connection, together):
    rows = [*others(together), *STRANGE]
    bulk.insert(connection, THING, COLUMNS, rows)
    assert all_of(connection) == sorted(rows)
    for row in STRANGE:
        assert bulk.fetch_lasting(connection, NAMED, {"named": row[0]}) == [row]


def test_many_may_leave_columns_out_and_name_them_in_any_order(connection):
    bulk.insert(connection, THING, ("name", "id"), [(f"name {n}", f"{n}") for n in range(MANY)])
    assert all_of(connection) == sorted((f"{n}", f"name {n}", None, None, None, None) for n in range(MANY))


def test_of_many_rows_one_whose_key_is_there_is_the_databases_error_and_none_stays(connection):
    bulk.insert(connection, THING, COLUMNS, STRANGE[:1])
    savepoint = connection.begin_nested()
    with pytest.raises(IntegrityError):
        bulk.insert(connection, THING, COLUMNS, [*others(), *STRANGE])
    savepoint.rollback()
    assert all_of(connection) == STRANGE[:1]


def test_what_is_asked_for_one_after_the_other_is_locked_and_parsed_alike(connection):
    bulk.insert(connection, THING, COLUMNS, STRANGE)
    locking = NAMED.with_for_update()
    assert [bulk.fetch_lasting(connection, locking, {"named": row[0]})[0][2] for row in STRANGE] == [
        row[2] for row in STRANGE
    ]
