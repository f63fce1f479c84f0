"""Gifts at the server: offered with a floor, redeemed while they are edited, handed over, taken back."""

from typing import Any

import pytest
from sqlmodel import select

from server.domain.loyalty.opening import OpeningLot
from shared_models.loyalty.tables import Gift, Redemption
from tests.integration.server.company import Company
from tests.integration.server.taken_over import opened
from tests.integration.server.till import Till

DAY_S = 86_400
LAMP = {"name": " 台灯 ", "points": 300, "value_fen": 49_900, "stock": 3}


@pytest.fixture
def office(company: Company) -> Till:
    return Till.of(company, "O001")


@pytest.fixture
def member(company: Company) -> str:
    return opened(company, company.ids["customer"], OpeningLot("all", 5_000))


def gift_of(company: Company, gift_id: str) -> Gift:
    with company.services.database.reading() as session:
        return session.get_one(Gift, gift_id)


def redemption_of(company: Company, redemption_id: str) -> Redemption:
    with company.services.database.reading() as session:
        return session.get_one(Redemption, redemption_id)


def test_a_gift_is_offered_once_however_often_it_is_sent(company: Company, office: Till):
    gift = office.post("/gifts", **LAMP, id="lamp")
    assert (gift["name"], gift["points"], gift["stock"], gift["active"]) == ("台灯", 300, 3, True)
    assert office.post("/gifts", **LAMP | {"name": "x"}, id="lamp")["name"] == "台灯"
    with company.services.database.reading() as session:
        assert len(session.exec(select(Gift)).all()) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"value_fen": 299}, "gift_value"),
        ({"name": ""}, "gift_name"),
        ({"valid_from": "tomorrow"}, "gift_days"),
    ],
)
def test_a_gift_that_the_scheme_forbids_is_refused_and_nothing_changes(
    company: Company, office: Till, change: dict[str, Any], code: str
):
    office.post("/gifts", **LAMP, id="lamp")
    assert office.refused("/gifts", **LAMP | change) == code
    assert office.refused("/gifts/lamp", **LAMP | change) == code
    assert gift_of(company, "lamp").value_fen == 49_900


def test_the_floor_is_the_scheme_s(company: Company, office: Till):
    office.post("/schemes", rules={"gift_floor_percent": "200"})
    assert office.refused("/gifts", **LAMP | {"value_fen": 599}) == "gift_value"
    office.post("/gifts", **LAMP | {"value_fen": 600})


def test_what_is_redeemed_while_the_stock_is_edited_stays_taken(company: Company, office: Till, member: str):
    office.post("/gifts", **LAMP, id="lamp")
    Till.of(company).post("/redemptions", customer_id=member, gift_id="lamp")
    changed = office.post("/gifts/lamp", **LAMP | {"stock": 10, "seen_stock": 3, "min_tier": "S2"})
    assert (changed["stock"], changed["min_tier"]) == (9, "S2")
    assert office.refused("/gifts/nothing", **LAMP) == "not_found"


def test_a_gift_is_redeemed_on_its_days_alone(company: Company, office: Till, member: str):
    office.post("/gifts", **LAMP | {"valid_until": "2026-09-21"}, id="lamp")
    assert company.clock.now_ms > 0
    till = Till.of(company)
    assert till.post("/redemptions", customer_id=member, gift_id="lamp")["points"] == 300
    company.clock.forward(seconds=2 * DAY_S)
    assert Till.of(company).refused("/redemptions", customer_id=member, gift_id="lamp") == "unknown"


def test_a_reserved_gift_is_handed_over_once_and_its_promise_is_kept_with_it(
    company: Company, office: Till, member: str
):
    office.post("/gifts", **LAMP, id="lamp")
    till = Till.of(company)
    made = till.post("/redemptions", customer_id=member, gift_id="lamp", handed_over=False)
    redemption = redemption_of(company, made["id"])
    assert (redemption.state, redemption.handed_over_at_ms) == ("reserved", None)
    assert redemption.due_at_ms == redemption.redeemed_at_ms + 7 * DAY_S * 1_000

    company.clock.forward(seconds=60)
    first = till.post(f"/redemptions/{made['id']}/hand-over")
    company.clock.forward(seconds=60)
    again = till.post(f"/redemptions/{made['id']}/hand-over")

    assert first == again
    redemption = redemption_of(company, made["id"])
    assert (redemption.state, redemption.handed_over_by) == ("done", company.ids["M001"])
    assert redemption.handed_over_at_ms == company.clock.now_ms - 60_000
    assert till.figures(member, "redemptions", "balance") == (1, 4_700)


def test_a_gift_taken_along_at_the_counter_is_handed_over_at_once(
    company: Company, office: Till, member: str
):
    office.post("/gifts", **LAMP, id="lamp")
    made = Till.of(company).post("/redemptions", customer_id=member, gift_id="lamp")
    redemption = redemption_of(company, made["id"])
    assert (redemption.state, redemption.due_at_ms) == ("done", None)
    assert redemption.handed_over_by == company.ids["M001"]


def test_a_cancelled_gift_goes_back_to_the_stock_and_is_never_handed_over(
    company: Company, office: Till, member: str
):
    office.post("/gifts", **LAMP, id="lamp")
    till = Till.of(company)
    made = till.post("/redemptions", customer_id=member, gift_id="lamp", handed_over=False)
    assert till.post(f"/redemptions/{made['id']}/cancellation")["restored"] == 300
    assert gift_of(company, "lamp").stock == 3
    assert till.refused(f"/redemptions/{made['id']}/hand-over") == "cancelled"
    assert till.figures(member, "redemptions", "balance") == (0, 5_000)
