"""What one answer hands out: of which scopes, how much at once, from where on, and what leaves the device (S5, S6, S7)."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pytest
from sqlalchemy import event, select
from sqlmodel import Session

from shared_models.people.tables import Role, Staff
from shared_models.sales.tables import Customer, FollowUp, Lead, Order, OrderLine
from shared_models.service.tables import Photo
from shared_models.stock.tables import Product
from sync import wire
from sync.hub import cursors, feed, positions
from sync.hub.cursors import Cursor
from sync.hub.errors import ForbiddenScope
from sync.hub.handing_out import effective_scopes
from sync.hub.recorder import recording, take_told
from sync.hub.tables import SyncFeed
from sync.hub.trimming import standing
from sync.schema import catalogue
from tests.convergence.world import (
    COMPANY,
    Device,
    World,
    make_customer,
    make_follow_up,
    make_lead,
    make_sale,
)

FEED = SyncFeed.__table__
OURS, MINE = frozenset({"store:north"}), frozenset({"staff:amy"})


@pytest.fixture
def amy(world) -> Device:
    return world.device("A", "amy")


class Asking:
    """Somebody who asks page after page with nothing but a cursor."""

    def __init__(self, world: World, device: Device, limit: int = 100) -> None:
        self.world, self.device, self.limit, self.cursor = world, device, limit, ""

    def page(self, **said: Any) -> wire.Response:
        given = {"cursor": self.cursor, "limit": self.limit, "protocol": 2, "schema": 99} | said
        answer = self.world.exchange(self.device, wire.Request(self.world.now_ms, **given))
        self.cursor = answer.cursor
        return answer

    def pages(self) -> Iterator[wire.Response]:
        while True:
            answer = self.page()
            yield answer
            if not answer.more:
                return

    def caught_up(self) -> "Asking":
        assert list(self.pages())
        return self


def rows(answers: Sequence[wire.Response], table: str) -> list[str]:
    """The identifiers of the rows of one table, in the order in which they came."""
    return [
        row[page.columns.index("id")]
        for each in answers
        for page in each.rows
        if page.table == table
        for row in page.rows
    ]


def gone(answers: Sequence[wire.Response], table: str) -> list[str]:
    return [row_id for each in answers for page in each.gone if page.table == table for row_id in page.ids]


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


def test_a_deleted_row_is_gone_and_one_that_was_made_and_deleted_meanwhile_is_gone_all_the_same(world, amy):
    with world.office() as session:
        session.add(make_lead(id="old"))
    asking = Asking(world, amy).caught_up()
    with world.office() as session:
        session.add(make_lead(id="brief"))
    with world.office() as session:
        for row_id in ("old", "brief"):
            session.delete(session.get_one(Lead, row_id))
    answers = list(asking.pages())
    assert (rows(answers, "lead"), sorted(gone(answers, "lead"))) == ([], ["brief", "old"])


def test_a_row_that_leaves_one_scope_and_stays_in_another_is_not_gone(world, amy):
    with world.office() as session:
        session.add(make_customer(id="c", store="south", known_in=["north"]))
        session.add(make_lead(id="l"))
    boss = Asking(world, world.device("M", "max")).caught_up()
    asking = Asking(world, amy).caught_up()
    with world.office() as session:
        session.get_one(Lead, "l").owner_id = "bob"
        session.get_one(Customer, "c").known_in = []
    answers = list(asking.pages())
    assert (gone(answers, "lead"), gone(answers, "customer"), rows(answers, "lead")) == (["l"], ["c"], [])
    answers = list(boss.pages())
    assert (gone(answers, "lead"), gone(answers, "customer"), rows(answers, "lead")) == ([], ["c"], ["l"])


def test_what_follows_a_row_moves_with_it_however_far_below(world, amy):
    with world.office() as session:
        lead = make_lead(id="l")
        session.add_all([lead, make_follow_up(lead, id="f"), make_lead(id="stays")])
        session.add(make_follow_up(make_lead(id="stays"), id="g"))
        session.add(picture("p", "followup", "f"))
        session.add(picture("q", "lead", "l"))
        session.add(picture("r", "followup", "g"))
    asking, bob = Asking(world, amy).caught_up(), Asking(world, world.device("B", "bob")).caught_up()
    with world.office() as session:
        session.get_one(Lead, "l").owner_id = "bob"
    answers = list(asking.pages())
    assert (gone(answers, "lead"), gone(answers, "followup")) == (["l"], ["f"])
    assert sorted(gone(answers, "photo")) == ["p", "q"]
    answers = list(bob.pages())
    assert (rows(answers, "lead"), rows(answers, "followup")) == (["l"], ["f"])
    assert sorted(rows(answers, "photo")) == ["p", "q"]


def test_an_edit_of_a_row_that_stays_where_it_is_brings_nothing_of_what_follows_it(world, amy):
    with world.office() as session:
        lead = make_lead(id="l")
        session.add_all([lead, make_follow_up(lead, id="f")])
    asking = Asking(world, amy).caught_up()
    with world.office() as session:
        session.get_one(Lead, "l").region = "南山"
        session.add(make_lead(id="m"))
    answers = list(asking.pages())
    assert (sorted(rows(answers, "lead")), rows(answers, "followup")) == (["l", "m"], [])


def test_the_tablets_concerned_are_woken_for_what_follows_a_row_that_moved(world):
    with world.office() as session:
        lead = make_lead(id="l")
        session.add_all([lead, make_follow_up(lead, id="f")])
    with Session(world.engine) as session:
        take_told(session)
        with recording(session, author="office", at_ms=world.now_ms):
            session.get_one(Lead, "l").owner_id = "bob"
        assert take_told(session) == {"staff:amy", "staff:bob", "manager:north"}
        states = feed.states_of(session.connection(), "followup", ["f"])
    assert states["f"][0] == {"staff:bob", "manager:north"}


def test_an_order_stays_with_its_customer_wherever_else_it_moves(world):
    with world.office() as session:
        session.add_all([make_customer(id="c"), *make_sale("c", "amy", at_ms=1, total_fen=100, paid_fen=100)])
    (order,), (line,) = world.all(Order), world.all(OrderLine)
    with world.office() as session:
        session.get_one(Order, order.id).store_id = "south"
    with world.engine.connect() as connection:
        assert feed.states_of(connection, "sales_order", [order.id])[order.id][0] == {
            "store:south",
            "member:c",
        }
        assert feed.states_of(connection, "orderline", [line.id])[line.id][0] == {"store:south", "member:c"}


def picture(row_id: str, about_table: str, about_id: str) -> Photo:
    return Photo(
        id=row_id,
        company_id=COMPANY,
        about_table=about_table,
        about_id=about_id,
        staff_id="amy",
        picture_sha256="0" * 64,
        picture_bytes=1,
        width_px=1,
        height_px=1,
        thumbnail_sha256="1" * 64,
        thumbnail_bytes=1,
        taken_at_ms=1,
    )


def test_rows_of_a_scope_that_was_lost_leave_but_for_those_that_another_one_shows(world):
    boss = world.device("M", "max")
    with world.office() as session:
        session.add_all([make_lead(id="own", owner="max"), make_lead(id="other"), make_customer(id="c")])
    asking = Asking(world, boss).caught_up()
    with world.office() as session:
        session.get_one(Staff, "max").role = Role.SALES
    answers = list(asking.pages())
    assert (gone(answers, "lead"), gone(answers, "customer")) == (["other"], [])
    assert "manager:north" not in cursors.parse(asking.cursor).scopes
    assert {"store:north", "staff:max"} <= set(cursors.parse(asking.cursor).scopes)


def test_a_scope_lost_in_the_middle_of_a_first_sync_is_not_handed_out_any_further(world):
    boss = world.device("M", "max")
    with world.office() as session:
        session.add_all([make_lead(id=f"l{n}") for n in range(6)])
        session.add_all([make_lead(id=f"own{n}", owner="max") for n in range(6)])
    asking = Asking(world, boss, limit=3)
    first = []
    while len(rows(first, "lead")) < 3:
        first.append(asking.page())
    with world.office() as session:
        session.get_one(Staff, "max").role = Role.SALES
    rest = list(asking.pages())
    assert {each for each in rows(rest, "lead") if each.startswith("l")} == set()
    assert set(rows(first, "lead")) | set(rows(rest, "lead")) >= {f"own{n}" for n in range(6)}


def test_a_scope_that_is_new_brings_what_is_in_it_and_nothing_that_is_held_already(world, amy):
    with world.office() as session:
        session.add_all([make_lead(id="mine"), make_customer(id="north"), make_customer("south", id="south")])
    asking = Asking(world, amy).caught_up()
    with world.office() as session:
        session.get_one(Staff, "amy").store_id = "south"
    answers = list(asking.pages())
    assert (rows(answers, "customer"), gone(answers, "customer"), rows(answers, "lead")) == (
        ["south"],
        ["north"],
        [],
    )
    assert sorted(cursors.parse(asking.cursor).scopes) == [f"company:{COMPANY}", "staff:amy", "store:south"]


def test_whoever_may_see_further_columns_is_handed_all_rows_anew_and_whoever_may_not_has_them_emptied(world):
    with world.office() as session:
        session.add(Product(id="sofa", company_id=COMPANY, sku="S", name="沙发", price_fen=9, cost_fen=4))
    asking = Asking(world, world.device("M", "max")).caught_up()
    costs = []
    for role in (Role.SALES, Role.STORE_MANAGER):
        with world.office() as session:
            session.get_one(Staff, "max").role = role
        answers = list(asking.pages())
        (page,) = (page for each in answers for page in each.rows if page.table == "product")
        ((row),) = page.rows
        costs.append(dict(zip(page.columns, row, strict=True))["cost_fen"])
    assert costs == [None, 4]


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


def test_of_a_row_that_follows_another_written_in_the_same_breath_the_scopes_are_known(world):
    spec = catalogue()["followup"]
    with world.office() as session:
        session.add(make_lead(id="stored", owner="bob"))
    logs = [{"id": str(n), "lead_id": lead} for n, lead in enumerate(("new", "stored", "never", ""))]
    with world.engine.connect() as connection:
        found = feed.scopes_for(connection, spec, logs, {("lead", "new"): MINE})
    assert found == [MINE, {"staff:bob", "manager:north"}, frozenset(), frozenset()]


def test_nothing_announced_takes_no_position_and_no_row_asked_for_is_no_statement(world):
    with world.engine.begin() as connection:
        before = standing(connection).resting
        statements: list[str] = []
        event.listen(connection, "before_cursor_execute", lambda *given: statements.append(given[2]))
        told = feed.announce(connection, [], 1)
        assert (told.scopes, told.known, feed.states_of(connection, "lead", [])) == (set(), [], {})
        assert statements == []
        assert standing(connection).resting == before


def test_when_somebody_last_wrote_one_of_some_columns_counts_the_making_of_the_row():
    stamps = {"": [5, 0, "A", "amy"], "role": [9, 0, "A", "amy"], "name": [20, 0, "A", "amy"]}
    assert feed.changed_at_ms(stamps, {"role", "store_id"}) == 9
    assert feed.changed_at_ms(stamps, {"store_id"}) == 5
    assert feed.changed_at_ms({}, {"role"}) == 0


def test_the_scopes_that_a_row_has_left_are_told_with_when_and_no_others(world):
    with world.office() as session:
        session.add_all([make_lead(id="l"), make_lead(id="m")])
    world.now_ms += 1_000
    with world.office() as session:
        session.get_one(Lead, "l").owner_id = "bob"
    everybody = frozenset({"staff:amy", "staff:bob", "manager:north"})
    with world.engine.connect() as connection:
        assert feed.left(connection, "lead", "l", everybody) == {"staff:amy": world.now_ms}
        assert feed.left(connection, "lead", "l", frozenset({"staff:bob"})) == {}
        assert feed.left(connection, "lead", "m", everybody) == {}
        assert feed.left(connection, "customer", "l", everybody) == {}


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
