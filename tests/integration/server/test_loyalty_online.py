"""The points programme at the counter: selling, paying, returning, redeeming, adjusting, publishing a scheme."""

import pytest
from sqlmodel import Session, select

from server.domain.loyalty.opening import OpeningLot, lot_id
from server.domain.loyalty.verification import differences
from shared_models.loyalty.tables import Gift, MemberAccount, PointsEntry
from shared_models.people.tables import Role, Staff
from tests.integration.server.company import COMPANY, Company
from tests.integration.server.taken_over import take_over
from tests.integration.server.till import Till

DAY_S = 86_400


@pytest.fixture
def till(company: Company) -> Till:
    with company.services.database.writing() as session:
        session.get_one(Staff, company.ids["O001"]).role = Role.COMPANY_MANAGER
        session.get_one(Staff, company.ids["O001"]).store_id = company.ids["north"]
    return Till.of(company, "O001")


def opened(till: Till, phone: str, *lots: OpeningLot, growth: int = 0) -> str:
    return take_over(till.company, phone, lots, growth=growth)


def points(count: int) -> OpeningLot:
    return OpeningLot("all", count)


def assert_books_are_right(till: Till) -> None:
    with till.company.services.database.reading() as session:
        assert list(differences(session)) == []


def test_a_purchase_earns_once_per_order_and_instalments_earn_the_difference(till: Till):
    member = till.enrol("13900000001")

    assert till.sell(member, 19_999)["points"] == 199
    first = till.sell(member, 200_000, pay_fen=99_950)
    assert (first["points"], first["paid_fen"], first["due_fen"]) == (999, 99_950, 200_000)
    assert till.refused(f"/orders/{first['id']}/payments", amount_fen=100_060) == "overpaid"
    paid = till.post(f"/orders/{first['id']}/payments", amount_fen=100_050)
    assert (paid["points"], paid["paid_fen"]) == (1001, 200_000)
    assert till.figures(member, "balance", "growth", "orders", "to_next") == (2199, 2199, 2, 5802)
    assert_books_are_right(till)


def test_a_sale_takes_coupon_and_offset_off_the_products_and_the_points_from_the_balance(till: Till):
    member = opened(till, "13900000002", points(26_350))
    service = {"id": "s" * 32, "price_fen": 6_000, "kind": "service"}

    sold = till.post(
        "/sales",
        customer_id=member,
        lines=[{"id": "a" * 32, "price_fen": 33_333}, service],
        offset="max",
    )

    assert (sold["offset_points"], sold["offset_fen"], sold["due_fen"]) == (16_600, 16_600, 22_733)
    assert till.figures(member, "balance", "available") == (26_350 - 16_600 + 167,) * 2
    assert_books_are_right(till)


def test_a_return_is_previewed_without_a_trace_and_then_posted_as_previewed(till: Till):
    member = till.enrol("13900000040")
    sold = till.sell(member, 70_000)
    line = next(iter(sold["net_fen_by_line"]))
    till.post("/redemptions", customer_id=member, points=650)

    preview = till.post(f"/orders/{sold['id']}/returns/preview", line_ids=[line])
    assert till.figures(member, "balance", "growth", "debt") == (50, 700, 0)
    returned = till.post(f"/orders/{sold['id']}/returns", line_ids=[line])

    assert {**returned, "id": ""} == {**preview, "id": ""}
    assert (returned["refund_fen"], returned["clawback_points"], returned["debt"]) == (70_000, 700, 650)
    assert till.refused(f"/orders/{sold['id']}/returns", line_ids=[line]) == "returned"
    assert till.refused("/redemptions", customer_id=member, points=10) == "debt"
    till.sell(member, 20_090)
    assert till.figures(member, "balance", "debt", "growth") == (0, 450, 200)
    assert_books_are_right(till)


def test_an_order_that_is_not_paid_cannot_be_returned(till: Till):
    sold = till.sell(till.enrol("13900000022"), 8_000, pay_fen=3_000)

    assert till.refused(f"/orders/{sold['id']}/returns", line_ids=list(sold["net_fen_by_line"])) == "unpaid"
    assert till.refused(f"/orders/{sold['id']}/returns", line_ids=["nothing"]) == "unknown"


def test_points_are_spent_nearest_expiry_first_and_come_back_to_their_lots(till: Till):
    lots = [
        OpeningLot("old", 150),
        OpeningLot("may", 300, "2026-12-31"),
        OpeningLot("apr", 250, "2026-11-30"),
    ]
    member = opened(till, "13900000031", *lots, growth=950)

    redeemed = till.post("/redemptions", customer_id=member, points=400)
    assert redeemed["from_lots"] == {lot_id(member, "apr"): 250, lot_id(member, "may"): 150}
    assert till.refused("/redemptions", customer_id=member, points=301) == "points"
    assert till.post(f"/redemptions/{redeemed['id']}/cancellation")["restored"] == 400
    assert till.refused(f"/redemptions/{redeemed['id']}/cancellation") == "cancelled"
    assert till.figures(member, "available", "growth", "redemptions") == (700, 950, 0)
    assert_books_are_right(till)


def test_the_expiry_job_takes_what_has_passed_once(till: Till):
    member = opened(till, "13900000032", OpeningLot("soon", 100, "2026-09-30"), OpeningLot("later", 50))
    till.company.clock.forward(seconds=30 * DAY_S)
    till.headers = till.company.headers("O001")

    assert till.post("/jobs/expiry") == {"expired": 100}
    assert till.post("/jobs/expiry") == {"expired": 0}
    assert till.figures(member, "balance") == (50,)
    assert till.post("/jobs/ledger")["differences"] == 0


def test_a_gift_needs_stock_and_the_tier_and_comes_back_when_it_is_cancelled(till: Till):
    member = opened(till, "13900000033", points(500), growth=8_001)
    with till.company.services.database.writing() as session:
        session.add_all(
            [
                Gift(id="lamp", company_id=COMPANY, name="台灯", points=200, stock=1, min_tier="S2"),
                Gift(id="sofa", company_id=COMPANY, name="沙发", points=200, min_tier="S6"),
            ]
        )
    done = till.post("/redemptions", customer_id=member, gift_id="lamp")

    assert done["points"] == 200
    assert till.refused("/redemptions", customer_id=member, gift_id="lamp") == "gift_stock"
    assert till.refused("/redemptions", customer_id=member, gift_id="sofa") == "gift_tier"
    assert till.refused("/redemptions", customer_id=member, gift_id="nothing") == "unknown"
    till.post(f"/redemptions/{done['id']}/cancellation")
    with till.company.services.database.reading() as session:
        assert session.get_one(Gift, "lamp").stock == 1


def test_an_adjustment_names_who_and_why_and_moves_points_and_growth_apart(till: Till):
    member = opened(till, "13900000034", points(10), growth=8_001)

    till.post(f"/customers/{member}/adjustments", points=500, growth=-1, reason="补录展会赠分")

    assert till.figures(member, "balance", "growth", "tier") == (510, 8_000, "S1")
    assert till.refused(f"/customers/{member}/adjustments", points=-511, reason="x") == "points"
    assert till.refused(f"/customers/{member}/adjustments", points=1, reason=" ") == "reason"
    with till.company.services.database.reading() as session:
        lines = session.exec(select(PointsEntry).where(PointsEntry.kind == "adjust")).all()
    assert {(line.staff_id, line.rule) for line in lines} == {(till.company.ids["O001"], "补录展会赠分")}
    assert_books_are_right(till)


def test_a_new_version_keeps_the_other_keys_and_does_not_rate_old_orders_again(till: Till):
    member = till.enrol("13900000300")
    big = {"id": "big", "kind": "threshold", "min_net": "800.00", "fixed": 100}
    till.post("/schemes", rules={"bonus": [big]})
    order = till.sell(member, 70_070, 15_000, pay_fen=40_000)
    till.company.clock.forward(seconds=1)

    published = till.post("/schemes", rules={"base_rate": "2", "tiers": [{"name": "bronze", "from": 0}]})

    assert published["version"] == 3
    assert till.post(f"/orders/{order['id']}/payments", amount_fen=45_070)["points"] == 550
    assert till.sell(member, 30_030)["points"] == 600
    assert till.figures(member, "tier", "to_next") == ("bronze", None)
    assert till.refused("/schemes", rules={"base_rate": 2}) == "scheme"


@pytest.mark.parametrize("code", ["S001", "M001"])
def test_only_the_back_office_publishes_a_scheme(company: Company, code: str):
    assert Till.of(company, code).refused("/schemes", rules={}) == "not_yours"


def test_a_salesperson_adjusts_nobody(company: Company):
    seller = Till.of(company, "S001")
    member = seller.enrol("13900000001")

    assert seller.refused(f"/customers/{member}/adjustments", points=1, reason="x") == "not_yours"


def test_a_known_number_is_the_same_customer_however_it_is_written(till: Till):
    till.post("/schemes", rules={"welcome_gift": 30})
    first = till.post("/customers", phone="135 0000 2222")
    again = till.post("/customers", phone="+86 １３５-0000-2222")

    assert (first["welcome"], again["welcome"]) == (30, 0)
    assert first["customer_id"] == again["customer_id"]
    assert till.figures(first["customer_id"], "balance", "growth") == (30, 30)


def test_a_number_is_explained_down_to_order_line_rule_version_and_lot(till: Till):
    beds = {"id": "beds", "kind": "category", "category": "chair", "multiplier": "1.5"}
    till.post("/schemes", rules={"bonus": [beds]})
    sold = till.sell(till.enrol("13900000035"), 10_000)
    with till.company.services.database.reading() as session:
        bonus = session.exec(select(PointsEntry).where(PointsEntry.kind == "bonus")).one()
    why = till.company.client.get(f"/api/points-entries/{bonus.id}/explanation", headers=till.headers).json()

    assert why["order"]["id"] == sold["id"]
    assert [line["net_fen"] for line in why["lines"]] == [10_000]
    assert (why["scheme_version"], why["rule"]["multiplier"], why["lot"]["remaining"]) == (2, "1.5", 150)
    assert why["payment"]["amount_fen"] == 10_000


def test_the_replay_names_what_does_not_add_up(till: Till):
    member = opened(till, "13900000036", points(100))
    with till.company.services.database.writing() as session:
        spoil(session, member)

    with till.company.services.database.reading() as session:
        found = {(each.what, each.stored, each.replayed) for each in differences(session, member)}
    assert found == {("balance", 101, 100), ("growth", 3, 0), ("leased", 7, 0)}


def spoil(session: Session, member: str) -> None:
    account = session.get_one(MemberAccount, member)
    account.balance, account.growth, account.leased = 101, 3, 7
