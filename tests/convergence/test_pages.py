"""Pages of rows: asked for ahead, read once for many devices, and never an older row than the feed says."""

import pytest
from sqlmodel import select

import sync.client
from shared_models.sales.tables import Customer
from sync.device import state
from tests.convergence.world import Device, World, make_customer

PAGE = 10


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(sync.client, "ROWS_AT_FIRST", PAGE)
    monkeypatch.setattr(sync.client, "next_limit", lambda limit, _took_s: limit)


@pytest.fixture
def customers(world: World) -> list[str]:
    with world.office() as session:
        found = [make_customer(name=f"客户{n}") for n in range(3 * PAGE)]
        session.add_all(found)
    return [customer.id for customer in found]


def held(device: Device) -> dict[str, str]:
    with device.replica.reading() as session:
        return {customer.id: customer.address for customer in session.exec(select(Customer)).all()}


@pytest.mark.usefixtures("small_pages")
def test_the_next_page_is_asked_for_before_the_last_one_is_worked_in(world, customers):
    a = world.device("A", "amy")
    held_when_asked: list[int] = []

    async def exchange(request):
        held_when_asked.append(len(held(a)))
        return world.exchange(a, request)

    outcome = a.sync_over(exchange)
    assert held(a).keys() == set(customers)
    assert held_when_asked[:2] == [0, 0]
    assert len(held_when_asked) == outcome.rounds


@pytest.mark.usefixtures("small_pages")
def test_a_page_that_was_asked_ahead_and_lost_is_asked_for_again(world, customers):
    a = world.device("A", "amy")
    assert a.sync(lose_answer=1) is None
    assert 0 < len(held(a)) < len(customers)
    a.sync()
    assert held(a).keys() == set(customers)


@pytest.mark.usefixtures("small_pages")
def test_what_was_asked_ahead_is_dropped_when_the_copy_has_begun_anew_meanwhile(world, customers):
    a = world.device("A", "amy")
    asked: list[str] = []

    async def exchange(request):
        asked.append(request.cursor)
        return world.exchange(a, request)

    def begin_anew(_tables):
        if len(asked) == 2:
            with a.engine.begin() as connection:
                state.write(connection, cursor="")

    a.replica.subscribe(begin_anew)
    a.sync_over(exchange)
    assert asked.count("") == 2
    assert held(a).keys() == set(customers)


def test_a_row_that_another_device_was_handed_is_handed_out_as_it_is_now(world, customers):
    a, m = world.device("A", "amy"), world.device("M", "max")
    a.sync()
    with a.act() as session:
        session.get_one(Customer, customers[0]).address = "南山"
    a.sync()
    m.sync()
    assert held(m)[customers[0]] == "南山"
    with world.office() as session:
        session.get_one(Customer, customers[1]).address = "福田"
    a.sync()
    late = world.device("M2", "max")
    late.sync()
    assert held(a) == held(late)
    assert held(late)[customers[1]] == "福田"


def test_a_row_is_read_once_for_all_devices_that_begin(world, customers):
    a, m = world.device("A", "amy"), world.device("M", "max")
    a.sync()
    with world.engine.begin() as connection:
        # Behind the feed's back, as nothing in the product writes: only whoever reads the row again can see it.
        connection.exec_driver_sql("UPDATE customer SET address = 'unseen'")
    m.sync()
    assert set(held(m).values()) == {""}
    assert held(m).keys() == set(customers)
