"""A member's tier is a pure, never falling function of what the scheme counts: growth (R5), or purchases (T-04).

The functions take that figure as `counted`, in the unit in which the tiers begin.
"""

from collections.abc import Sequence

from shared_models.loyalty.scheme import LoyaltyRules, Tier, TierBasis


def counted_for_tiers(rules: LoyaltyRules, *, growth: int, spent_fen: int) -> int:
    """What the scheme counts of a member: growth, or the fen spent on products."""
    return spent_fen if rules.tier_basis == TierBasis.SPENT else growth


def tier_for(counted: int, tiers: Sequence[Tier]) -> Tier:
    """The highest tier whose beginning has been reached."""
    return max((tier for tier in tiers if tier.starts_at <= counted), key=_start, default=tiers[0])


def next_tier(counted: int, tiers: Sequence[Tier]) -> Tier | None:
    """The tier above, or None at the top."""
    return min((tier for tier in tiers if tier.starts_at > counted), key=_start, default=None)


def missing_to_next(counted: int, tiers: Sequence[Tier]) -> int | None:
    """How much is missing to the next tier, in growth or in fen; None at the top."""
    above = next_tier(counted, tiers)
    return above.starts_at - counted if above else None


def has_reached(counted: int, tier_name: str, tiers: Sequence[Tier]) -> bool:
    """Whether it is enough for the tier of that name; never for a tier that the scheme does not have."""
    return any(tier.name == tier_name and tier.starts_at <= counted for tier in tiers)


def progress(counted: int, tiers: Sequence[Tier]) -> float:
    """How much of the way through the present tier has been covered, from 0 to 1; 1 at the top."""
    above = next_tier(counted, tiers)
    if above is None:
        return 1.0
    start = tier_for(counted, tiers).starts_at
    return (counted - start) / (above.starts_at - start)


def _start(tier: Tier) -> int:
    return tier.starts_at
