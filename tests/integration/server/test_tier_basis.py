"""Tiers by what members spent on products instead of by growth: another basis, as data of the scheme (T-04)."""

import pytest

from server.domain.loyalty.schemes import refresh_tiers
from server.domain.loyalty.uniting import unite
from shared_models.loyalty.tables import MemberAccount
from shared_models.people.tables import Role, Staff
from shared_models.sales.tables import Customer
from sync.hub.recorder import recording
from tests.integration.server.company import COMPANY, START_MS, Company
from tests.integration.server.taken_over import take_over
from tests.integration.server.till import Till

TIERS = [
    {"name": "basic", "from": 0},
    {"name": "gold", "from": 3_000, "discount_percent": "10"},
    {"name": "black", "from": 8_000},
]
BY_PURCHASES = {"tier_basis": "spent", "tiers": TIERS}
PHONE = "13900000081"


@pytest.fixture
def till(company: Company) -> Till:
    with company.services.database.writing() as session:
        session.get_one(Staff, company.ids["O001"]).role = Role.COMPANY_MANAGER
        session.get_one(Staff, company.ids["O001"]).store_id = company.ids["north"]
    return Till.of(company, "O001")


def standing(till: Till, member: str) -> tuple[str, int | None, int]:
    tier, to_next, spent_fen = till.figures(member, "tier", "to_next", "spent_fen")
    return tier, to_next, spent_fen


def test_who_spent_enough_rises_whatever_the_points_and_falls_when_goods_come_back(till: Till):
    till.post("/schemes", rules={**BY_PURCHASES, "base_rate": "0.1", "welcome_gift": 5_000})
    member = till.enrol(PHONE)
    assert standing(till, member) == ("basic", 300_000, 0)  # 5,000 growth by the gift: no part of it

    order = till.sell(member, 100_050, 199_949)  # 2,999.99
    assert standing(till, member) == ("basic", 1, 299_999)
    till.sell(member, 1)
    assert standing(till, member) == ("gold", 500_000, 300_000)

    assert till.sell(member, 10_000)["due_fen"] == 9_000  # gold has 10 %

    lines = [f"{member[:24]}{199_949:08}"]
    shown = till.post(f"/orders/{order['id']}/returns/preview", line_ids=lines)
    posted = till.post(f"/orders/{order['id']}/returns", line_ids=lines)
    assert shown["tier"] == posted["tier"] == "basic"
    assert standing(till, member) == ("basic", 190_949, 109_051)


def test_services_do_not_count_and_a_part_payment_covers_the_products_first(till: Till):
    till.post("/schemes", rules=BY_PURCHASES)
    member = till.enrol(PHONE)
    lines = [
        {"id": f"{member[:31]}1", "price_fen": 400_000, "category": "chair"},
        {"id": f"{member[:31]}2", "price_fen": 50_000, "category": "delivery", "kind": "service"},
    ]
    order = till.post("/sales", customer_id=member, lines=lines, pay_fen=250_000)
    assert standing(till, member) == ("basic", 50_000, 250_000)
    till.post(f"/orders/{order['id']}/payments", amount_fen=200_000)
    assert standing(till, member) == ("gold", 400_000, 400_000)


def test_publishing_another_basis_gives_every_member_their_tier_and_the_night_keeps_it(
    till: Till, company: Company
):
    member = till.enrol(PHONE)
    till.sell(member, 900_000)  # growth 9,000: S2
    assert standing(till, member)[0] == "S2"

    till.post("/schemes", rules=BY_PURCHASES)
    assert standing(till, member) == ("black", None, 900_000)

    with company.services.database.writing() as session:
        session.get_one(MemberAccount, member).spent_fen = 1  # as an earlier release counted it
    with company.services.database.writing() as session:
        assert refresh_tiers(session, COMPANY, START_MS) == 0
        assert session.get_one(MemberAccount, member).spent_fen == 900_000


def test_a_gift_of_a_tier_is_given_to_who_spent_enough(till: Till):
    till.post("/schemes", rules=BY_PURCHASES)
    gift = till.post("/gifts", name="lamp", points=100, value_fen=10_000, min_tier="gold")
    member = till.enrol(PHONE)
    till.sell(member, 100_000)
    wish = {"customer_id": member, "gift_id": gift["id"]}
    assert till.refused("/redemptions", **wish) == "gift_tier"
    till.sell(member, 200_000)
    till.post("/redemptions", **wish)


def test_the_simulator_names_who_would_move_under_another_basis(till: Till):
    rich, keen = till.enrol("13900000082"), till.enrol("13900000083")
    till.sell(rich, 400_000)  # growth 4,000: S1
    till.sell(keen, 100_000)
    found = till.post(
        "/schemes/simulation", rules={"tier_basis": "spent", "tiers": [
            {"name": "S1", "from": 0}, {"name": "S2", "from": 3_000}]}, first_day="2020-01-01", last_day="2020-01-02",
    )  # fmt: skip
    assert (found["tiers_up"], found["tiers_down"]) == (1, 0)
    assert (found["basis_now"], found["basis_draft"]) == ("growth", "spent")
    [move] = found["moves"]
    assert (move["customer_id"], move["tier_now"], move["tier_draft"]) == (rich, "S1", "S2")
    assert move["spent_fen"] == 400_000


def test_what_was_bought_elsewhere_counts_like_what_is_bought_here(till: Till, company: Company):
    till.post("/schemes", rules=BY_PURCHASES)
    member = take_over(company, PHONE, [], spent_fen=250_000)
    assert standing(till, member) == ("basic", 50_000, 250_000)

    order = till.sell(member, 49_999)
    assert standing(till, member) == ("basic", 1, 299_999)
    till.sell(member, 1)
    assert standing(till, member) == ("gold", 500_000, 300_000)
    assert till.figures(member, "orders", "balance") == (2, 499)  # no order of ours, and no points

    till.post(f"/orders/{order['id']}/returns", line_ids=[f"{member[:24]}{49_999:08}"])
    assert standing(till, member) == ("basic", 49_999, 250_001)
    with company.services.database.writing() as session:
        session.get_one(MemberAccount, member).spent_fen = 1
    with company.services.database.writing() as session:
        assert refresh_tiers(session, COMPANY, START_MS) == 0
        assert session.get_one(MemberAccount, member).spent_fen == 250_001


def test_one_person_who_was_taken_over_twice_bought_both_sums(till: Till, company: Company):
    till.post("/schemes", rules=BY_PURCHASES)
    member = take_over(company, PHONE, [], spent_fen=180_000)
    twin = take_over(company, "13900000084", [], spent_fen=120_000)
    new = till.enrol("13900000085")
    with company.services.database.writing() as session, recording(session, author="x", at_ms=START_MS):
        for other, one in ((twin, member), (member, new)):
            rows = (session.get_one(Customer, each) for each in (other, one))
            unite(session, *rows, now_ms=START_MS)
    assert standing(till, new) == ("gold", 500_000, 300_000)


def test_the_simulator_counts_what_was_bought_elsewhere(till: Till, company: Company):
    rich = take_over(company, PHONE, [], spent_fen=300_000)
    found = till.post(
        "/schemes/simulation", rules={"tier_basis": "spent", "tiers": [
            {"name": "S1", "from": 0}, {"name": "S2", "from": 3_000}]}, first_day="2020-01-01", last_day="2020-01-02",
    )  # fmt: skip
    assert [(move["customer_id"], move["tier_draft"], move["spent_fen"]) for move in found["moves"]] == [
        (rich, "S2", 300_000)
    ]


def test_a_basis_that_there_is_not_is_refused(till: Till):
    assert till.refused("/schemes", rules={"tier_basis": "visits"}) == "scheme"
