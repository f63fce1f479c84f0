"""A tier is a pure, never falling function of what the scheme counts: growth (R5), or purchases (T-04)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_models.loyalty.earning import spent_fen
from shared_models.loyalty.scheme import DEFAULT_RULES, DEFAULT_TIERS, parse_rules
from shared_models.loyalty.tiers import (
    counted_for_tiers,
    has_reached,
    missing_to_next,
    next_tier,
    progress,
    tier_for,
)

GROWTH = st.integers(0, 2_000_000)


@pytest.mark.parametrize(
    ("growth", "tier", "to_next"),
    [
        (0, "S1", 8001),
        (8000, "S1", 1),
        (8001, "S2", 72000),
        (79999, "S2", 2),
        (80000, "S2", 1),
        (80001, "S3", 100000),
        (180000, "S3", 1),
        (180001, "S4", 400000),
        (580000, "S4", 1),
        (580001, "S5", 400000),
        (980000, "S5", 1),
        (980001, "S6", None),
    ],
)
def test_each_boundary_of_the_default_programme(growth: int, tier: str, to_next: int | None) -> None:
    assert tier_for(growth, DEFAULT_TIERS).name == tier
    assert missing_to_next(growth, DEFAULT_TIERS) == to_next


@pytest.mark.parametrize(
    ("growth", "tier", "to_next"), [(8000, "silver", 72000), (80000, "gold", 420000), (980001, "black", None)]
)
def test_a_scheme_may_have_other_tiers(growth: int, tier: str, to_next: int | None) -> None:
    starts = {"bronze": 0, "silver": 5000, "gold": 80000, "black": 500000}
    tiers = parse_rules({"tiers": [{"name": name, "from": start} for name, start in starts.items()]}).tiers
    assert tier_for(growth, tiers).name == tier
    assert missing_to_next(growth, tiers) == to_next


@given(GROWTH, GROWTH)
def test_more_growth_never_means_a_lower_tier(growth: int, more: int) -> None:
    lower, higher = tier_for(growth, DEFAULT_TIERS), tier_for(growth + more, DEFAULT_TIERS)
    assert lower.starts_at <= higher.starts_at


@given(GROWTH)
def test_what_is_missing_is_exactly_what_lifts(growth: int) -> None:
    missing = missing_to_next(growth, DEFAULT_TIERS)
    if missing is not None:
        assert tier_for(growth + missing, DEFAULT_TIERS) == next_tier(growth, DEFAULT_TIERS)
        assert tier_for(growth + missing - 1, DEFAULT_TIERS) == tier_for(growth, DEFAULT_TIERS)


@pytest.mark.parametrize(
    ("growth", "part"), [(0, 0), (8001, 0), (44001, 0.5), (980000, 399999 / 400000), (980001, 1)]
)
def test_progress_runs_from_the_start_of_a_tier_to_the_next(growth: int, part: float) -> None:
    assert progress(growth, DEFAULT_TIERS) == pytest.approx(part)


BY_PURCHASES = parse_rules(
    {"tier_basis": "spent", "tiers": [{"name": "silver", "from": 0}, {"name": "gold", "from": 20_000}]}
)


@pytest.mark.parametrize(
    ("spent", "tier", "to_next_fen"),
    [(0, "silver", 2_000_000), (1_999_999, "silver", 1), (2_000_000, "gold", None)],
)
def test_a_scheme_by_purchases_counts_the_fen_that_were_spent_and_no_growth(
    spent: int, tier: str, to_next_fen: int | None
) -> None:
    counted = counted_for_tiers(BY_PURCHASES, growth=900_000, spent_fen=spent)
    assert tier_for(counted, BY_PURCHASES.tiers).name == tier
    assert missing_to_next(counted, BY_PURCHASES.tiers) == to_next_fen
    assert has_reached(counted, "gold", BY_PURCHASES.tiers) is (tier == "gold")


def test_a_scheme_by_growth_counts_growth_and_no_purchases() -> None:
    assert counted_for_tiers(DEFAULT_RULES, growth=8_000, spent_fen=900_000_00) == 8_000


def test_the_default_tiers_by_purchases_begin_at_as_many_yuan() -> None:
    tiers = parse_rules({"tier_basis": "spent"}).tiers
    assert [(tier.name, tier.starts_at) for tier in tiers][:3] == [
        ("S1", 0),
        ("S2", 800_100),
        ("S3", 8_000_100),
    ]


@pytest.mark.parametrize(
    ("products_net", "paid", "returned", "spent"),
    [
        (100_000, 40_000, 0, 40_000),  # a part payment covers the products first
        (100_000, 115_000, 0, 100_000),  # 150 yuan of it are for services
        (100_000, 115_000, 33_333, 66_667),
        (100_000, 115_000, 100_000, 0),
        (0, 15_000, 0, 0),
    ],
)
def test_what_counts_as_bought_is_paid_for_products_and_not_given_back(
    products_net: int, paid: int, returned: int, spent: int
) -> None:
    assert spent_fen(products_net, paid, returned) == spent
