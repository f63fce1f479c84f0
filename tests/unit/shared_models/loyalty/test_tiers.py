"""A tier is a pure, never falling function of growth (R5)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_models.loyalty.scheme import DEFAULT_TIERS, parse_rules
from shared_models.loyalty.tiers import next_tier, points_to_next, progress, tier_for

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
    assert points_to_next(growth, DEFAULT_TIERS) == to_next


@pytest.mark.parametrize(
    ("growth", "tier", "to_next"), [(8000, "silver", 72000), (80000, "gold", 420000), (980001, "black", None)]
)
def test_a_scheme_may_have_other_tiers(growth: int, tier: str, to_next: int | None) -> None:
    starts = {"bronze": 0, "silver": 5000, "gold": 80000, "black": 500000}
    tiers = parse_rules({"tiers": [{"name": name, "from": start} for name, start in starts.items()]}).tiers
    assert tier_for(growth, tiers).name == tier
    assert points_to_next(growth, tiers) == to_next


@given(GROWTH, GROWTH)
def test_more_growth_never_means_a_lower_tier(growth: int, more: int) -> None:
    lower, higher = tier_for(growth, DEFAULT_TIERS), tier_for(growth + more, DEFAULT_TIERS)
    assert lower.from_growth <= higher.from_growth


@given(GROWTH)
def test_what_is_missing_is_exactly_what_lifts(growth: int) -> None:
    missing = points_to_next(growth, DEFAULT_TIERS)
    if missing is not None:
        assert tier_for(growth + missing, DEFAULT_TIERS) == next_tier(growth, DEFAULT_TIERS)
        assert tier_for(growth + missing - 1, DEFAULT_TIERS) == tier_for(growth, DEFAULT_TIERS)


@pytest.mark.parametrize(
    ("growth", "part"), [(0, 0), (8001, 0), (44001, 0.5), (980000, 399999 / 400000), (980001, 1)]
)
def test_progress_runs_from_the_start_of_a_tier_to_the_next(growth: int, part: float) -> None:
    assert progress(growth, DEFAULT_TIERS) == pytest.approx(part)
