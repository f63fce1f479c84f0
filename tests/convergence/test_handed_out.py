"""What one answer hands out: of which scopes, how much at once, from where on, and what leaves the device (S5, S6, S7)."""

import msgspec
import pytest
from sqlalchemy import event, select
from sqlmodel import Session

from shared_models.sales.tables import Customer, FollowUp, Lead
from sync import wire
from sync.hub import cursors, positions
from sync.hub.cursors import Cursor
from sync.hub.errors import ForbiddenScope
from sync.hub.handing_out import effective_scopes
from sync.hub.tables import SyncFeed
from sync.hub.trimming import standing
from sync.schema import catalogue
from tests.convergence.asking import Asking, rows
from tests.convergence.world import (
    Device,
    make_customer,
    make_lead,
)

FEED = SyncFeed.__table__

OURS, MINE = frozenset({"store:north"}), frozenset({"staff:amy"})


@pytest.fixture
def amy(world) -> Device:
    return world.device("A", "amy")


def test_whoever_asks_for_nothing_in_particular_is_answered_for_all_that_they_may_see():
    assert effective_scopes(OURS | MINE, frozenset(), None, Cursor()) == OURS | MINE
    assert effective_scopes(OURS | MINE, frozenset(), ["staff:amy"], Cursor()) == MINE
    assert effective_scopes(OURS | MINE, frozenset(), [], Cursor()) == frozenset()


def test_a_scope_that_was_granted_once_is_no_forgery_and_is_not_answered_for_either():
    held = Cursor((0, 1), ["store:north"])
    assert effective_scopes(MINE, OURS, ["store:north", "staff:amy"], held) == MINE
    with pytest.raises(ForbiddenScope):
        effective_scopes(MINE, frozenset(), None, held)
    with pytest.raises(ForbiddenScope) as refused:
        effective_scopes(MINE, OURS, ["staff:bob", "staff:cat"], Cursor())
    assert refused.value.scopes == {"staff:bob", "staff:cat"}


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_a_first_sync_hands_out_each_row_once_the_newest_first_and_no_more_at_a_time_than_asked_for(
    world, amy, limit
):
    with world.office() as session:
        session.add_all([make_customer(id=f"c{n}") for n in range(7)])
        session.add_all([make_lead(id=f"l{n}") for n in range(4)])
    answers = list(Asking(world, amy, limit).pages())
    assert rows(answers, "customer") == [f"c{n}" for n in range(6, -1, -1)]
    assert rows(answers, "lead") == [f"l{n}" for n in range(3, -1, -1)]
    counts = [sum(len(page.rows) for page in each.rows) for each in answers]
    assert max(counts) <= limit
    assert set(rows(answers, "store")) == {"north", "south"}
    assert set(rows(answers, "staff")) == {"amy", "bob", "cat", "max", "olga"}
    lefts = [each.remaining for each in answers[:-2]]
    assert lefts == sorted(lefts, reverse=True)
    tables = [page.table for each in answers for page in each.rows]
    assert tables == sorted(tables, key=list(catalogue()).index)


def test_a_row_that_two_scopes_show_is_handed_out_once(world, amy):
    boss = world.device("M", "max")
    with world.office() as session:
        session.add_all([make_lead(id=f"l{n}", owner="max") for n in range(5)])
        session.add_all([make_lead(id=f"m{n}", owner="amy") for n in range(5)])
    for limit in (1, 2, 100):
        found = rows(list(Asking(world, boss, limit).pages()), "lead")
        assert found == sorted(found, reverse=True) == [f"{x}{n}" for x in "ml" for n in range(4, -1, -1)]
    assert rows(list(Asking(world, amy, 2).pages()), "lead") == [f"m{n}" for n in range(4, -1, -1)]


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (-5, 1), (1, 1), (2, 2), (3, 3)])
def test_changes_come_in_pages_of_the_size_asked_for_and_never_in_empty_ones(world, amy, asked, given):
    asking = Asking(world, amy).caught_up()
    with world.office() as session:
        session.add_all([make_customer(id=f"c{n}") for n in range(4)])
    asking.limit = asked
    answers = list(asking.pages())
    assert [len(rows([each], "customer")) for each in answers] == [given] * (4 // given) + [4 % given] * (
        4 % given > 0
    )
    assert sorted(rows(answers, "customer")) == ["c0", "c1", "c2", "c3"]
    assert [each.remaining for each in answers] == [0] * len(answers)


def test_whoever_has_everything_is_handed_nothing_and_stands_at_the_end_of_the_feed(world, amy):
    asking = Asking(world, amy).caught_up()
    with world.office() as session:
        session.add(make_lead(id="of-bob", owner="bob"))
    answer = asking.page()
    assert (list(answer.rows), list(answer.gone), answer.more) == ([], [], False)
    with world.engine.connect() as connection:
        assert cursors.parse(asking.cursor).at == standing(connection).resting


def test_a_row_that_changed_many_times_comes_once_as_it_is_now(world, amy):
    asking = Asking(world, amy).caught_up()
    with world.office() as session:
        session.add(make_customer(id="c"))
    for notes in ("1", "2", "3"):
        with world.office() as session:
            session.get_one(Customer, "c").notes = notes
    (answer,) = asking.pages()
    ((page),) = answer.rows
    assert [dict(zip(page.columns, row, strict=True))["notes"] for row in page.rows] == ["3"]


def test_rows_that_were_handed_out_are_not_read_again_and_one_that_changed_is(world, amy):
    with world.office() as session:
        session.add_all([make_customer(id="c"), make_customer(id="d")])
    read: list[str] = []

    @event.listens_for(world.engine, "before_cursor_execute")
    def _hear(_connection, _cursor, statement, parameters, *_rest):
        if "FROM customer" in statement:
            read.append(str(parameters))

    bob = world.device("B", "bob")
    Asking(world, amy).caught_up()
    assert len(read) == 1
    Asking(world, bob).caught_up()
    assert len(read) == 1
    with world.office() as session:
        session.get_one(Customer, "c").notes = "新"
    read.clear()
    answers = list(Asking(world, bob).pages())
    assert len(read) == 1
    assert ('"c"' in read[0], '"d"' in read[0]) == (True, False)
    (page,) = (page for each in answers for page in each.rows if page.table == "customer")
    notes = {row[page.columns.index("id")]: row[page.columns.index("notes")] for row in page.rows}
    assert notes == {"d": "", "c": "新"}


def test_a_copy_that_is_older_than_what_the_feed_remembers_begins_anew_and_one_just_at_it_goes_on(world, amy):
    asking = Asking(world, amy).caught_up()
    at = cursors.parse(asking.cursor).at
    for n, begins_anew in ((at[1], False), (at[1] + 1, True)):
        with Session(world.engine) as session:
            table = positions._COUNTER
            session.execute(table.delete().where(table.c.name.like("trimmed%")))
            session.execute(table.insert(), [{"name": "trimmed_xid", "n": 0}, {"name": "trimmed_n", "n": n}])
            session.commit()
        answer = asking.page(cursor=asking.cursor)
        assert ((answer.cursor == ""), answer.more) == (begins_anew, begins_anew)


def test_what_a_device_wrote_in_several_rounds_is_not_sent_back_and_what_others_wrote_between_is(world, amy):
    asking = Asking(world, amy).caught_up()
    for n in range(3):
        customer = make_customer(id=f"mine{n}")
        unit = wire.Unit(
            f"u{n}", "new", world.now_ms, [wire.Change("customer", customer.id, "put", customer.model_dump())]
        )
        asking.page(units=[unit], pull=False)
        with world.office() as session:
            session.add(make_customer(id=f"theirs{n}"))
    assert len(cursors.parse(asking.cursor).own) == 3
    answers = list(asking.pages())
    assert rows(answers, "customer") == ["theirs2", "theirs1", "theirs0"]
    assert cursors.parse(asking.cursor).own == []


def test_a_page_that_is_told_in_full_fits_what_the_columns_of_its_table_are(world, amy):
    with world.office() as session:
        session.add(make_lead(id="l"))
    answers = list(Asking(world, amy).pages())
    (page,) = (page for each in answers for page in each.rows if page.table == "lead")
    assert list(page.columns) == list(catalogue()["lead"].public)
    stored = {
        name: value for name, value in world.get(Lead, "l").model_dump().items() if name in page.columns
    }
    assert dict(zip(page.columns, page.rows[0], strict=True)) == msgspec.to_builtins(stored)
    with world.engine.connect() as connection:
        kinds = connection.execute(select(FEED.c.kind).where(FEED.c.row_id == "l")).scalars().all()
    assert kinds == ["put", "put"]
    assert world.all(FollowUp) == []


@pytest.mark.parametrize(("asked", "read"), [(10_000, 10_000), (10_001, 10_000), (2**31 - 1, 10_000)])
def test_no_more_than_ten_thousand_rows_are_read_for_a_page_whatever_was_asked_for(world, amy, asked, read):
    given: list[int] = []

    @event.listens_for(world.engine, "before_cursor_execute")
    def _hear(_connection, _cursor, statement, parameters, *_rest):
        if "LIMIT ?" in statement:
            given.append(max(each for each in parameters if isinstance(each, int)))

    asking = Asking(world, amy, asked)
    first = asking.page()
    assert set(given) == {
        read - sum(len(page.rows) for page in first.rows[:n]) for n in range(len(first.rows))
    }
    given.clear()
    asking.page()
    assert given == [read + 1]  # one more tells whether there is another page
