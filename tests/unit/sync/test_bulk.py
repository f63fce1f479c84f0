"""Many rows at once, by one statement each: what goes in comes out, on SQLite as devices have it."""

import pytest
from sqlalchemy import (
    JSON,
    Column,
    Integer,
    LargeBinary,
    String,
    Table,
    bindparam,
    create_engine,
    event,
    select,
)
from sqlalchemy.exc import IntegrityError

from sync import bulk
from sync.bulk import writing
from tests.unit.sync.things import COLUMNS, ROWS, THING

NUMBERED = Table("numbered", THING.metadata, Column("seq", Integer, primary_key=True), Column("held", JSON))
WITH_BYTES = Table(
    "with_bytes", THING.metadata, Column("id", String, primary_key=True), Column("bytes", LargeBinary)
)
IN_ORDER = select(THING).order_by(THING.c.id)


@pytest.fixture
def connection():
    engine = create_engine("sqlite://")
    THING.metadata.create_all(engine)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def statements(connection):
    """The statements that are run."""
    run: list[tuple[str, object]] = []

    @event.listens_for(connection.engine, "before_cursor_execute")
    def _hear(_connection, _cursor, statement, parameters, *_rest):
        run.append((statement, parameters))

    return run


def test_rows_come_back_as_they_were_put_in(connection):
    bulk.insert(connection, THING, COLUMNS, ROWS)
    assert bulk.fetch(connection, IN_ORDER) == ROWS
    found = bulk.fetch(connection, select(THING.c.held, THING.c.id).where(THING.c.id == "a"))
    assert found == [(ROWS[0][2], "a")]
    assert bulk.fetch(connection, IN_ORDER.where(THING.c.id == "none")) == []


def test_columns_may_be_given_in_any_order_and_some_left_out(connection):
    bulk.insert(connection, THING, ("held", "id"), [({"a": 1}, "a")])
    assert bulk.fetch(connection, IN_ORDER) == [("a", None, {"a": 1}, None, None)]


def test_a_key_that_is_there_is_the_databases_error(connection):
    bulk.insert(connection, THING, COLUMNS, ROWS[:1])
    with pytest.raises(IntegrityError):
        bulk.insert(connection, THING, COLUMNS, ROWS[:1])


def test_no_rows_are_no_statement(connection, statements):
    for write in (bulk.insert, bulk.put, bulk.change):
        write(connection, THING, COLUMNS, [])
    assert statements == []


def test_put_overwrites_what_is_there_and_the_last_of_two_counts(connection):
    bulk.insert(connection, THING, COLUMNS, ROWS)
    bulk.put(connection, THING, ("id", "name"), [("a", "乙"), ("d", "丙"), ("a", "丁")])
    assert bulk.fetch(connection, IN_ORDER) == [
        ("a", "丁", *ROWS[0][2:]), *ROWS[1:], ("d", "丙", None, None, None),
    ]  # fmt: skip


def test_put_leaves_columns_alone_that_are_for_new_rows(connection):
    bulk.insert(connection, THING, COLUMNS, ROWS[:1])
    rows = [("a", "new", {"n": 1}), ("d", "new", {"n": 2})]
    bulk.put(connection, THING, ("id", "name", "held"), rows, new_only=("held",))
    assert bulk.fetch(connection, IN_ORDER) == [
        ("a", "new", *ROWS[0][2:]), ("d", "new", {"n": 2}, None, None),
    ]  # fmt: skip
    bulk.put(connection, THING, ("id", "name"), [("a", "newer"), ("e", "e")], new_only=("name",))
    assert [row[:2] for row in bulk.fetch(connection, IN_ORDER)] == [("a", "new"), ("d", "new"), ("e", "e")]


def test_change_sets_columns_of_rows_by_their_identifier(connection):
    bulk.insert(connection, THING, COLUMNS, ROWS)
    bulk.change(connection, THING, ("held", "name"), [([7], "x", "a"), (None, "y", "none")])
    assert bulk.fetch(connection, IN_ORDER) == [("a", "x", [7], True, 1), *ROWS[1:]]


def test_a_numbered_row_tells_its_number(connection):
    numbers = [bulk.insert_numbered(connection, NUMBERED, ("held",), ({"n": n},)) for n in (1, 2)]
    assert numbers == [1, 2]
    assert bulk.fetch(connection, select(NUMBERED)) == [(1, {"n": 1}), (2, {"n": 2})]


@pytest.mark.parametrize("many", [0, 1, 200, 201, 1_000])
def test_rows_are_found_among_however_many_values_with_few_parameters(connection, statements, many):
    bulk.insert(connection, THING, COLUMNS, ROWS)
    wanted = ["b", *(f"x{n}" for n in range(many - 1))][:many]
    statements.clear()
    found = bulk.fetch_among(connection, IN_ORDER.where(THING.c.at_ms > 0), THING.c.id, wanted)
    assert found == (ROWS[1:2] if many else [])
    chosen = select(THING.c.id).where(bulk.among(connection, THING.c.id, wanted))
    assert connection.execute(chosen).scalars().all() == (["b"] if many else [])
    most = many if many <= 200 else 1
    assert [len(parameters) for _, parameters in statements] == [2, most]


def test_a_lasting_statement_takes_its_own_parameters_besides(connection):
    bulk.insert(connection, THING, COLUMNS, ROWS)
    lasting = IN_ORDER.where(THING.c.name == bindparam("called"))
    for _ in range(2):
        assert bulk.fetch_among(connection, lasting, THING.c.id, ["a", "b"], {"called": "甲"}) == ROWS[:1]


def test_the_servers_other_database_takes_all_rows_as_one_document():
    insert = 'INSERT INTO "thing" ("id", "name") SELECT "id", "name" FROM json_populate_recordset(NULL::"thing", %s::json)'
    columns = ("id", "name")
    assert writing._insert_sql("postgresql", THING, columns) == insert
    assert writing._put_sql("postgresql", THING, columns, ()) == (
        f'{insert} ON CONFLICT ("id") DO UPDATE SET "name" = excluded."name"'
    )
    assert (
        writing._put_sql("postgresql", THING, columns, ("name",)) == f'{insert} ON CONFLICT ("id") DO NOTHING'
    )
    assert writing._change_sql("postgresql", THING, ("name", "held", "id")) == (
        'UPDATE "thing" SET "name" = new."name", "held" = new."held"'
        ' FROM json_populate_recordset(NULL::"thing", %s::json) AS new WHERE "thing".id = new.id'
    )


def test_bytes_travel_to_it_row_by_row_and_as_they_are():
    columns = ("id", "bytes")
    assert (
        writing._insert_sql("postgresql", WITH_BYTES, columns)
        == 'INSERT INTO "with_bytes" ("id", "bytes") VALUES (%s, %s)'
    )
    assert writing._change_sql("postgresql", WITH_BYTES, ("bytes", "id")) == (
        'UPDATE "with_bytes" SET "bytes" = %s WHERE id = %s'
    )


@pytest.mark.parametrize("many", [3, 500])
@pytest.mark.parametrize("others", [0, 2])
def test_rows_are_deleted_among_others_and_all_at_once_where_there_are_none(
    connection, statements, many, others
):
    names = [f"n{n}" for n in range(many)]
    rows = [(name, "", {}, True, n) for n, name in enumerate([*names, *(f"o{n}" for n in range(others))])]
    bulk.insert(connection, THING, COLUMNS, rows)
    statements.clear()
    assert bulk.delete_among(connection, THING, THING.c.id, names) == (many > 200 and not others)
    assert [row[0] for row in bulk.fetch(connection, IN_ORDER)] == [f"o{n}" for n in range(others)]
    deletes = [sql for sql, _ in statements if sql.startswith("DELETE")]
    assert len(deletes) == 1
    assert ("WHERE" in deletes[0]) == (many <= 200 or others > 0)


def test_one_row_is_changed_and_one_that_is_not_there_is_told(connection):
    bulk.insert(connection, THING, COLUMNS, ROWS)
    assert bulk.change_one(connection, THING, {"held": [7], "name": "x"}, "a")
    assert not bulk.change_one(connection, THING, {"name": "x"}, "never")
    assert bulk.fetch(connection, IN_ORDER) == [("a", "x", [7], True, 1), *ROWS[1:]]
