"""What a device wrote itself is not sent back to it, save where the hub made something else of it (S1, S7)."""

import asyncio

import msgspec

from shared_models.sales.tables import Customer, FollowUp, Lead
from sync import wire
from sync.client import ask, synchronise, work_in
from sync.device import rows, state
from sync.schema import catalogue
from tests.convergence.world import World, make_customer, make_follow_up, make_lead


def _exchanged(device, answers: list[wire.Response]) -> None:
    """A sync whose answers are noted."""

    async def exchange(request: wire.Request) -> wire.Response:
        answers.append(device.world.exchange(device, request))
        return answers[-1]

    asyncio.run(synchronise(device.replica, exchange))


def _received(answers: list[wire.Response], row_id: str) -> int:
    return sum(row_id in row for answer in answers for page in answer.rows for row in page.rows)


def test_a_row_that_the_hub_took_word_for_word_is_not_sent_back_to_its_author():
    world = World()
    a, m = world.device("A", "amy"), world.device("M", "max")
    world.settle()
    customer = make_customer()
    with a.act() as session:
        session.add(customer)
    answers: list[wire.Response] = []
    _exchanged(a, answers)
    _exchanged(a, answers)
    assert _received(answers, customer.id) == 0
    m.sync()
    assert a.get(Customer, customer.id).model_dump() == m.get(Customer, customer.id).model_dump()


def test_a_new_row_of_which_the_hub_set_a_value_comes_back_to_its_author():
    world = World()
    a = world.device("A", "amy", clock_ms=3_600_000)
    lead = make_lead()
    with a.act() as session:
        session.add(lead)
    world.settle()
    log = make_follow_up(lead, at_ms=1)
    with a.act() as session:
        session.add(log)
    world.settle()
    assert a.get(FollowUp, log.id).occurred_at_ms == world.get(FollowUp, log.id).occurred_at_ms != 1


def test_of_a_new_row_just_the_columns_come_back_that_the_hub_set():
    world = World()
    a = world.device("A", "amy", clock_ms=3_600_000)
    world.settle()
    lead = make_lead(notes="喜欢云栖")
    with a.act() as session:
        session.add(lead)
    answers: list[wire.Response] = []
    _exchanged(a, answers)
    (page,) = (page for answer in answers for page in answer.filled)
    assert (page.table, page.columns) == ("lead", ["id", "inquired_at_ms", "next_due_at_ms"])
    assert [row[0] for row in page.rows] == [lead.id]
    assert _received(answers, lead.id) == 0
    theirs = world.get(Lead, lead.id)
    assert a.get(Lead, lead.id).model_dump() == theirs.model_dump()
    assert theirs.inquired_at_ms != lead.inquired_at_ms


def test_what_the_hub_set_in_a_row_goes_below_what_was_done_to_it_meanwhile():
    world = World()
    a = world.device("A", "amy", clock_ms=3_600_000)
    world.settle()
    lead = make_lead()
    with a.act() as session:
        session.add(lead)

    def edit() -> None:
        with a.act() as session:
            session.get(Lead, lead.id).notes = "喜欢云栖"

    a.sync(meanwhile=edit)
    due_at_ms = world.get(Lead, lead.id).next_due_at_ms
    assert (a.get(Lead, lead.id).notes, a.get(Lead, lead.id).next_due_at_ms) == ("喜欢云栖", due_at_ms)
    world.settle()
    assert a.get(Lead, lead.id).model_dump() == world.get(Lead, lead.id).model_dump()


def test_a_new_row_comes_back_whole_to_a_device_that_cannot_fill_in_columns():
    world = World()
    a = world.device("A", "amy")
    world.settle()
    lead = make_lead()
    with a.act() as session:
        session.add(lead)
    answers: list[wire.Response] = []

    async def exchange(request: wire.Request) -> wire.Response:
        answers.append(world.exchange(a, msgspec.structs.replace(request, protocol=1)))
        return answers[-1]

    asyncio.run(synchronise(a.replica, exchange))
    assert [answer.filled for answer in answers] == [[]] * len(answers)
    assert _received(answers, lead.id) == 1
    assert a.get(Lead, lead.id).model_dump() == world.get(Lead, lead.id).model_dump()


def test_what_the_hub_took_word_for_word_of_a_held_unit_comes_back_to_the_device_that_let_go_of_it():
    world = World()
    a = world.device("A", "amy")
    lead = make_lead()
    with a.act() as session:
        session.add(lead)
    world.settle()
    with world.office() as session:
        session.get_one(Lead, lead.id).owner_id = "bob"
    customer = make_customer()
    with a.act() as session:  # after the lead was taken from her, which she has not heard of
        session.get(Lead, lead.id).region = "福田"
        session.add(customer)
    world.settle()
    assert [held.about_id for held in a.replica.held_edits()] == [lead.id]
    assert a.get(Customer, customer.id).model_dump() == world.get(Customer, customer.id).model_dump()


def test_a_new_row_that_somebody_changed_at_once_comes_back_with_the_change():
    world = World()
    a, m = world.device("A", "amy"), world.device("M", "max")
    world.settle()
    customer = make_customer(address="南山")
    with a.act() as session:
        session.add(customer)
    a.sync(lose_answer=1)
    m.sync()
    with m.act() as session:
        session.get(Customer, customer.id).address = "福田"
    m.sync()
    a.sync()
    assert a.get(Customer, customer.id).address == "福田"


def test_a_copy_put_back_to_before_it_wrote_a_row_is_sent_that_row():
    world = World()
    a = world.device("A", "amy")
    world.settle()
    with a.engine.connect() as connection:
        before = state.read(connection, "cursor")
    customer = make_customer()
    with a.act() as session:
        session.add(customer)
    a.sync()
    with a.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM customer")
        state.write(connection, cursor=before)
    a.sync()
    assert a.get(Customer, customer.id) is not None


def test_a_row_written_while_the_first_sync_is_under_way_is_not_held_back():
    world = World()
    with world.office() as session:
        session.add_all(make_lead(name=str(number)) for number in range(30))
    a = world.device("A", "amy")
    first = ask(a.replica, 10)
    work_in(a.replica, first, world.exchange(a, first))
    customer = make_customer()
    with a.act() as session:
        session.add(customer)
    answers: list[wire.Response] = []
    _exchanged(a, answers)
    assert _received(answers, customer.id) > 0
    assert a.get(Customer, customer.id) is not None


def test_a_refused_edit_of_a_row_that_is_not_sent_back_leaves_the_copy_all_the_same():
    world = World()
    a = world.device("A", "amy")
    world.settle()
    customer = make_customer(address="南山")
    with a.act() as session:
        session.add(customer)
    with a.act() as session:  # refused for its second half
        session.get(Customer, customer.id).address = "福田"
        session.add(make_lead(owner="cat", store="south"))
    world.settle()
    assert len(a.replica.refused_units()) == 1
    assert a.get(Customer, customer.id).address == world.get(Customer, customer.id).address == "南山"


def test_what_the_hub_set_reaches_rows_that_were_edited_since_and_rows_that_were_not():
    world = World()
    amy = world.device("A", "amy")
    with amy.act() as session:
        session.add_all([make_lead(id="edited"), make_lead(id="as-sent")])
    world.settle()
    with amy.act() as session:
        session.get_one(Lead, "edited").region = "南山"
    page = wire.Rows("lead", ["id", "next_due_at_ms"], [["edited", 5], ["as-sent", 6]])
    with amy.engine.begin() as connection:
        rows.fill(connection, catalogue()["lead"], page)
    edited, as_sent = amy.get(Lead, "edited"), amy.get(Lead, "as-sent")
    assert (edited.next_due_at_ms, edited.region, as_sent.next_due_at_ms) == (5, "南山", 6)
