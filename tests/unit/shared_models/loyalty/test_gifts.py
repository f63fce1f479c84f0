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
)
from shared_models.loyalty.scheme import DEFAULT_TIERS, LoyaltyRules, OffsetTerms, parse_rules
from shared_models.loyalty.tables import Gift

RULES = LoyaltyRules()
TODAY = "2026-05-10"
DAY_MS = 86_400_000


def make_gift(**values: Any) -> Gift:
    return Gift(**({"company_id": "c", "name": "台灯", "points": 2_600, "value_fen": 49_900} | values))


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
    assert (gift_refusal(gift, counted=0, tiers=DEFAULT_TIERS, today=TODAY) == "unknown") is not offered


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
    assert gift_refusal(make_gift(**values), counted=growth, tiers=DEFAULT_TIERS, today=TODAY) == code


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
