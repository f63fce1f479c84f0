"""A member's tier is a pure, never falling function of growth (R5)."""

from collections.abc import Sequence

from shared_models.loyalty.scheme import Tier


def tier_for(growth: int, tiers: Sequence[Tier]) -> Tier:
    """The highest tier whose first growth value has been reached."""
    return max((tier for tier in tiers if tier.from_growth <= growth), key=_start, default=tiers[0])


def next_tier(growth: int, tiers: Sequence[Tier]) -> Tier | None:
    """The tier above, or None at the top."""
    return min((tier for tier in tiers if tier.from_growth > growth), key=_start, default=None)


def points_to_next(growth: int, tiers: Sequence[Tier]) -> int | None:
    """How much growth is missing to the next tier; None at the top."""
    above = next_tier(growth, tiers)
    return above.from_growth - growth if above else None


def has_reached(growth: int, tier_name: str, tiers: Sequence[Tier]) -> bool:
    """Whether growth is enough for the tier of that name; never for a tier that the scheme does not have."""
    return any(tier.name == tier_name and tier.from_growth <= growth for tier in tiers)


def progress(growth: int, tiers: Sequence[Tier]) -> float:
    """How much of the way through the present tier has been covered, from 0 to 1; 1 at the top."""
    above = next_tier(growth, tiers)
    if above is None:
        return 1.0
    start = tier_for(growth, tiers).from_growth
    return (growth - start) / (above.from_growth - start)


def _start(tier: Tier) -> int:
    return tier.from_growth
