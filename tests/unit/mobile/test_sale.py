"""Making a sale on the device: its price, its points, its one unit, and a draft that survives."""

from dataclasses import replace

import pytest
from sqlmodel import col, select

from mobile.screens.sale.priced import Priced, price
from mobile.state.application import App
from mobile.state.queries.products import product_rows
from mobile.state.queries.sale import new_draft, party_of
from mobile.state.sale_actions import Sale, place_order, record_payment
from mobile.state.sale_draft import EMPTY, SaleDraft, SaleDrafts, parse_discount
from mobile.text import t, use_language
from shared_models.errors import RuleError
from shared_models.sales.numbers import order_number
from shared_models.sales.tables import Customer, Lead, Order, OrderLine, Payment
from tests.unit.mobile.showroom import NOW, open_app, open_showroom


@pytest.fixture(autouse=True)
def _chinese():
    use_language("zh")


@pytest.fixture
def app(tmp_path):
    with open_showroom(tmp_path) as app:
        yield app


def draft_of(app: App, subject: str, *products: str, **values) -> SaleDraft:
    draft = app.read(lambda session: new_draft(session, subject))
    for product in app.read(lambda session: product_rows(session, products)):
        draft = draft.adding(product)
    return replace(draft, **values)


def priced(app: App, subject: str, draft: SaleDraft) -> Priced:
    party = app.read(lambda session: party_of(session, subject, draft, now_ms=NOW, own_store_id="s"))
    return price(draft, party, now_ms=NOW)


def sell(app: App, subject: str, draft: SaleDraft) -> str:
    ready = priced(app, subject, draft)
    assert ready.problem() is None
    assert ready.quote is not None
    customer, lead = ready.party.customer, ready.party.lead
    sale = Sale(
        replace(draft, customer_id=customer.id if customer else None),
        ready.quote,
        ready.pay_now_fen,
        ready.party.scheme_id,
        ready.party.store_id,
        lead.id if lead else None,
    )
    return place_order(app, sale)


def rows(app: App, table, **where):
    matches = [col(getattr(table, name)) == value for name, value in where.items()]
    return app.read(lambda session: session.exec(select(table).where(*matches)).all())


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("", 0),
        ("300", 30_000),
        ("¥88.5", 8_850),
        ("8.8折", 12_000),
        ("8.8 折", 12_000),
        ("88折", 12_000),
        ("12%", 12_000),
        ("12％", 12_000),
    ],
)
def test_a_discount_is_read_as_yuan_as_what_is_paid_or_as_what_is_taken_off(typed, fen):
    assert parse_discount(typed, 100_000) == fen


@pytest.mark.parametrize("typed", ["abc", "-5", "1000.01", "0折", "101%", "折", "1e3%", "nan%"])
def test_a_discount_that_makes_no_sense_or_exceeds_the_line_is_refused(typed):
    with pytest.raises(RuleError, match="discount"):
        parse_discount(typed, 100_000)


def test_tapping_an_article_twice_makes_two_of_it_and_none_left_removes_the_line(app):
    draft = draft_of(app, "ling", "sofa")
    [sofa] = app.read(lambda session: product_rows(session, ["sofa"]))
    twice = draft.adding(sofa)
    assert [line.quantity for line in twice.lines] == [2]
    assert twice.units_of("sofa") == 2
    assert not twice.stepping(twice.lines[0].id, -2).lines


def test_a_deposit_earns_its_points_now_and_the_rest_once_paid(app):
    draft = draft_of(app, "ling", "sofa", "sofa", deposit="999.50")
    ready = priced(app, "ling", draft)
    assert (ready.points.now, ready.points.in_full) == (999, 1999)
    assert ready.tier_after == "S2"
    assert ready.pay_now_fen == 99_950


def test_services_and_people_who_are_no_members_earn_nothing(app):
    service = priced(app, "ling", draft_of(app, "ling", "install"))
    assert service.points.in_full == 0
    stranger = priced(app, "bo", draft_of(app, "bo", "sofa", enrol=False))
    assert stranger.points.in_full == 0
    assert stranger.due_fen == 99_950


def test_a_deposit_above_what_is_due_a_wrong_coupon_and_a_missing_name_are_refused_in_words(app):
    assert priced(app, "ling", draft_of(app, "ling")).problem() == t("sale.problem_lines")
    above = priced(app, "ling", draft_of(app, "ling", "sofa", deposit="999.51"))
    assert above.problem() == t("sale.deposit_above", due="¥999.50")
    coupon = priced(app, "ling", draft_of(app, "ling", "sofa", coupon="1000"))
    assert coupon.problem() == t("error.coupon")
    nameless = priced(app, EMPTY, draft_of(app, EMPTY, "sofa", phone="13600136000"))
    assert nameless.problem() == t("sale.problem_name")
    phone = priced(app, EMPTY, draft_of(app, EMPTY, "sofa", name="欧阳明", phone="136"))
    assert phone.problem() == t("sale.problem_phone")


def test_a_sale_to_a_lead_is_one_unit_that_makes_the_customer_and_wins_the_lead(app):
    draft = draft_of(app, "zhou", "sofa", "chair", "install", deposit="500", coupon="100")
    order_id = sell(app, "zhou", draft)
    [unit] = app.replica.pending_units()
    assert unit.action == "place_order"
    assert {change.table for change in unit.changes} == {
        "customer",
        "lead",
        "sales_order",
        "orderline",
        "payment",
    }
    [order] = rows(app, Order)
    [customer] = rows(app, Customer, name="周欣怡")
    [lead] = rows(app, Lead)
    assert (lead.stage, lead.customer_id) == ("won", customer.id)
    assert (order.id, order.customer_id, order.lead_id, order.scheme_id) == (
        order_id,
        customer.id,
        "zhou",
        "v1",
    )
    assert (customer.phone, customer.styles, customer.enrolled_at_ms) == ("13700137000", ["北欧"], NOW)
    assert (order.products_net_fen, order.services_fen, order.coupon_fen) == (123_250, 20_000, 10_000)
    assert sum(line.net_fen for line in rows(app, OrderLine)) == 143_250
    assert [payment.amount_fen for payment in rows(app, Payment)] == [50_000]


def test_the_customer_with_the_phone_number_is_found_and_not_made_twice(app):
    draft = draft_of(app, EMPTY, "chair", name="老李", phone="+86 139 0013 9000")
    sell(app, EMPTY, draft)
    [order] = rows(app, Order)
    assert order.customer_id == "bo"
    assert len(rows(app, Customer)) == 2
    [bo] = rows(app, Customer, id="bo")
    assert bo.name == "李建国"
    assert bo.enrolled_at_ms == NOW


def test_placing_the_same_draft_twice_places_one_order(app):
    draft = draft_of(app, "ling", "sofa")
    assert sell(app, "ling", draft) == sell(app, "ling", draft)
    assert len(rows(app, Order)) == 1
    assert len(app.replica.pending_units()) == 1


def test_a_draft_survives_a_restart_and_is_forgotten_once_it_is_empty(app, tmp_path):
    draft = draft_of(app, "zhou", "sofa", deposit="100", coupon="5")
    draft = draft.changing(draft.lines[0].id, discount="8.8折")
    SaleDrafts(app.facts).keep("zhou", draft)
    app.engine.dispose()
    again = open_app(tmp_path)
    assert SaleDrafts(again.facts).load("zhou") == draft
    assert SaleDrafts(again.facts).load(EMPTY) is None
    SaleDrafts(again.facts).keep("zhou", SaleDraft())
    assert SaleDrafts(again.facts).load("zhou") is None
    again.engine.dispose()


def test_a_payment_beyond_the_balance_is_refused_and_nothing_is_written(app):
    order_id = sell(app, "ling", draft_of(app, "ling", "sofa", deposit="999"))
    with pytest.raises(RuleError) as refused:
        record_payment(app, order_id, 51, "cash")
    assert (refused.value.code, refused.value.details["due_fen"]) == ("overpaid", 50)
    with pytest.raises(RuleError, match="amount"):
        record_payment(app, order_id, 0, "cash")
    assert len(rows(app, Payment)) == 1
    record_payment(app, order_id, 50, "cash")
    assert sum(payment.amount_fen for payment in rows(app, Payment)) == 99_950
    assert [unit.action for unit in app.replica.pending_units()] == ["place_order", "record_payment"]


def test_an_order_number_says_the_day_and_can_be_read_out():
    number = order_number("0192a3b4c5d67e8f9012345678abcdef", NOW)
    assert number.startswith("SF-260529-")
    assert len(number) == len("SF-260529-ABCDEF")
    assert not set("ILOU") & set(number.split("-")[2])
