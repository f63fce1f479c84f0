"""Figures over days for those in charge: the points programme, the team, what customers said."""

from typing import Any

import pytest

from server.domain.loyalty.opening import OpeningLot
from tests.integration.server.company import Company
from tests.integration.server.taken_over import opened
from tests.integration.server.till import Till

DAYS = "first_day=2026-09-01&last_day=2026-09-30"


@pytest.fixture
def member(company: Company) -> str:
    return opened(company, company.ids["customer"], OpeningLot("all", 1_000))


def get(company: Company, path: str, code: str = "O001") -> Any:
    answer = company.client.get(f"/api{path}", headers=company.headers(code))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_programme_says_what_was_issued_used_and_taken_back_and_what_is_owed(
    company: Company, member: str
):
    till = Till.of(company)
    sold = till.sell(member, 100_000, coupon_fen=10_000)
    till.post("/redemptions", customer_id=member, points=300)
    taken_back = till.post("/redemptions", customer_id=member, points=200)
    till.post(f"/redemptions/{taken_back['id']}/cancellation")
    before = get(company, f"/figures/programme?{DAYS}")
    assert before["flow"] == {
        "issued": 1_900, "used": 300, "expired": 0, "taken_back": 0, "use_percent": "15.79", "expiry_percent": "0.00",
    }  # fmt: skip
    assert before["outstanding"] == {"members": 1, "points": 1_600, "debt": 0, "liability_fen": 1_600}
    assert (before["coupons"]["with_coupon"], before["coupons"]["coupon_fen"]) == (1, 10_000)

    till.post(f"/orders/{sold['id']}/returns", line_ids=list(sold["net_fen_by_line"]))

    after = get(company, f"/figures/programme?{DAYS}")
    assert (after["flow"]["taken_back"], after["outstanding"]["points"]) == (900, 700)
    other = get(company, "/figures/programme?first_day=2026-08-01&last_day=2026-08-31")
    assert other["flow"]["issued"] == 0


def test_a_promotion_is_measured_against_as_long_a_time_before_it(company: Company, member: str):
    till = Till.of(company)
    till.sell(member, 40_000)
    company.clock.forward(seconds=86_400)
    window = {
        "id": "w",
        "kind": "window",
        "from": "2026-09-22T00:00:00+08:00",
        "to": "2026-09-24T00:00:00+08:00",
    }
    Till.of(company, "O001").post("/schemes", rules={"bonus": [window | {"multiplier": "2"}]})
    Till.of(company).sell(member, 60_001, campaign="SEP")
    found = get(company, f"/figures/programme?{DAYS}")["promotions"]
    assert [(each["name"], each["kind"]) for each in found] == [("w", "window"), ("SEP", "campaign")]
    assert found[1]["during_fen"] == 60_001
    assert found[0]["during_fen"] > 0


def test_a_manager_sees_the_team_of_their_store_and_the_office_everybody_with_shared_ranks(company: Company):
    headers = company.headers("M001")
    answer = company.client.post(
        f"/api/staff/{company.ids['S001']}/targets", json={"sales_fen": 100_000}, headers=headers
    )
    assert answer.status_code == 204
    Till.of(company, "S001").sell(company.ids["customer"], 50_000)
    company.clock.forward(seconds=1)

    store = get(company, f"/figures/team?{DAYS}", "M001")
    assert {each["name"] for each in store} == {"张伟", "王芳"}
    everybody = get(company, f"/figures/team?{DAYS}")
    assert len(everybody) == 3
    best = everybody[0]
    assert (best["name"], best["rank"], best["sales_fen"], best["target_sales_fen"]) == (
        "张伟",
        1,
        50_000,
        100_000,
    )
    assert best["score"] is not None
    assert [each["rank"] for each in everybody[1:]] == [None, None]


def test_what_customers_said_is_shown_to_the_manager_of_the_store_that_sold(company: Company):
    till = Till.of(company)
    sold = till.sell(company.ids["customer"], 50_000)
    answer = company.client.post(
        f"/api/orders/{sold['id']}/survey", json={"score": "4.5", "comment": "好"}, headers=till.headers
    )
    assert answer.status_code == 204
    [said] = get(company, f"/figures/surveys?{DAYS}", "M001")
    assert (said["score"], said["comment"], said["order_number"], said["seller"]) == (
        "4.5",
        "好",
        sold["number"],
        "李娜",
    )
    assert get(company, "/figures/surveys?first_day=2026-08-01&last_day=2026-08-02") == []


@pytest.mark.parametrize(
    "query", ["first_day=2026-09-02&last_day=2026-09-01", "first_day=x&last_day=2026-09-01"]
)
def test_days_in_disorder_are_refused(company: Company, query: str):
    answer = company.client.get(f"/api/figures/programme?{query}", headers=company.headers("O001"))
    assert (answer.status_code, answer.json()["code"]) == (422, "days")


def test_what_a_campaign_sold_and_what_came_back_is_told_by_its_orders(company: Company, member: str):
    till = Till.of(company)
    other = till.enrol("13900000093")
    till.sell(member, 40_000, campaign="SEP")
    gone = till.sell(other, 60_001, 10_000, campaign="SEP")
    till.sell(other, 99_000)
    till.sell(other, 7_000, campaign="OCT")
    till.post(f"/orders/{gone['id']}/returns", line_ids=list(gone["net_fen_by_line"]))

    assert get(company, "/campaigns") == [
        {"code": "OCT", "sales": {
            "orders": 1, "bought": 1, "returned_everything": 0, "sales_fen": 7_000, "returns_fen": 0},
         "coupons_issued": 0, "coupons_used": 0},
        {"code": "SEP", "sales": {
            "orders": 2, "bought": 2, "returned_everything": 1, "sales_fen": 110_001, "returns_fen": 70_001},
         "coupons_issued": 0, "coupons_used": 0},
    ]  # fmt: skip
