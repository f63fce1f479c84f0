"""Customers and orders on the device: found, filtered, and the points that are to come."""

import pytest
from sqlmodel import Session

from mobile.state.application import App
from mobile.state.queries.customer import customer_record
from mobile.state.queries.customers import (
    CustomerFilter,
    customer_ids,
    customer_rows,
    customers_by_phone,
    customers_with,
)
from mobile.state.queries.order import order_record
from mobile.state.queries.orders import OrderFilter, order_ids, order_rows, sold_fen
from mobile.state.queries.products import categories, product_ids
from mobile.state.sale_actions import record_payment
from shared_models.loyalty.tables import PointsEntry
from shared_models.sales.tables import Order, OrderLine, Payment
from tests.unit.mobile.showroom import DAY, NOW, open_showroom


@pytest.fixture
def app(tmp_path):
    with open_showroom(tmp_path) as app:
        with Session(app.engine) as session:
            for number, paid_fen in (("old", 150_000), ("open", 99_950)):
                session.add(order(number, sold_at_ms=NOW - (30 * DAY if number == "old" else 0)))
                session.add(line(number))
                session.add(payment(number, paid_fen))
                session.add(entry(number, paid_fen // 100))
            session.commit()
        yield app


def order(name: str, **values) -> Order:
    fields = {"company_id": "c", "store_id": "s", "customer_id": "ling", "staff_id": "amy", "scheme_id": "v1"}
    return Order(id=name, number=f"SF-{name}", products_net_fen=150_000, **fields, **values)


def line(name: str) -> OrderLine:
    return OrderLine(company_id="c", order_id=name, name="沙发", list_price_fen=150_000, net_fen=150_000)


def payment(name: str, amount_fen: int) -> Payment:
    return Payment(
        id=f"{name}-1",
        company_id="c",
        order_id=name,
        staff_id="amy",
        amount_fen=amount_fen,
        paid_at_ms=NOW - DAY,
    )


def entry(name: str, points: int) -> PointsEntry:
    return PointsEntry(
        company_id="c",
        customer_id="ling",
        kind="base",
        points=points,
        growth=points,
        order_id=name,
        posted_at_ms=NOW - DAY,
    )


def found(app: App, text: str, which: CustomerFilter = CustomerFilter.ALL, pending=()) -> list[str]:
    return app.read(lambda session: customer_ids(session, text=text, which=which, pending=pending))


def listed(app: App, which: OrderFilter, text: str = "") -> list[str]:
    return app.read(
        lambda session: order_ids(session, text=text, which=which, day_from_ms=NOW, day_to_ms=NOW + DAY)
    )


@pytest.mark.parametrize("typed", ["陈玉兰", "cyl", "chenyulan", "8000", "138 0013"])
def test_a_customer_is_found_by_name_initials_and_phone(app, typed):
    assert found(app, typed) == ["ling"]


def test_members_come_first_and_can_be_listed_alone(app):
    assert found(app, "") == ["ling", "bo"]
    assert found(app, "", CustomerFilter.MEMBERS) == ["ling"]
    [row] = app.read(lambda session: customer_rows(session, ["ling", "nobody"]))
    assert (row.tier, row.balance, row.member) == ("S1", 7990, True)


def test_a_customer_is_suggested_by_the_last_digits_typed(app):
    assert [row.id for row in app.read(lambda session: customers_by_phone(session, "9000"))] == ["bo"]


def test_a_customer_with_a_payment_that_waits_is_listed_as_pending(app):
    assert found(app, "", CustomerFilter.PENDING) == []
    record_payment(app, "open", 50_050, "cash")
    waiting = app.replica.pending_rows("payment")
    about = app.read(lambda session: customers_with(session, customers=(), orders=(), payments=waiting))
    assert found(app, "", CustomerFilter.PENDING, about) == ["ling"]


def test_the_forecast_is_what_waiting_payments_earn_beyond_what_the_ledger_has(app):
    before = app.read(lambda session: customer_record(session, "ling", now_ms=NOW, waiting=frozenset()))
    assert before.forecast.points == 0
    record_payment(app, "open", 50_050, "cash")
    waiting = app.replica.pending_rows("payment")
    record = app.read(lambda session: customer_record(session, "ling", now_ms=NOW, waiting=waiting))
    assert record.forecast.points_by_order == {"open": 501}
    shown = app.read(lambda session: order_record(session, "open", waiting=waiting))
    assert (shown.points, shown.forecast_points, shown.due_fen) == (999, 501, 0)


def test_the_forecast_is_gone_once_the_ledger_has_the_entries_even_while_the_payment_waits(app):
    record_payment(app, "open", 50_050, "cash")
    with Session(app.engine) as session:
        session.add(entry("open", 501))
        session.commit()
    waiting = app.replica.pending_rows("payment")
    record = app.read(lambda session: customer_record(session, "ling", now_ms=NOW, waiting=waiting))
    assert record.forecast.points == 0


def test_each_entry_of_the_ledger_names_its_order(app):
    record = app.read(lambda session: customer_record(session, "ling", now_ms=NOW, waiting=frozenset()))
    assert {item.order_number for item in record.entries} == {"SF-old", "SF-open", ""}


def test_orders_are_listed_by_day_by_open_balance_and_by_number_or_buyer(app):
    assert listed(app, OrderFilter.ALL) == ["open", "old"]
    assert listed(app, OrderFilter.TODAY) == ["open"]
    assert listed(app, OrderFilter.OPEN) == ["open"]
    assert listed(app, OrderFilter.ALL, "sf-ol") == ["old"]
    assert listed(app, OrderFilter.ALL, "cyl") == ["open", "old"]
    assert listed(app, OrderFilter.ALL, "nobody") == []
    [row] = app.read(lambda session: order_rows(session, ["open"]))
    assert (row.customer, row.total_fen, row.paid_fen, row.due_fen) == ("陈玉兰", 150_000, 99_950, 50_050)
    assert app.read(lambda session: sold_fen(session, day_from_ms=NOW, day_to_ms=NOW + DAY)) == 150_000


def test_the_catalogue_finds_by_initials_and_number_and_hides_what_is_no_longer_sold(app):
    def search(text="", category=""):
        return app.read(lambda session: product_ids(session, text=text, category=category))

    assert set(search()) == {"sofa", "chair", "install"}
    assert search("yqsf") == search("sf") == ["sofa"]
    assert search("yq02") == ["chair"]
    assert search(category="服务") == ["install"]
    assert app.read(categories) == ["沙发", "餐椅", "服务"]
