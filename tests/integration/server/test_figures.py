"""Surveys, scores and values over HTTP, from real leads, sales and returns (R15, R16, R17)."""

from typing import Any

import pytest

from shared_models.sales.tables import FollowUp, Lead, Order
from shared_models.stock.tables import Product
from tests.integration.server.company import COMPANY, Company
from tests.integration.server.studio import Studio

JUNE = "from=2026-06-01T00:00:00%2B08:00&to=2026-07-01T00:00:00%2B08:00"


@pytest.fixture
def studio(company: Company) -> Studio:
    return Studio(company).at("2026-06-01T09:00:00+08:00")


def call(studio: Studio, method: str, path: str, body: Any = None, *, code: str = "O001") -> Any:
    return studio.company.client.request(
        method, f"/api{path}", json=body, headers=studio.company.headers(code)
    )


def done(studio: Studio, method: str, path: str, body: Any = None, *, code: str = "O001") -> Any:
    answer = call(studio, method, path, body, code=code)
    assert answer.status_code < 300, answer.text
    return answer.json() if answer.content else None


def inquire(studio: Studio, count: int) -> list[str]:
    ids = studio.company.ids
    leads = [
        Lead(company_id=COMPANY, store_id=ids["north"], owner_id=ids["S001"], name="q", inquired_at_ms=studio.now_ms) for _ in range(count)
    ]  # fmt: skip
    with studio.acting() as session:
        session.add_all(leads)
    return [lead.id for lead in leads]


def follow_up(studio: Studio, lead_id: str, code: str) -> None:
    with studio.acting() as session:
        session.add(
            FollowUp(
                company_id=COMPANY,
                lead_id=lead_id,
                staff_id=studio.company.ids[code],
                occurred_at_ms=studio.now_ms,
            )
        )


def test_a_score_is_made_of_the_month_s_work(studio: Studio):
    ids = studio.company.ids
    for code in ("S001", "S002"):
        done(
            studio,
            "POST",
            f"/staff/{ids[code]}/targets",
            {"followups": 5, "sales_fen": 1_200_000},
            code="M001",
        )
    leads = inquire(studio, 5)
    for lead_id in leads[:4]:
        follow_up(studio, lead_id, "S001")
    for lead_id in leads[:3]:
        follow_up(studio, lead_id, "S002")
    studio.at("2026-06-05T10:00:00+08:00").sell("o1", None, a="9000.00", b="600.00", service="50.00")
    with studio.acting() as session:
        session.get_one(Order, "o1").lead_id = leads[2]
    studio.at("2026-06-06T10:00:00+08:00").give_back("o1", "b")
    done(studio, "POST", "/orders/o1/survey", {"score": "4.6"}, code="S001")

    assert done(studio, "GET", f"/staff/{ids['S001']}/kpi?{JUNE}", code="S001") == {
        "followups": 4, "won": 1, "leads": 5, "sales_fen": 900_000, "satisfaction": "4.6", "score": "79.20",
    }  # fmt: skip
    assert done(studio, "GET", f"/staff/{ids['S002']}/kpi?{JUNE}", code="M001") == {
        "followups": 3, "won": 0, "leads": 0, "sales_fen": 0, "satisfaction": None, "score": "20.00",
    }  # fmt: skip


def test_a_month_counts_what_was_paid_and_came_back_in_it(studio: Studio):
    ids = studio.company.ids
    studio.sell("o1", None, pay="100.00", a="300.00", service="50.00")
    studio.at("2026-07-02T10:00:00+08:00").pay("o1", "250.00")
    studio.give_back("o1", "a")
    july = "from=2026-07-01T00:00:00%2B08:00&to=2026-08-01T00:00:00%2B08:00"
    assert done(studio, "GET", f"/staff/{ids['S001']}/kpi?{JUNE}")["sales_fen"] == 10_000
    assert done(studio, "GET", f"/staff/{ids['S001']}/kpi?{july}")["sales_fen"] == 20_000 - 30_000


def test_the_weights_are_versions_that_do_not_reach_back(studio: Studio):
    ids = studio.company.ids
    done(studio, "POST", f"/staff/{ids['S001']}/targets", {"followups": 2, "sales_fen": 100})
    follow_up(studio, ids["lead"], "S001")
    studio.at("2026-07-03T10:00:00+08:00")
    rules = {"weights": {"followups": 1, "conversion": 0, "sales": 0, "satisfaction": 0}}
    done(studio, "POST", "/kpi-schemes", {"rules": rules})
    follow_up(studio, ids["lead"], "S001")
    july = "from=2026-07-01T00:00:00%2B08:00&to=2026-08-01T00:00:00%2B08:00"
    assert done(studio, "GET", f"/staff/{ids['S001']}/kpi?{JUNE}")["score"] == "16.67"
    assert done(studio, "GET", f"/staff/{ids['S001']}/kpi?{july}")["score"] == "50.00"


@pytest.mark.parametrize(("code", "whose"), [("S002", "S001"), ("M001", "S101")])
def test_nobody_sees_the_score_of_another_store_or_a_colleague(studio: Studio, code: str, whose: str):
    answer = call(studio, "GET", f"/staff/{studio.company.ids[whose]}/kpi?{JUNE}", code=code)
    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours")


def test_an_order_is_rated_once_and_from_0_to_5(studio: Studio):
    studio.sell("o1", None, a="10.00")
    assert call(studio, "POST", "/orders/o1/survey", {"score": "5.1"}).json()["code"] == "score"
    done(studio, "POST", "/orders/o1/survey", {"score": "5", "comment": "很好"})
    assert call(studio, "POST", "/orders/o1/survey", {"score": "1"}).json()["code"] == "answered"


def test_customers_are_ranked_by_the_profit_of_the_year(studio: Studio):
    north = studio.company.ids["north"]
    body = {"customer_id": studio.company.ids["customer"], "store_id": north}
    line = {"price_fen": 450_000, "quantity": 2, "cost_fen": 320_000, "category": "沙发"}
    service = {"price_fen": 10_000, "kind": "service"}
    done(studio, "POST", "/sales", body | {"lines": [line, service]})
    with studio.acting() as session:
        session.add(
            Product(id="lamp", company_id=COMPANY, sku="L", name="灯", price_fen=70_000, cost_fen=40_000)
        )
    sold = done(
        studio,
        "POST",
        "/sales",
        body | {"lines": [{"price_fen": 70_000, "product_id": "lamp", "id": "lamp-line"}]},
    )
    value = done(studio, "GET", "/customers/value?year=2026")
    assert value == [{"customer_id": body["customer_id"], "profit_fen": 290_000, "share_percent": "100.00"}]
    done(studio, "POST", f"/orders/{sold['id']}/returns", {"line_ids": ["lamp-line"]})
    assert done(studio, "GET", "/customers/value?year=2026")[0]["profit_fen"] == 260_000
    assert done(studio, "GET", "/customers/value?year=2025") == []


def test_a_campaign_is_evaluated_from_what_was_counted(studio: Studio):
    counts = {
        "sent": 400, "bounced": 20, "opened": 95, "clicked": 38, "joined": 120, "bought": 19, "returned_everything": 3,
        "sales_fen": 15_200_000, "returns_fen": 2_100_000, "cost_fen": 1_850_000,
    }  # fmt: skip
    assert done(studio, "POST", "/campaigns/evaluation", counts) == {
        "delivered_percent": "95.00", "opened_percent": "25.00", "clicked_percent": "10.00", "converted_percent": "13.33",
        "net_sales_fen": 13_100_000, "return_on_cost": "7.08",
    }  # fmt: skip
