"""Points for taking part: once for each event, up to a cap for each person, on the activity's days (L-08)."""

from typing import Any

import pytest

from shared_models.errors import RuleError
from shared_models.loyalty.account import Account
from shared_models.loyalty.activities import ActivityTerms, activity_points, check_activity
from shared_models.loyalty.ledger import grant_activity
from shared_models.loyalty.scheme import LoyaltyRules

TODAY = "2026-05-10"
TERMS = ActivityTerms(100, cap=250)
AT_MS = 1_780_000_000_000


def points_for(terms: ActivityTerms = TERMS, event: str = "e9", **given: Any) -> int:
    before: dict[str, Any] = {"granted_events": set(), "granted_points": 0, "today": TODAY}
    return activity_points(terms, event, **(before | given))


@pytest.mark.parametrize(
    ("cap", "granted", "points"),
    [(250, 0, 100), (250, 150, 100), (250, 200, 50), (250, 249, 1), (None, 10**6, 100)],
)
def test_each_event_gives_its_points_until_the_cap_is_full(cap: int | None, granted: int, points: int):
    assert points_for(ActivityTerms(100, cap), granted_points=granted) == points


@pytest.mark.parametrize(
    ("terms", "event", "given", "code"),
    [
        (TERMS, " ", {}, "activity_event"),
        (TERMS, " e1 ", {"granted_events": {"e1"}}, "activity_granted"),
        (TERMS, "e1", {"granted_points": 250}, "activity_cap"),
        (TERMS, "e1", {"granted_points": 300}, "activity_cap"),
        (ActivityTerms(100, active=False), "e1", {}, "activity_over"),
        (ActivityTerms(100, valid_from="2026-05-11"), "e1", {}, "activity_over"),
        (ActivityTerms(100, valid_until="2026-05-09"), "e1", {}, "activity_over"),
    ],
)
def test_an_event_counts_once_and_only_while_the_activity_runs(
    terms: ActivityTerms, event: str, given: dict[str, Any], code: str
):
    with pytest.raises(RuleError) as refused:
        points_for(terms, event, **given)
    assert refused.value.code == code


def test_the_first_and_the_last_day_count():
    assert points_for(ActivityTerms(7, valid_from=TODAY, valid_until=TODAY)) == 7


@pytest.mark.parametrize(
    ("name", "terms", "code"),
    [
        (" ", TERMS, "activity_name"),
        ("打卡", ActivityTerms(0), "activity_points"),
        ("打卡", ActivityTerms(100, cap=99), "activity_points"),
        ("打卡", ActivityTerms(100, valid_from="soon"), "gift_days"),
        ("打卡", ActivityTerms(100, valid_from="2026-05-02", valid_until="2026-05-01"), "gift_days"),
    ],
)
def test_an_activity_that_makes_no_sense_is_refused(name: str, terms: ActivityTerms, code: str):
    with pytest.raises(RuleError) as refused:
        check_activity(name, terms)
    assert refused.value.code == code


def test_an_activity_whose_cap_is_one_event_may_run():
    check_activity("打卡", ActivityTerms(100, cap=100, valid_from=TODAY, valid_until=TODAY))


@pytest.mark.parametrize(("expiry_days", "expires_on"), [(None, None), (30, "2026-06-28")])
def test_points_for_taking_part_are_growth_too_expire_as_earned_ones_do_and_repay_debt_first(
    expiry_days: int | None, expires_on: str | None
):
    account = Account(debt=30, growth=5)
    rules = LoyaltyRules(expiry_days=expiry_days)
    posting = grant_activity(account, 100, grant_id="g", rule="打卡 · e1", rules=rules, at_ms=AT_MS)
    after = posting.account
    assert (after.balance, after.debt, after.growth) == (70, 0, 105)
    assert [lot.expires_on for lot in after.lots] == [expires_on]
    assert [(entry.kind, entry.points, entry.rule) for entry in posting.entries][:1] == [
        ("activity", 100, "打卡 · e1")
    ]
