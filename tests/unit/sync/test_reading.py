"""Rows out by statements that last: made ready once, whatever they are given."""

from collections.abc import Iterator

import pytest
from sqlalchemy import (
    Connection,
    bindparam,
    create_engine,
    event,
    select,
)
from sqlalchemy.dialects import postgresql

from sync import bulk
from tests.unit.sync.things import COLUMNS, ROWS, THING

NAMED = select(THING).where(THING.c.id == bindparam("named"))
BETWEEN = select(THING.c.id).where(THING.c.id >= bindparam("low"), THING.c.id < bindparam("high"))
DONE = select(THING.c.id).where(THING.c.done == bindparam("done"), THING.c.id != "z")


@pytest.fixture
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    THING.metadata.create_all(engine)
    with engine.begin() as connection:
        bulk.insert(connection, THING, COLUMNS, ROWS)
        yield connection
    engine.dispose()


def test_a_lasting_statement_gives_the_same_rows_as_any_other(connection):
    for fetch in (bulk.fetch, bulk.fetch_lasting):
        assert [fetch(connection, NAMED, {"named": name}) for name in "abcd"] == [
            *([row] for row in ROWS),
            [],
        ]
        found = fetch(connection, select(THING).order_by(THING.c.id))
        assert repr(found) == repr(ROWS)  # True is no 1


def test_what_it_is_given_goes_by_name_and_each_in_the_form_the_database_keeps(connection):
    for given in ({"low": "a", "high": "c"}, {"high": "c", "low": "a"}):
        assert bulk.fetch_lasting(connection, BETWEEN, given) == [("a",), ("b",)]
    for done, found in ((True, [("a",)]), (False, [("b",)])):
        assert bulk.fetch_lasting(connection, DONE, {"done": done}) == found


@pytest.mark.parametrize("given", [None, {}, {"low": "a"}, {"low": "a", "higher": "c"}])
def test_a_statement_that_is_not_given_all_it_asks_for_is_not_run(connection, given):
    run: list[str] = []
    event.listen(connection.engine, "before_cursor_execute", lambda *told: run.append(told[2]))
    with pytest.raises(KeyError):
        bulk.fetch_lasting(connection, BETWEEN, given)
    assert run == []


def test_one_of_several_values_is_asked_for_by_one_statement_however_many_there_are(connection):
    run: list[tuple[str, object]] = []
    event.listen(connection.engine, "before_cursor_execute", lambda *told: run.append(told[2:4]))
    chosen = select(THING.c.id).where(bulk.is_given(THING.c.id, "those", many_writers=False))
    for values in ([], ["b"], ["c", "a", "x"], [f"n{n}" for n in range(1_000)]):
        found = bulk.fetch_lasting(connection, chosen, {"those": bulk.as_given(connection, values)})
        assert sorted(found) == sorted((value,) for value in values if value in {"a", "b", "c"})
    assert len({statement for statement, _ in run}) == 1
    assert {len(parameters) for _, parameters in run} == {1}


@pytest.mark.parametrize(("many", "parameters"), [(200, 200), (201, 1)])
def test_up_to_two_hundred_values_are_spelled_out_and_more_travel_as_one(connection, many, parameters):
    told: list[object] = []
    chosen = select(THING.c.id).where(bulk.among(connection, THING.c.id, ["a", *map(str, range(many - 1))]))
    event.listen(connection.engine, "before_cursor_execute", lambda *each: told.append(each[3]))
    assert bulk.fetch(connection, chosen) == [("a",)]
    assert [len(each) for each in told] == [parameters]


def test_a_lasting_statement_among_values_leaves_the_result_closed_for_the_next(connection):
    for name in "abc":
        assert [row[0] for row in bulk.fetch_among(connection, select(THING), THING.c.id, [name])] == [name]
    connection.exec_driver_sql("DROP TABLE thing")


def test_the_servers_other_database_takes_such_values_as_one_array():
    condition = bulk.is_given(THING.c.id, "those", many_writers=True)
    dialect = postgresql.dialect(paramstyle="pyformat")
    assert str(condition.compile(dialect=dialect)) == "thing.id = ANY (%(those)s::VARCHAR[])"
