"""The simulator: what a draft of the scheme would have done, against figures worked out by hand."""

import pytest
from sqlmodel import Session, func, select

from shared_models.loyalty.tables import MemberAccount, PointsEntry, Scheme
from shared_models.moments import local_date
from shared_models.people.tables import Role, Staff
from tests.integration.server.company import START_MS, Company
from tests.integration.server.till import Till

TODAY = local_date(START_MS)
CHAIRS = {"id": "chairs", "kind": "category", "category": "chair", "multiplier": "2"}
LARGE = {"id": "large", "kind": "threshold", "min_net": "5000", "fixed": 300}


@pytest.fixture
def till(company: Company) -> Till:
    with company.services.database.writing() as session:
        session.get_one(Staff, company.ids["O001"]).role = Role.COMPANY_MANAGER
        session.get_one(Staff, company.ids["O001"]).store_id = company.ids["north"]
    return Till.of(company, "O001")


def simulated(till: Till, rules: dict, first: str = TODAY, last: str = TODAY) -> dict:
    return till.post("/schemes/simulation", rules=rules, first_day=first, last_day=last)


def points_of(row: dict) -> tuple[int, int]:
    return row["now"]["points"], row["draft"]["points"]


def by_name(rows: list[dict]) -> dict[str, tuple[int, int]]:
    return {row["name"]: points_of(row) for row in rows}


def counted(session: Session) -> list[int]:
    return [
        session.exec(select(func.count()).select_from(table)).one()
        for table in (PointsEntry, Scheme, MemberAccount)
    ]


def test_a_draft_is_replayed_rule_by_rule_and_valued_at_its_own_rate(till: Till):
    wei, na = till.enrol("13900000001"), till.enrol("13900000002")
    till.sell(wei, 600_050)  # 6,000.50 yuan
    till.sell(na, 99_999, 100_099)  # 2,000.98 yuan in two lines

    found = simulated(till, {"base_rate": "1.5", "offset": {"points_per_yuan": 50}, "bonus": [CHAIRS, LARGE]})

    assert (found["orders"], found["members"]) == (2, 2)
    # Now: 6,000 + 2,000. Draft: base 9,000 + 3,001, chairs 6,000 + 2,000, large 300.
    assert by_name(found["rules"]) == {
        "base": (8_000, 12_001), "bonus:chairs": (0, 8_000), "bonus:large": (0, 300)
    }  # fmt: skip
    assert points_of(found["total"]) == (8_000, 20_301)
    assert found["total"]["now"]["cost_fen"] == 8_000  # at 100 points a yuan
    assert found["total"]["draft"]["cost_fen"] == 40_602  # at 50
    assert (found["liability_now_fen"], found["liability_draft_fen"]) == (8_000, 40_602)
    assert by_name(found["months"]) == {TODAY[:7]: (8_000, 20_301)}


def test_who_would_stand_in_another_tier_is_counted_and_named_up_and_down(till: Till):
    up, down = till.enrol("13900000001"), till.enrol("13900000002")
    till.sell(up, 500_000)  # 5,000 growth: S1
    till.sell(down, 900_000)  # 9,000 growth: S2

    found = simulated(till, {"bonus": [{**LARGE, "min_net": "1", "fixed": 4_000}]})
    assert (found["tiers_up"], found["tiers_down"]) == (1, 0)
    [move] = found["moves"]
    assert (move["customer_id"], move["tier_now"], move["tier_draft"]) == (up, "S1", "S2")
    assert (move["growth_now"], move["growth_draft"]) == (5_000, 9_000)

    higher = {"tiers": [{"name": "S1", "from": 0}, {"name": "S2", "from": 10_000}]}
    # A threshold moves those who bought nothing in the period, too.
    found = simulated(till, higher, "2020-01-01", "2020-01-31")
    assert (found["orders"], found["tiers_up"], found["tiers_down"]) == (0, 0, 1)
    assert found["moves"][0]["customer_id"] == down


def test_returned_lines_are_taken_back_on_both_sides_under_the_rules_of_each(till: Till):
    member = till.enrol("13900000001")
    order = till.sell(member, 300_000, 250_000)
    till.post(f"/orders/{order['id']}/returns", line_ids=[f"{member[:24]}{300_000:08}"])

    found = simulated(till, {"bonus": [LARGE]})

    # The draft gives 300 for the 5,500 yuan and takes them back with the 3,000: 2,500 are below the threshold.
    assert by_name(found["rules"])["returned"] == (-3_000, -3_300)
    assert points_of(found["total"]) == (2_500, 2_500)
    assert found["liability_now_fen"] == found["liability_draft_fen"]


def test_the_welcome_gift_of_who_joined_in_the_period_counts_as_a_rule(till: Till):
    till.enrol("13900000001")

    assert by_name(simulated(till, {"welcome_gift": 88})["rules"]) == {"welcome": (0, 88)}
    assert simulated(till, {"welcome_gift": 88}, "2020-01-01", "2020-01-02")["rules"] == []


def test_a_draft_that_changes_nothing_costs_the_same_and_simulating_writes_nothing(till: Till):
    till.sell(till.enrol("13900000001"), 120_000)
    with till.company.services.database.reading() as session:
        before = counted(session)

    found = simulated(till, {})
    simulated(till, {"base_rate": "9"})

    assert found["total"]["now"] == found["total"]["draft"]
    assert (found["moves"], found["rules"][0]["now"]["points"]) == ([], 1_200)
    with till.company.services.database.reading() as session:
        assert counted(session) == before


def test_a_mistake_in_the_draft_or_days_in_disorder_are_refused(till: Till):
    wrong = till.refused("/schemes/simulation", rules={"base_rate": 2}, first_day=TODAY, last_day=TODAY)
    assert wrong == "scheme"
    for first, last in ((TODAY, "2020-01-01"), ("yesterday", TODAY)):
        assert till.refused("/schemes/simulation", rules={}, first_day=first, last_day=last) == "period"


@pytest.mark.parametrize("code", ["S001", "M001"])
def test_only_the_back_office_simulates(company: Company, code: str):
    body = {"rules": {}, "first_day": TODAY, "last_day": TODAY}
    assert Till.of(company, code).refused("/schemes/simulation", **body) == "not_yours"


def test_a_tier_put_in_below_the_others_moves_only_who_falls_into_it(till: Till):
    till.enrol("13900000001")
    till.sell(till.enrol("13900000002"), 100_000)

    found = simulated(
        till,
        {"tiers": [{"name": "guest", "from": 0}, {"name": "S1", "from": 500}, {"name": "S2", "from": 8_001}]},
    )
    assert (found["tiers_up"], found["tiers_down"]) == (0, 1)
