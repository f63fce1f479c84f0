"""A designer's own figures come from the local copy, and a claim made without a network is kept as one unit."""

from pathlib import Path

import pytest
from sqlmodel import Session, select

from mobile.screens.places import sections_for
from mobile.state.application import App
from mobile.state.queries.designer import designer_year, earned_by_client, earned_orders, statements_of
from mobile.state.queries.designer_offers import invitations_of, recommended, referrals_of
from mobile.state.queries.designers import designer_record, designer_rows
from mobile.state.referral_actions import Claim, answer_invitation, register_referral
from shared_models.designers.tables import (
    CommissionEntry,
    CommissionStatement,
    Designer,
    DesignerEvent,
    DesignerFirm,
    DesignerInvitation,
    DesignerLevelChange,
    DesignerLevels,
    Recommendation,
    Referral,
)
from shared_models.errors import RuleError
from shared_models.people.tables import Role
from tests.unit.mobile.showroom import DAY, NOW, open_showroom

LEVELS = {
    "levels": [
        {"name": "L1", "lower": None, "upper": "1000.00", "rate_percent": "3"},
        {"name": "L2", "lower": "800.00", "upper": None, "rate_percent": "5"},
    ]
}
YEAR = 2026
OWN = {"company_id": "c", "designer_id": "lin"}


@pytest.fixture
def app(tmp_path: Path):
    with open_showroom(tmp_path) as opened:
        with Session(opened.engine) as session:
            session.add_all(rows())
            session.commit()
        yield opened


def entry(order_id: str, kind: str, amount_fen: int, **rest: object) -> CommissionEntry:
    values = {
        "order_number": order_id.upper(), "client_name": "陈玉兰", "customer_id": "ling", "year": YEAR, "rate_percent": "3",
        "occurred_at_ms": NOW - 30 * DAY, "posted_at_ms": NOW - 30 * DAY,
    } | rest  # fmt: skip
    return CommissionEntry(**OWN, order_id=order_id, kind=kind, amount_fen=amount_fen, **values)


def rows() -> list:
    return [
        DesignerFirm(id="f", company_id="c", name="半山装饰"),
        Designer(id="lin", company_id="c", firm_id="f", name="林晓", level="L1", phone="13600001111"),
        DesignerLevels(company_id="c", version=1, valid_from_ms=0, rules=LEVELS),
        DesignerLevelChange(**OWN, from_year=2020, level="L1", cause="opening", recorded_at_ms=0),
        entry("paid", "recognised", 900, performance_fen=30_000, payable_from_ms=NOW - 20 * DAY),
        entry("paid", "settled", -900, statement_id="st", posted_at_ms=NOW - 10 * DAY),
        entry("due", "recognised", 600, performance_fen=20_000, payable_from_ms=NOW),
        entry("due", "reversal", -150, performance_fen=-5_000),
        entry("new", "recognised", 300, performance_fen=10_000, payable_from_ms=NOW + 1, occurred_at_ms=NOW),
        CommissionStatement(
            **OWN, id="st", number=1, total_fen=900, pay_fen=900, carry_fen=0, settled_at_ms=NOW - 10 * DAY
        ),
        DesignerEvent(id="ev", company_id="c", title="夜游", starts_at_ms=NOW + DAY),
        DesignerInvitation(**OWN, id="inv", event_id="ev"),
        Recommendation(company_id="c", product_id="sofa", words="同款"),
        Recommendation(company_id="c", product_id="old", words="停产"),
    ]


def test_the_year_so_far_is_read_without_a_network(app: App):
    view = app.read(lambda session: designer_year(session, "lin", NOW))
    assert (view.name, view.year, view.level, str(view.rate_percent)) == ("林晓", YEAR, "L1", "3")
    assert (view.figures.performance_fen, view.figures.commission_fen) == (55_000, 1_650)
    assert (view.next_level, view.to_next_fen, view.share) == ("L2", 45_001, 0.55)
    assert (view.owed.pending_fen, view.owed.payable_fen, view.paid_fen) == (300, 450, 900)
    assert (view.clawed_back_fen, view.carry_fen, view.keeps_from_fen) == (-150, 0, None)


def test_the_top_level_has_nothing_above_it_and_something_to_keep(app: App):
    with Session(app.engine) as session:
        session.add(DesignerLevelChange(**OWN, from_year=YEAR, level="L2", cause="review", recorded_at_ms=1))
        session.commit()
    view = app.read(lambda session: designer_year(session, "lin", NOW))
    assert (view.level, view.next_level, view.to_next_fen, view.share) == ("L2", None, None, 1.0)
    assert view.keeps_from_fen == 80_000


def test_before_the_first_sync_there_is_no_year(app: App):
    assert app.read(lambda session: designer_year(session, "somebody else", NOW)) is None


def test_every_order_says_how_far_its_commission_has_come(app: App):
    orders = app.read(lambda session: earned_orders(session, "lin", NOW))
    assert [(order.order_id, order.state, order.commission_fen) for order in orders] == [
        ("new", "pending", 300), ("due", "payable", 450), ("paid", "paid", 900),
    ]  # fmt: skip
    assert orders[0].payable_from_ms == NOW + 1


def test_an_order_that_came_back_whole_is_shown_as_returned(app: App):
    with Session(app.engine) as session:
        session.add(entry("due", "reversal", -450, performance_fen=-15_000))
        session.commit()
    states = {
        order.order_id: order.state for order in app.read(lambda session: earned_orders(session, "lin", NOW))
    }
    assert states["due"] == "returned"


def test_a_referral_earns_what_its_client_brought(app: App):
    register_referral(app, Claim("lin", "陈玉兰", "138 0013 8000"))
    with Session(app.engine) as session:
        session.exec(select(Referral)).one().customer_id = "ling"
        session.commit()
    [item] = app.read(lambda session: referrals_of(session, "lin"))
    assert item.earned_fen == 1_650
    assert app.read(lambda session: earned_by_client(session, "lin")) == {"ling": 1_650}


def test_a_claim_made_at_the_counter_is_one_unit_with_its_moment_and_store(app: App):
    referral_id = register_referral(app, Claim("lin", " 周先生 ", "+86 137 0000 2222", note=" 急 "))
    with Session(app.engine) as session:
        referral = session.get_one(Referral, referral_id)
    assert (referral.client_name, referral.phone, referral.note) == ("周先生", "13700002222", "急")
    assert (referral.store_id, referral.registered_by, referral.claimed_at_ms) == ("s", "amy", NOW)
    assert app.replica.status().pending == 1


@pytest.mark.parametrize(("name", "phone", "code"), [(" ", "13700002222", "name"), ("周", "12", "phone")])
def test_a_claim_without_a_name_or_a_number_is_refused_and_nothing_kept(
    app: App, name: str, phone: str, code: str
):
    with pytest.raises(RuleError) as refused:
        register_referral(app, Claim("lin", name, phone))
    assert refused.value.code == code
    assert app.replica.status().pending == 0


def test_somebody_without_a_store_says_which_one_the_client_goes_to(app: App):
    with Session(app.engine) as session:
        session.get_one(
            Referral, register_referral(app, Claim("lin", "周", "13700002222", store_id="elsewhere"))
        )
    app.replica.register(device_id="d", staff_id="lin", company_id="c")
    with pytest.raises(RuleError) as refused:
        register_referral(app, Claim("lin", "周", "13700002222"))
    assert refused.value.code == "store_missing"


def test_an_invitation_is_answered_without_a_network(app: App):
    answer_invitation(app, "inv", "accepted")
    [item] = app.read(lambda session: invitations_of(session, "lin"))
    assert (item.event.title, item.invitation.state) == ("夜游", "accepted")
    assert app.replica.status().pending == 1


def test_articles_that_are_sold_no_more_are_not_recommended(app: App):
    assert [(each.product.id, each.words) for each in app.read(recommended)] == [("sofa", "同款")]


@pytest.mark.parametrize("typed", ["", "林", "lx", "半山"])
def test_a_designer_is_found_by_name_initials_or_firm(app: App, typed: str):
    [found] = app.read(lambda session: designer_rows(session, typed))
    assert (found.name, found.firm, found.level) == ("林晓", "半山装饰", "L1")
    assert app.read(lambda session: designer_rows(session, "nobody")) == []


def test_what_a_designer_earns_is_for_the_back_office_alone(app: App):
    at_counter = app.read(lambda session: designer_record(session, "lin", NOW, with_earnings=False))
    in_office = app.read(lambda session: designer_record(session, "lin", NOW, with_earnings=True))
    assert (at_counter.standing, at_counter.statements) == (None, [])
    assert in_office.standing.paid_fen == 900
    assert [row.number for row in app.read(lambda session: statements_of(session, "lin"))] == [1]
    assert app.read(lambda session: designer_record(session, "nobody", NOW, with_earnings=True)) is None


def test_a_designer_s_places_are_their_own_and_nobody_else_s():
    own = [section.path for section in sections_for(Role.DESIGNER)]
    assert own == ["year", "referrals", "commissions", "events", "sync", "settings"]
    assert not {"year", "referrals", "commissions", "events"} & {
        place.path for place in sections_for(Role.SALES)
    }
