"""Gifts: the floor of their worth (L-13), who may have one (L-11), and until when it is handed over (L-14)."""

from decimal import Decimal
from typing import Any

import pytest

from shared_models.errors import RuleError
from shared_models.loyalty.gifts import (
    check_gift,
    edited_stock,
    gift_refusal,
    hand_over_due_ms,
    is_hand_over_overdue,
    is_offered,
    least_value_fen,
    points_for,
    says_the_same,
    terms_at,
    version_at,
)
from shared_models.loyalty.scheme import DEFAULT_TIERS, LoyaltyRules, OffsetTerms, parse_rules
from shared_models.loyalty.tables import Gift, GiftVersion

RULES = LoyaltyRules()
TODAY = "2026-05-10"
DAY_MS = 86_400_000


def make_gift(**values: Any) -> Gift:
    return Gift(**({"company_id": "c", "name": "台灯", "points": 2_600, "value_fen": 49_900} | values))


def make_version(number: int, begins_at_ms: int, **values: Any) -> GiftVersion:
    said: dict[str, Any] = {
        "company_id": "c",
        "gift_id": "g",
        "name": "台灯",
        "points": 2_600,
        "value_fen": 49_900,
    }
    return GiftVersion(version=number, begins_at_ms=begins_at_ms, **(said | values))


@pytest.mark.parametrize(
    ("at_ms", "number"), [(0, 1), (99, 1), (100, 1), (199, 1), (200, 2), (299, 2), (300, 4)]
)
def test_the_version_in_force_is_the_one_that_began_last_and_before_the_first_the_first(
    at_ms: int, number: int
):
    versions = [make_version(4, 300), make_version(1, 100), make_version(3, 300), make_version(2, 200)]
    found = version_at(versions, at_ms)
    assert found is not None
    assert found.version == number


def test_a_change_from_now_on_leaves_what_was_planned_for_later():
    planned, now = make_version(2, 500, points=900), make_version(3, 200, points=700)
    versions = [make_version(1, 100), planned, now]
    assert terms_at(make_gift(), versions, 499) is now
    assert terms_at(make_gift(), versions, 500) is planned


def test_a_gift_without_versions_says_itself_what_holds():
    gift = make_gift()
    assert version_at([], 0) is None
    assert terms_at(gift, [], 0) is gift


@pytest.mark.parametrize(
    ("values", "same"),
    [
        ({}, True),
        ({"name": "灯"}, False),
        ({"points": 2_601}, False),
        ({"value_fen": 1}, False),
        ({"min_tier": "S2"}, False),
        ({"valid_from": TODAY}, False),
        ({"valid_until": TODAY}, False),
        ({"active": False}, False),
    ],
)
def test_a_version_is_another_one_by_all_that_it_says_but_not_by_the_stock(
    values: dict[str, Any], same: bool
):
    assert says_the_same(make_gift(stock=7), make_version(1, 0, **values)) is same


@pytest.mark.parametrize(("agreed", "given"), [(None, 2_600), (2_600, 2_600), (3_000, 3_000)])
def test_a_gift_takes_what_it_costs_unless_more_was_agreed(agreed: int | None, given: int):
    assert points_for(make_version(1, 0), agreed) == given


def test_without_a_gift_what_was_agreed_is_given():
    assert points_for(None, 5) == 5


@pytest.mark.parametrize(
    ("terms", "agreed"), [(make_gift(), 2_599), (make_gift(points=0), None), (None, None), (None, 0)]
)
def test_nothing_is_given_away_and_no_gift_goes_for_less_than_it_costs(
    terms: Gift | None, agreed: int | None
):
    with pytest.raises(RuleError) as refused:
        points_for(terms, agreed)
    assert (refused.value.code, refused.value.details) == ("points", {"wanted": agreed or 0, "spendable": 0})


@pytest.mark.parametrize(
    ("points", "floor", "per_yuan", "least_fen"),
    [
        (2_600, "100", 100, 2_600),
        (2_600, "150", 100, 3_900),
        (1, "50", 100, 1),
        (100, "100", 3, 3_334),
        (9, "0", 1, 0),
    ],
)
def test_a_gift_is_worth_at_least_the_scheme_s_share_of_its_points_rounded_up(
    points: int, floor: str, per_yuan: int, least_fen: int
):
    rules = LoyaltyRules(offset=OffsetTerms(points_per_yuan=per_yuan), gift_floor_percent=Decimal(floor))
    assert least_value_fen(points, rules) == least_fen


def test_a_gift_at_the_floor_is_offered_and_one_fen_below_is_refused_with_the_floor():
    check_gift(make_gift(value_fen=2_600), RULES)
    with pytest.raises(RuleError) as refused:
        check_gift(make_gift(value_fen=2_599), RULES)
    assert (refused.value.code, refused.value.details) == ("gift_value", {"least": "26.00"})


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"name": " "}, "gift_name"),
        ({"points": 0}, "gift_points"),
        ({"stock": -1}, "gift_points"),
        ({"min_tier": "S9"}, "gift_tier_unknown"),
        ({"valid_from": "2026-02-30"}, "gift_days"),
        ({"valid_from": "2026-05-02", "valid_until": "2026-05-01"}, "gift_days"),
    ],
)
def test_a_gift_that_makes_no_sense_is_refused(values: dict[str, Any], code: str):
    with pytest.raises(RuleError) as refused:
        check_gift(make_gift(**values), RULES)
    assert refused.value.code == code


def test_a_gift_of_one_day_with_nothing_in_stock_may_be_offered():
    check_gift(make_gift(valid_from=TODAY, valid_until=TODAY, stock=0, min_tier="S6"), RULES)


@pytest.mark.parametrize(
    ("values", "offered"),
    [
        ({}, True),
        ({"active": False}, False),
        ({"valid_from": TODAY, "valid_until": TODAY}, True),
        ({"valid_from": "2026-05-11"}, False),
        ({"valid_until": "2026-05-09"}, False),
    ],
)
def test_a_gift_is_offered_from_its_first_to_its_last_day(values: dict[str, Any], offered: bool):
    gift = make_gift(**values)
    assert is_offered(gift, TODAY) is offered
    refusal = gift_refusal(gift, left=None, counted=0, tiers=DEFAULT_TIERS, today=TODAY)
    assert (refusal == "unknown") is not offered


@pytest.mark.parametrize(
    ("values", "growth", "code"),
    [
        ({"stock": None}, 0, ""),
        ({"stock": 1}, 0, ""),
        ({"stock": 0}, 0, "gift_stock"),
        ({"min_tier": "S3"}, 80_000, "gift_tier"),
        ({"min_tier": "S3"}, 80_001, ""),
        ({"min_tier": "S3", "stock": 0}, 80_000, "gift_tier"),
    ],
)
def test_stock_and_tier_keep_a_member_from_a_gift(values: dict[str, Any], growth: int, code: str):
    left = values.pop("stock", None)
    refusal = gift_refusal(make_gift(**values), left=left, counted=growth, tiers=DEFAULT_TIERS, today=TODAY)
    assert refusal == code


@pytest.mark.parametrize(
    ("now", "seen", "wanted", "stock"),
    [(3, 5, 10, 8), (5, 5, 5, 5), (None, None, 4, 4), (4, 4, None, None), (2, None, 7, 7), (None, 3, 7, 7)],
)
def test_what_is_redeemed_while_somebody_edits_the_stock_stays_taken(
    now: int | None, seen: int | None, wanted: int | None, stock: int | None
):
    assert edited_stock(now, seen, wanted) == stock


def test_a_hand_over_is_overdue_strictly_after_the_days_of_the_scheme():
    due_ms = hand_over_due_ms(1_000, parse_rules({"hand_over_days": 3}))
    assert due_ms == 1_000 + 3 * DAY_MS
    assert not is_hand_over_overdue("reserved", due_ms, due_ms)
    assert is_hand_over_overdue("reserved", due_ms, due_ms + 1)
    assert not is_hand_over_overdue("done", due_ms, due_ms + 1)
    assert not is_hand_over_overdue("cancelled", due_ms, due_ms + 1)
    assert not is_hand_over_overdue("reserved", None, due_ms + 1)
