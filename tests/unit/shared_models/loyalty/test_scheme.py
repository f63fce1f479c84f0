"""A scheme is read strictly: nothing in it is ignored, and what is missing is the default programme."""

from decimal import Decimal
from typing import Any

import pytest

from shared_models.errors import RuleError
from shared_models.loyalty.scheme import (
    DEFAULT_RULES,
    BonusKind,
    BonusRule,
    OffsetTerms,
    ReturnMode,
    Tier,
    TierBasis,
    parse_rules,
)
from shared_models.moments import parse_moment

WINDOW = {"id": "b", "kind": "window", "from": "2026-04-01T00:00:00+08:00", "to": "2026-04-08T00:00:00+08:00"}


def test_an_empty_document_is_the_default_programme() -> None:
    assert parse_rules({}) == DEFAULT_RULES
    assert [(tier.name, tier.starts_at) for tier in DEFAULT_RULES.tiers] == [
        ("S1", 0), ("S2", 8001), ("S3", 80001), ("S4", 180001), ("S5", 580001), ("S6", 980001),
    ]  # fmt: skip
    assert DEFAULT_RULES.offset == OffsetTerms(points_per_yuan=100, unit=100, cap_percent=Decimal(50))


def test_every_key_is_read() -> None:
    rules = parse_rules(
        {
            "base_rate": "2",
            "offset": {"points_per_yuan": 50, "unit": 10, "cap_percent": "33.3"},
            "tiers": [{"name": "S1", "from": 0}, {"name": "S2", "from": 1000, "discount_percent": "5"}],
            "bonus": [
                {**WINDOW, "multiplier": "1.5", "group": "season"},
                {
                    "id": "fair",
                    "kind": "campaign",
                    "campaign": "FAIR26",
                    "multiplier": "1.8",
                    "group": "season",
                },
                {"id": "beds", "kind": "category", "category": "bed", "multiplier": "3"},
                {"id": "big", "kind": "threshold", "min_net": "5000.00", "fixed": 250},
            ],
            "expiry_days": 30,
            "grace_days": 7,
            "return_mode": "deduct_refund",
            "welcome_gift": 50,
            "lease_hours": 24,
            "lease_points": 300,
            "tier_basis": "spent",
        }
    )
    assert rules.tier_basis == TierBasis.SPENT
    assert rules.base_rate == 2
    assert rules.offset == OffsetTerms(50, 10, Decimal("33.3"))
    assert rules.tiers == (Tier("S1", 0), Tier("S2", 1000_00, Decimal(5)))
    assert rules.bonus == (
        BonusRule(
            "b", BonusKind.WINDOW, Decimal("1.5"), group="season",
            from_ms=parse_moment("2026-04-01T00:00:00+08:00"), to_ms=parse_moment("2026-04-08T00:00:00+08:00"),
        ),
        BonusRule("fair", BonusKind.CAMPAIGN, Decimal("1.8"), group="season", campaign="FAIR26"),
        BonusRule("beds", BonusKind.CATEGORY, Decimal(3), category="bed"),
        BonusRule("big", BonusKind.THRESHOLD, fixed=250, min_net_fen=500_000),
    )  # fmt: skip
    assert (rules.expiry_days, rules.grace_days, rules.welcome_gift) == (30, 7, 50)
    assert (rules.lease_hours, rules.lease_points) == (24, 300)
    assert rules.return_mode == ReturnMode.DEDUCT_REFUND


def test_points_that_never_expire_may_be_said_explicitly() -> None:
    assert parse_rules({"expiry_days": None}).expiry_days is None


@pytest.mark.parametrize(
    ("document", "key"),
    [
        ({"base_rates": "1"}, "base_rates"),
        ({"base_rate": 1}, "base_rate"),
        ({"base_rate": "one"}, "base_rate"),
        ({"base_rate": "-1"}, "base_rate"),
        ({"base_rate": "NaN"}, "base_rate"),
        ({"offset": {"unit": 0}}, "offset.unit"),
        ({"offset": {"unit": True}}, "offset.unit"),
        ({"offset": {"cap_percent": "101"}}, "offset.cap_percent"),
        ({"offset": {"cap": "50"}}, "offset.cap"),
        ({"offset": 100}, "offset."),
        ({"tiers": []}, "tiers"),
        ({"tiers": {}}, "tiers"),
        ({"tiers": [{"name": "S1", "from": 1}]}, "tiers"),
        ({"tiers": [{"name": "S1", "from": 0}, {"name": "S2", "from": 0}]}, "tiers"),
        ({"tiers": [{"name": "S1"}]}, "tiers.0.from"),
        ({"tiers": [{"name": "S1", "from": 0, "gift": 1}]}, "tiers.0.gift"),
        ({"tiers": [{"name": 1, "from": 0}]}, "tiers.0.name"),
        ({"bonus": [WINDOW]}, "bonus.0.multiplier"),
        ({"bonus": [{**WINDOW, "multiplier": "2", "fixed": 5}]}, "bonus.0.multiplier"),
        ({"bonus": [{**WINDOW, "multiplier": "0.5"}]}, "bonus.0.multiplier"),
        ({"bonus": [{**WINDOW, "fixed": 5, "from": "2026-04-01"}]}, "bonus.0.from"),
        ({"bonus": [{**WINDOW, "fixed": 5, "category": "bed"}]}, "bonus.0.category"),
        ({"bonus": [{**WINDOW, "fixed": 5, "kind": "weather"}]}, "bonus.0.kind"),
        ({"bonus": [{"id": "t", "kind": "threshold", "fixed": 5, "min_net": "much"}]}, "bonus.0.min_net"),
        ({"bonus": [{"id": "t", "kind": "threshold", "fixed": 5, "min_net": "-1"}]}, "bonus.0.min_net"),
        ({"expiry_days": -1}, "expiry_days"),
        ({"return_mode": "forgive"}, "return_mode"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_the_place_it_stands(document: dict[str, Any], key: str) -> None:
    with pytest.raises(RuleError) as refusal:
        parse_rules(document)
    assert (refusal.value.code, refusal.value.details) == ("scheme", {"key": key})
