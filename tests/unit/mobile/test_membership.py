"""A member's own app answers from the local copy: what is affordable, what each line follows from, where they may go."""

from pathlib import Path

import pytest
from sqlmodel import Session

from mobile.screens.places import sections_for
from mobile.state.application import App
from mobile.state.queries.membership import entries_of, membership, own_orders
from shared_models.loyalty.tables import Gift, MemberAccount, PointsEntry, PointsLot, Redemption, Scheme
from shared_models.people.tables import Role
from shared_models.sales.tables import Order, Payment
from tests.unit.mobile.showroom import DAY, NOW, open_showroom


@pytest.fixture
def app(tmp_path: Path):
    with open_showroom(tmp_path) as opened:
        with Session(opened.engine) as session:
            session.add_all(
                [
                    Gift(id="cup", company_id="c", name="杯子", points=500, value_fen=3_000),
                    Gift(id="lamp", company_id="c", name="灯", points=9_000),
                    Gift(id="tray", company_id="c", name="托盘", points=100, min_tier="S2"),
                    Gift(id="gone", company_id="c", name="花瓶", points=50, stock=0),
                    Gift(id="old", company_id="c", name="旧礼品", points=1, active=False),
                ]
            )
            session.commit()
        yield opened


def gifts(app: App) -> dict[str, tuple[bool, int, str]]:
    view = app.read(lambda session: membership(session, "ling", NOW))
    assert view is not None
    return {item.gift.id: (item.in_reach, item.missing, item.needs_tier) for item in view.gifts}


def test_gifts_say_what_is_missing_points_tier_or_stock(app: App):
    assert gifts(app) == {
        "gone": (False, 0, ""),
        "tray": (False, 0, "S2"),
        "cup": (True, 0, ""),
        "lamp": (False, 1_010, ""),
    }


def test_a_scheme_by_purchases_counts_what_was_spent_for_the_tier_and_its_gifts(app: App):
    with Session(app.engine) as session:
        rules = {"tier_basis": "spent", "tiers": [{"name": "S1", "from": 0}, {"name": "S2", "from": 3_000}]}
        session.add(Scheme(company_id="c", version=9, valid_from_ms=NOW - 1, rules=rules))
        session.get_one(MemberAccount, "ling").spent_fen = 300_000
        session.commit()

    view = app.read(lambda session: membership(session, "ling", NOW))
    assert view is not None
    assert view.tier.name == "S2"
    assert gifts(app)["tray"] == (True, 0, "")


@pytest.mark.parametrize("held_back", [{"leased": 7_600}, {"debt": 1}])
def test_points_that_are_leased_or_owed_buy_no_gift(app: App, held_back: dict[str, int]):
    with Session(app.engine) as session:
        account = session.get_one(MemberAccount, "ling")
        for name, value in held_back.items():
            setattr(account, name, value)
        session.commit()

    assert not gifts(app)["cup"][0]


def test_each_line_of_the_ledger_brings_what_it_follows_from(app: App):
    own = {"company_id": "c", "customer_id": "ling"}
    with Session(app.engine) as session:
        session.add_all(
            [
                Order(id="o", store_id="s", staff_id="amy", number="SF-1", products_net_fen=100, sold_at_ms=NOW, **own),
                Payment(id="p", company_id="c", order_id="o", staff_id="amy", amount_fen=60, paid_at_ms=NOW),
                PointsLot(id="l", earned=60, remaining=60, earned_at_ms=NOW, expires_on="2027-01-01", **own),
                Redemption(id="r", staff_id="ling", gift_id="cup", points=500, redeemed_at_ms=NOW, **own),
                PointsEntry(
                    kind="base", points=60, order_id="o", payment_id="p", lot_id="l", scheme_id="v1",
                    posted_at_ms=NOW - DAY, **own,
                ),
                PointsEntry(kind="redeem", points=-500, redemption_id="r", posted_at_ms=NOW, **own),
            ]
        )  # fmt: skip
        session.commit()

    def told(session: Session) -> list[tuple]:
        return [
            (
                why.entry.points,
                why.order and why.order.number,
                why.payment and why.payment.amount_fen,
                why.lot and why.lot.expires_on,
                why.scheme_version,
                why.gift,
            )
            for why in entries_of(session, "ling")
        ]

    assert app.read(told)[:2] == [
        (-500, None, None, None, None, "杯子"),
        (60, "SF-1", 60, "2027-01-01", 1, ""),
    ]
    assert [order.number for order in app.read(lambda session: own_orders(session, "ling"))] == ["SF-1"]


def test_a_member_has_places_of_their_own_and_none_of_a_colleagues():
    own = [section.pane.module for section in sections_for(Role.MEMBER)]

    assert own == [
        "member.card",
        "member.gifts",
        "member.points",
        "member.orders",
        "sync.pane",
        "settings.pane",
    ]
    assert "member.card" not in [section.pane.module for section in sections_for(Role.SALES)]
