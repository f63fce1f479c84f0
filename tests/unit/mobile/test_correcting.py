"""A refused action is corrected in its own fields: what may be given anew, how it is read, what is sent."""

import pytest
from sqlalchemy import update
from sqlmodel import Session

from mobile.state.conflict_actions import put_instead
from mobile.state.correcting import Form, as_typed, as_value, correct, entries_of
from mobile.state.lead_actions import Report, edit_lead, log_follow_up
from mobile.state.queries.inbox import refused_records
from mobile.text import formats
from shared_models.errors import RuleError
from shared_models.sales.tables import Customer, Lead, Order, Payment
from sync.conflict import Conflict
from sync.device.tables import OUTBOX
from tests.unit.mobile.showroom import NOW, open_showroom


@pytest.fixture
def app(tmp_path):
    with open_showroom(tmp_path) as opened:
        yield opened


def refuse(app, code, **details):
    """Have the server's answer to what was done last be a refusal; the unit as the device then shows it."""
    unit = app.replica.pending_units()[-1]
    with app.engine.begin() as connection:
        values = {"state": "refused", "code": code, "details": details}
        connection.execute(update(OUTBOX).where(OUTBOX.c.unit == unit.id).values(values))
    return app.replica.refused_units()[-1]


def pay(app, amount_fen=500_000):
    order = Order(
        id="o1", company_id="c", store_id="s", customer_id="ling", staff_id="amy", lead_id="zhou",
        number="N1", products_net_fen=500_000, sold_at_ms=NOW,
    )  # fmt: skip
    with app.action("place_order") as session:
        session.add(order)
    payment = Payment(company_id="c", order_id="o1", staff_id="amy", amount_fen=amount_fen, paid_at_ms=NOW)
    with app.action("record_payment") as session:
        session.add(payment)
    return payment.id


def entry(unit, field):
    (found,) = [each for each in entries_of(unit) if each.field == field]
    return found


def test_the_fields_are_those_that_the_person_gave_and_the_refused_one_comes_first(app):
    pay(app)
    fields = entries_of(refuse(app, "overpaid"))
    assert [(each.field, each.form, each.is_refused) for each in fields] == [
        ("amount_fen", Form.MONEY, True),
        ("method", Form.CHOICE, False),
    ]


def test_a_corrected_amount_is_sent_and_shown_in_place_of_the_refused_one(app):
    payment = pay(app)
    unit = refuse(app, "overpaid")
    amount = entry(unit, "amount_fen")
    assert as_typed(amount.form, amount.value) == "5000"
    correct(app, unit, {amount.key: as_value("payment", "amount_fen", "¥3,000.50")})
    assert app.replica.refused_units() == []
    sent = app.replica.pending_units()[-1]
    assert sent.changes[0].fields["amount_fen"] == 300_050
    assert app.read(lambda session: session.get_one(Payment, payment)).amount_fen == 300_050


def test_what_follows_from_a_corrected_value_is_corrected_with_it(app):
    with app.action("create_customer") as session:
        session.add(Customer(id="wu", company_id="c", store_id="s", name="伍", phone="1"))
    unit = refuse(app, "phone")
    values = {
        entry(unit, "name").key: "吴佳",
        entry(unit, "phone").key: as_value("customer", "phone", "+86 13900139001"),
    }
    correct(app, unit, values)
    (change,) = app.replica.pending_units()[-1].changes
    assert (change.fields["phone"], change.fields["name"]) == ("13900139001", "吴佳")
    assert "wujia" in change.fields["name_key"].replace(" ", "")


def test_a_value_that_only_a_manager_may_change_returns_to_what_it_was(app):
    edit_lead(app, "zhou", store_id="other", budget_fen=100)
    unit = refuse(app, "not_your_field", table="lead", field="store_id")
    store = entry(unit, "store_id")
    assert (store.form, store.before) == (None, "s")
    correct(app, unit, {})
    lead = app.read(lambda session: session.get_one(Lead, "zhou"))
    assert (lead.store_id, lead.budget_fen) == ("s", 100)


def test_what_was_worked_out_from_other_values_is_not_offered(app):
    log_follow_up(app, "zhou", Report("call", "reached", "high", "想要北欧风"))
    fields = {(each.table, each.field) for each in entries_of(refuse(app, "not_yours"))}
    assert {("followup", "note"), ("followup", "intent"), ("followup", "channel")} <= fields
    assert not {each for each in fields if each[0] == "lead"}


@pytest.mark.parametrize(
    ("table", "field", "typed", "value"),
    [
        ("lead", "budget_fen", "88,000", 8_800_000),
        ("lead", "budget_fen", "", None),
        ("lead", "phone", "+86 139 0013 9000", "13900139000"),
        ("lead", "styles", ("新中式", "北欧"), ["北欧", "新中式"]),
        ("lead", "intent", "high", "high"),
        ("lead", "notes", "两行\n备注", "两行\n备注"),
        ("customer", "birthday", "1990-05-01", "1990-05-01"),
        ("followup", "dwell_minutes", "40", 40),
        ("followup", "next_due_at_ms", "2026-05-01 15:30", 1_777_620_600_000),
    ],
)  # fmt: skip
def test_what_is_typed_is_read_by_the_type_of_its_column(table, field, typed, value):
    assert as_value(table, field, typed) == value


def test_a_moment_is_shown_as_it_is_typed():
    assert as_typed(Form.MOMENT, 1_777_620_600_000) == "2026-05-01 15:30"
    assert formats.clock(1_777_620_600_000) == "15:30"


@pytest.mark.parametrize(
    ("table", "field", "typed", "code"),
    [
        ("lead", "budget_fen", "很多", "money"),
        ("lead", "budget_fen", "9" * 14, "money"),
        ("lead", "phone", "12", "phone"),
        ("customer", "birthday", "五月", "moment"),
        ("followup", "dwell_minutes", "久", "quantity"),
        ("lead", "name", "\0", "bad_value"),
    ],
)
def test_what_cannot_be_read_is_named(table, field, typed, code):
    with pytest.raises(RuleError) as caught:
        as_value(table, field, typed)
    assert caught.value.code == code


def test_a_refused_payment_is_marked_on_its_order_its_buyer_and_the_lead(app):
    payment = pay(app)
    unit = refuse(app, "overpaid")
    marked = app.read(lambda session: refused_records(session, [unit]))
    assert {
        ("payment", payment),
        ("sales_order", "o1"),
        ("customer", "ling"),
        ("lead", "zhou"),
    } <= marked.keys()
    assert set(marked.values()) == {unit.id}


class TestConflict:
    """A value that gave way may be settled with a third one, and that can be undone."""

    @pytest.fixture
    def conflict(self, app):
        with Session(app.engine) as session:
            conflict = Conflict(
                id="k", company_id="c", about_table="lead", about_id="zhou", field="budget_fen",
                base="null", kept="100", lost="200", lost_at_ms=NOW,
            )  # fmt: skip
            session.add(conflict)
            session.commit()
        return app.replica.open_conflicts()[0]

    def test_a_third_value_settles_it_as_one_unit(self, app, conflict):
        put_instead(app, conflict, as_value("lead", "budget_fen", "3000"))
        assert app.read(lambda session: session.get_one(Lead, "zhou")).budget_fen == 300_000
        assert app.replica.open_conflicts() == []
        (unit,) = app.replica.pending_units()
        assert {(change.table, change.row) for change in unit.changes} == {
            ("lead", "zhou"),
            ("conflict", "k"),
        }

    def test_undoing_it_opens_the_question_again(self, app, conflict):
        put_instead(app, conflict, 300_000)()
        assert app.read(lambda session: session.get_one(Lead, "zhou")).budget_fen is None
        assert [each.id for each in app.replica.open_conflicts()] == ["k"]
