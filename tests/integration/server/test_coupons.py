"""Coupons online: used in a sale at the server, seen before they are issued, and counted kind by kind."""

from typing import Any

import pytest

from shared_models.ids import derived_id
from shared_models.loyalty.tables import Coupon
from shared_models.moments import DAY_MS, days_after, local_date
from shared_models.people.tables import Staff
from shared_models.sales.tables import Order
from tests.integration.server.company import START_MS, Company
from tests.integration.server.taken_over import take_over
from tests.integration.server.till import Till

TODAY = local_date(START_MS)
TERMS: dict[str, Any] = {"amount_fen": 10_000, "campaign": "SEP", "valid_until": TODAY}


@pytest.fixture
def member(company: Company) -> str:
    return take_over(company, "13900000091", [])


def issue(company: Company, member: str, issue_id: str = "autumn", **terms: Any) -> str:
    body = {"customer_ids": [member]} | TERMS | terms
    assert Till.of(company).post("/coupons", id=issue_id, **body) == {"issued": 1}
    return derived_id("coupon", issue_id, member)


def asked(company: Company, path: str, code: str = "O001") -> list[dict[str, Any]]:
    answer = company.client.get(f"/api{path}", headers=company.headers(code))
    assert answer.status_code == 200, answer.text
    return list(answer.json())


def test_a_sale_at_the_server_takes_the_coupons_amount_notes_its_order_and_its_campaign(
    company: Company, member: str
):
    coupon_id = issue(company, member)
    sold = Till.of(company).sell(member, 30_000, 20_000, coupon_id=coupon_id, coupon_fen=1)

    assert sold["due_fen"] == 40_000
    assert list(sold["net_fen_by_line"].values()) == [24_000, 16_000]
    assert sold["points"] == 400
    with company.services.database.reading() as session:
        coupon, order = session.get_one(Coupon, coupon_id), session.get_one(Order, sold["id"])
        assert (coupon.state, coupon.order_id, coupon.settled_at_ms) == ("used", sold["id"], START_MS)
        assert (order.coupon_fen, order.campaign) == (10_000, "SEP")


def test_a_coupon_that_was_used_is_over_or_is_somebody_elses_sells_nothing_at_the_server(
    company: Company, member: str
):
    till, coupon_id = Till.of(company), issue(company, member)
    late = issue(company, member, "late")
    sale = {"lines": [{"price_fen": 50_000}], "customer_id": member}
    other = take_over(company, "13900000092", [])

    assert till.refused("/sales", **sale | {"customer_id": other}, coupon_id=coupon_id) == "coupon_gone"
    assert till.refused("/sales", **sale, coupon_id="nothing") == "coupon_gone"
    small = sale | {"lines": [{"price_fen": 9_999}]}
    assert till.refused("/sales", **small, coupon_id=coupon_id) == "coupon"
    till.post("/sales", **sale, coupon_id=coupon_id)
    assert till.refused("/sales", **sale, coupon_id=coupon_id) == "coupon_gone"
    company.clock.forward(seconds=DAY_MS // 1000)
    till = Till.of(company)
    assert till.refused("/sales", **sale, coupon_id=late) == "coupon_gone"
    assert till.figures(member, "orders") == (1,)


def test_what_issuing_would_do_is_told_before_and_leaves_no_trace(company: Company, member: str):
    take_over(company, "13900000092", [])
    issue(company, member)
    office = Till.of(company, "O001")
    tier = {"tier": "S1", "id": "winter"} | TERMS

    seen = {"issued": 2, "already": 0, "holding": 1, "amount_fen": 20_000}
    assert office.post("/coupons/preview", **tier) == seen
    assert [each["issued"] for each in asked(company, "/coupons")] == [1]

    assert office.post("/coupons", **tier) == {"issued": 2}
    assert office.post("/coupons", **tier) == {"issued": 2}
    assert office.post("/coupons/preview", **tier) == {
        "issued": 0,
        "already": 2,
        "holding": 0,
        "amount_fen": 0,
    }
    assert [each["issued"] for each in asked(company, "/coupons")] == [3]


def test_a_preview_refuses_what_issuing_refuses(company: Company, member: str):
    body = {"customer_ids": [member]} | TERMS
    for path in ("/coupons", "/coupons/preview"):
        assert Till.of(company).refused(path, **body | {"amount_fen": 0}) == "coupon_amount"
        assert (
            Till.of(company).refused(path, **body | {"valid_until": days_after(TODAY, -1)}) == "coupon_days"
        )
        assert Till.of(company).refused(path, tier="S1", **TERMS) == "not_yours"
        assert Till.of(company, "S001").refused(path, **body) == "not_yours"


def test_what_was_issued_is_counted_by_amount_campaign_and_last_day_with_what_became_of_it(
    company: Company, member: str
):
    used = issue(company, member)
    issue(company, member, "again")
    issue(company, member, "endless", valid_until=None, amount_fen=500)
    Till.of(company).sell(member, 50_000, coupon_id=used)

    found = asked(company, "/coupons", "M001")
    assert [(each["amount_fen"], each["valid_until"], each["issued"], each["used"]) for each in found] == [
        (500, None, 1, 0),
        (10_000, TODAY, 2, 1),
    ]
    holders = asked(company, f"/coupons/latest?amount_fen=10000&campaign=SEP&valid_until={TODAY}", "M001")
    assert sorted(each["state"] for each in holders) == ["issued", "used"]
    assert {each["customer"] for each in holders} == {"李"}
    assert [each["coupon_id"] for each in asked(company, "/coupons/latest?amount_fen=500&campaign=SEP")] == [
        derived_id("coupon", "endless", member)
    ]


def test_a_manager_sees_what_the_own_store_got_and_not_another_ones(company: Company, member: str):
    issue(company, member)
    with company.services.database.writing() as session:
        session.get_one(Staff, company.ids["M001"]).store_id = company.ids["south"]
        session.get_one(Coupon, derived_id("coupon", "autumn", member)).issued_by = None
    assert asked(company, "/coupons", "M001") == []
    assert asked(company, f"/coupons/latest?amount_fen=10000&campaign=SEP&valid_until={TODAY}", "M001") == []
    assert len(asked(company, "/coupons")) == 1
