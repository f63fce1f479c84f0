"""Units in rounds: the next are on their way before the last answer is worked in, in order, and none is lost (S2, S4)."""

import pytest
from sqlmodel import select

import sync.client
from shared_models.sales.tables import Customer
from sync import wire
from sync.device import outbox
from tests.convergence.world import Device, World, make_customer, make_lead


@pytest.fixture(autouse=True)
def two_units_a_round(monkeypatch):
    monkeypatch.setattr(sync.client, "UNITS_A_ROUND", 2)


@pytest.fixture
def amy(world: World) -> Device:
    device = world.device("A", "amy")
    device.sync()
    return device


def write_customers(device: Device, count: int) -> list[str]:
    """So many new customers, one in each unit."""
    customers = [make_customer(name=f"客户{n}") for n in range(count)]
    for customer in customers:
        with device.act() as session:
            session.add(customer)
    return [customer.id for customer in customers]


def exchanged(device: Device, requests: list[wire.Request], waiting: list[int]) -> None:
    """A sync that notes what is asked, and how many units wait in the outbox when it is."""

    async def exchange(request: wire.Request) -> wire.Response:
        requests.append(request)
        waiting.append(len(device.replica.pending_units()))
        return device.world.exchange(device, request)

    device.sync_over(exchange)


def test_the_next_units_are_on_their_way_before_the_last_answer_is_worked_in(world, amy):
    written = write_customers(amy, 5)
    requests: list[wire.Request] = []
    waiting: list[int] = []
    exchanged(amy, requests, waiting)
    assert [[change.row for unit in each.units for change in unit.changes] for each in requests] == [
        written[:2],
        written[2:4],
        written[4:],
    ]
    assert waiting == [5, 5, 3]
    assert [request.pending for request in requests] == [5, 3, 1]
    assert [request.pull for request in requests] == [False, False, True]
    assert amy.replica.status().pending == 0
    assert {customer.id for customer in world.all(Customer)} == set(written)


def test_the_first_and_the_last_rounds_of_many_units_are_small(world, amy, monkeypatch):
    monkeypatch.setattr(sync.client, "UNITS_A_ROUND", 500)
    monkeypatch.setattr(sync.client, "CHANGES_A_ROUND", 8)
    written = write_customers(amy, 30)
    requests: list[wire.Request] = []
    exchanged(amy, requests, [])
    assert [len(request.units) for request in requests] == [2, 8, 8, 6, 3, 2, 1]
    assert [unit.changes[0].row for request in requests for unit in request.units] == written


def test_no_unit_is_sent_before_it_is_known_what_became_of_a_refused_one(world, amy):
    first = write_customers(amy, 1)
    with amy.act() as session:
        session.add(make_lead(owner="cat", store="south"))
    rest = write_customers(amy, 3)
    requests: list[wire.Request] = []
    waiting: list[int] = []
    exchanged(amy, requests, waiting)
    assert waiting[:2] == [5, 3]  # the one refused and the one applied were worked in first
    assert {customer.id for customer in world.all(Customer)} == {*first, *rest}
    assert len(amy.replica.refused_units()) == 1


@pytest.mark.parametrize("lost", [0, 1, 2])
def test_units_whose_answer_was_lost_on_the_way_ahead_are_sent_again_and_applied_once(world, amy, lost):
    written = write_customers(amy, 5)
    assert amy.sync(lose_answer=lost) is None
    amy.sync()
    assert amy.replica.status().pending == 0
    with amy.replica.reading() as session:
        assert {customer.id for customer in session.exec(select(Customer)).all()} == set(written)
    assert sorted(customer.id for customer in world.all(Customer)) == sorted(written)


def test_what_is_done_while_units_are_on_their_way_is_sent_after_them(world, amy):
    (first, *_) = write_customers(amy, 4)

    def edit() -> None:
        with amy.act() as session:
            session.get_one(Customer, first).address = "福田"

    amy.sync(meanwhile=edit)
    amy.sync()
    assert world.get(Customer, first).address == amy.get(Customer, first).address == "福田"


def test_nothing_is_asked_ahead_once_the_units_on_their_way_are_no_longer_the_oldest(world, amy):
    write_customers(amy, 4)
    request = sync.client.ask(amy.replica)
    assert [unit.id for unit in request.units] == [unit.id for unit in amy.replica.pending_units()[:2]]
    following = sync.client.units_after(amy.replica, request)
    assert following is not None
    assert [unit.id for unit in following.units] == [unit.id for unit in amy.replica.pending_units()[2:]]
    with amy.engine.begin() as connection:
        outbox.settle(connection, request.units[0].id, outbox.DROPPED, "", {})
    assert sync.client.units_after(amy.replica, request) is None
