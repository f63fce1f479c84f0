"""A copy that is fetched again: what does not come again goes, once all has come, however often it was begun (S7)."""

import pytest
from sqlalchemy import select

from shared_models.sales.tables import Customer, Lead
from sync import wire
from sync.client import work_in
from sync.device import renewal, state
from sync.device.tables import STALE
from tests.convergence.world import NOON_MS, Device, World, make_customer, make_lead


@pytest.fixture
def amy(world: World) -> Device:
    """A tablet that has two customers and a lead of the same name as one of them."""
    device = world.device("A", "amy")
    with world.office() as session:
        session.add_all([make_customer(id="a"), make_customer(id="b"), make_lead(id="a")])
    device.sync()
    return device


def noted(device: Device) -> set[tuple[str, str]]:
    """The rows that have not come again yet, of those that the test is about."""
    with device.engine.connect() as connection:
        return {(tbl, row) for tbl, row in connection.execute(select(STALE)) if row in {"a", "b"}}


ALL = {("customer", "a"), ("customer", "b"), ("lead", "a")}
FIRST = wire.Request(NOON_MS, cursor="")
NEXT = wire.Request(NOON_MS, cursor="half")


def answer(*pages: wire.Rows, remaining: int) -> wire.Response:
    return wire.Response(NOON_MS, rows=list(pages), cursor="half", more=bool(remaining), remaining=remaining)


def of_customers(*ids: str) -> wire.Rows:
    return wire.Rows("customer", ["name", "id"], [["李建国", row] for row in ids])


def test_a_copy_is_begun_anew_as_often_as_it_was_cut_off_and_notes_all_that_it_holds(amy):
    for _ in range(2):
        work_in(amy.replica, FIRST, answer(of_customers("b"), remaining=1))
        assert noted(amy) == ALL - {("customer", "b")}


def test_a_row_has_come_again_when_it_came_in_its_own_table(amy):
    work_in(amy.replica, FIRST, answer(of_customers("a", "new"), remaining=1))
    assert noted(amy) == ALL - {("customer", "a")}
    work_in(amy.replica, NEXT, answer(of_customers("b"), remaining=1))
    assert noted(amy) == {("lead", "a")}
    assert amy.get(Lead, "a") is not None


def test_what_did_not_come_again_goes_with_the_last_page_and_its_table_is_told(amy):
    work_in(amy.replica, FIRST, answer(of_customers("a"), remaining=1))
    assert amy.get(Customer, "b") is not None
    told = work_in(amy.replica, NEXT, answer(remaining=0))
    assert {"customer", "lead"} <= told
    assert (amy.get(Customer, "b"), amy.get(Lead, "a"), noted(amy)) == (None, None, set())
    assert amy.get(Customer, "a") is not None
    assert work_in(amy.replica, NEXT, answer(remaining=0)) == frozenset()


def test_a_row_with_something_pending_stays_though_it_did_not_come_again(amy):
    with amy.act() as session:
        session.get_one(Customer, "b").address = "南山"
    work_in(amy.replica, FIRST, answer(remaining=0))
    assert amy.get(Customer, "a") is None
    assert amy.get(Customer, "b").address == "南山"


def test_of_a_part_that_is_fetched_anew_just_that_part_is_noted(amy):
    with amy.engine.begin() as connection:
        renewal.begin(connection)
        renewal.begin_with(connection, {"customer": ["b"]})
    assert noted(amy) == {("customer", "b")}
    work_in(amy.replica, NEXT, answer(remaining=0))
    assert amy.get(Customer, "b") is None
    assert amy.get(Lead, "a") is not None
    with amy.engine.begin() as connection:
        renewal.begin_with(connection, {"customer": ["a"]})
        renewal.begin_with(connection, {})
    assert noted(amy) == set()


def test_notes_of_tables_that_this_app_does_not_know_are_dropped_without_harm(amy):
    with amy.engine.begin() as connection:
        renewal.begin_with(connection, {"later": ["x"]})
    assert work_in(amy.replica, NEXT, answer(remaining=0)) == {"later"}
    assert noted(amy) == set()
    assert amy.get(Customer, "a") is not None


def test_an_answer_that_brings_no_rows_by_itself_begins_nothing_anew(amy):
    work_in(amy.replica, wire.Request(NOON_MS, cursor="", pull=False), answer(remaining=0))
    assert noted(amy) == set()
    assert amy.get(Customer, "a") is not None
    with amy.engine.connect() as connection:
        assert state.read(connection, "cursor") == "half"
