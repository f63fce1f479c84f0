"""New rows that stay column by column: each can be asked for, and some of them are rows like all of them."""

import pytest

from shared_models.sales.tables import Customer
from sync.hub.new_rows import NewRow, NewRows
from sync.schema import catalogue

CUSTOMER = catalogue()[str(Customer.__tablename__)]
EMPTY = {name: column.empty() for name, column in CUSTOMER.columns.items()}
GIVEN = [
    {"id": "a", "company_id": "acme", "store_id": "north", "known_in": ["south"], "name": "陈玉兰"},
    {"id": "b", "company_id": "acme", "store_id": "south", "known_in": [], "name": "李雷"},
    {"id": "c", "company_id": "acme", "store_id": "north", "known_in": [], "name": ""},
]
ROWS = [EMPTY | given for given in GIVEN]
STAMPS = [{"": [n, 0, "tablet", "amy"]} for n in range(3)]


@pytest.fixture
def new() -> NewRows:
    columns = {name: [row[name] for row in ROWS] for name in CUSTOMER.columns}
    return NewRows(CUSTOMER, columns, STAMPS, ("known_in",))


def test_each_is_the_row_that_was_given(new):
    assert list(new.ids) == ["a", "b", "c"]
    assert [new.row(at) for at in range(3)] == ROWS


def test_each_is_in_the_scopes_of_its_own_columns_and_of_its_readers(new):
    assert list(new.scopes) == [CUSTOMER.own_scopes(row) | CUSTOMER.reader_scopes(row) for row in ROWS]
    assert new.scopes[0] == {"store:north", "store:south", "member:a"}


def test_some_of_them_are_in_the_order_asked_for(new):
    some = new.only([2, 0])
    assert [some.row(at) for at in range(2)] == [ROWS[2], ROWS[0]]
    assert (some.stamps, some.filled, some.spec) == ([STAMPS[2], STAMPS[0]], ("known_in",), CUSTOMER)
    assert list(some.scopes) == [new.scopes[2], new.scopes[0]]
    assert new.only([0, 1, 2]) is new


def test_one_tells_of_itself_without_being_put_together_and_is_put_together_once(new):
    one = NewRow(new, 1, "customer", "b")
    assert (one.table, one.row_id, one.kind, one.is_there) == ("customer", "b", "insert", True)
    assert (one.value("name"), one.changes("name"), one.changes("nothing")) == ("李雷", True, False)
    assert (one.scopes, one.stamps) == (new.scopes[1], STAMPS[1])
    assert one.row == one.fields == ROWS[1]
    assert one.row is one.row
