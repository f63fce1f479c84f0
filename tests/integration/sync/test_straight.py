"""A statement straight to the driver is one of SQLAlchemy's in all that matters: its transaction, its errors, its ear."""

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError, OperationalError

from server.database import Database
from sync.bulk import straight, values

INSERT = "INSERT INTO counted (id) VALUES ({})"


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    with database.engine.begin() as connection:
        connection.execute(text("CREATE TABLE counted (id INTEGER PRIMARY KEY)"))
    yield database
    database.close()


def inserting(connection):
    return INSERT.format("%s" if values.is_postgresql(connection) else "?")


def ids_of(connection):
    return [number for (number,) in straight.rows_of(connection, "SELECT id FROM counted ORDER BY id", ())]


def test_what_it_writes_is_undone_and_kept_with_the_transaction_that_it_began(database):
    with database.engine.connect() as connection:
        straight.run(connection, inserting(connection), (1,))
        connection.rollback()
        straight.run_many(connection, inserting(connection), [(2,), (3,)])
        savepoint = connection.begin_nested()
        straight.run(connection, inserting(connection), (4,))
        assert ids_of(connection) == [2, 3, 4]
        savepoint.rollback()
        connection.commit()
    with database.engine.connect() as connection:
        assert ids_of(connection) == [2, 3]


def test_it_tells_how_many_rows_were_written_and_on_sqlite_the_number_of_the_last(database):
    with database.engine.begin() as connection:
        straight.run_many(connection, inserting(connection), [(7,), (8,)])
        assert straight.run(connection, "UPDATE counted SET id = id + 10", ()).rows == 2
        if not values.is_postgresql(connection):
            assert straight.run(connection, inserting(connection), (99,)).number == 99


def test_its_errors_have_the_names_of_sqlalchemy_and_say_the_statement(database):
    with database.engine.connect() as connection, connection.begin():
        straight.run(connection, inserting(connection), (1,))
        with pytest.raises(IntegrityError, match="INSERT INTO counted"):
            straight.run(connection, inserting(connection), (1,))


def test_who_listens_to_statements_hears_it_and_may_stop_it(database):
    heard = []

    def hear(_connection, _cursor, sql, parameters, _context, many):
        if sql.startswith("INSERT"):
            heard.append((sql, parameters, many))
        if parameters == (3,):
            raise ZeroDivisionError

    with database.engine.connect() as connection:
        event.listen(connection, "before_cursor_execute", hear)
        insert = inserting(connection)
        straight.run(connection, insert, (1,))
        straight.run_many(connection, insert, [(2,)])
        with pytest.raises(ZeroDivisionError):
            straight.run(connection, insert, (3,))
        assert ids_of(connection) == [1, 2]
    assert heard == [(insert, (1,), False), (insert, [(2,)], True), (insert, (3,), False)]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_of_connections_that_postgresql_has_cut_one_fails_and_none_is_used_again(database):
    idle, used, other = (database.engine.connect() for _ in range(3))
    cut = [straight.rows_of(each, "SELECT pg_backend_pid()", ())[0][0] for each in (idle, used)]
    idle.close()
    for pid in cut:
        straight.rows_of(other, "SELECT pg_terminate_backend(%s)", (pid,))
    with used, pytest.raises(OperationalError) as broken:
        straight.run(used, inserting(used), (1,))
    assert broken.value.connection_invalidated
    with database.engine.begin() as connection:
        assert straight.run(connection, inserting(connection), (1,)).rows == 1
    other.close()
