"""Gifts for points: what one has to be worth, who may have it, and until when it is handed over (L-11, L-13, L-14)."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from shared_models.errors import RuleError
from shared_models.loyalty.scheme import LoyaltyRules, Tier
from shared_models.loyalty.tables import Gift, RedemptionState
from shared_models.loyalty.tiers import has_reached
from shared_models.moments import DAY_MS, day_bounds_ms
from shared_models.money import FEN_PER_YUAN, plain_yuan


def least_value_fen(points: int, rules: LoyaltyRules) -> int:
    """What a gift for so many points is worth at least: the scheme's share of their worth as an offset, rounded up (L-13)."""
    worth_fen = Fraction(points * FEN_PER_YUAN, rules.offset.points_per_yuan)
    return ceil(worth_fen * Fraction(rules.gift_floor_percent) / 100)


def check_gift(gift: Gift, rules: LoyaltyRules) -> None:
    """Refuse a gift that cannot be offered.

    `RuleError("gift_name")` without a name, `"gift_points"` for no points or a stock below none, `"gift_value"` below the
    floor (`least`, in yuan), `"gift_tier_unknown"` for a tier that the scheme does not have, `"gift_days"` for days that
    are none or in disorder.
    """
    if not gift.name.strip():
        raise RuleError("gift_name")
    if gift.points <= 0 or (gift.stock is not None and gift.stock < 0):
        raise RuleError("gift_points")
    least_fen = least_value_fen(gift.points, rules)
    if gift.value_fen < least_fen:
        raise RuleError("gift_value", least=plain_yuan(least_fen))
    if gift.min_tier and gift.min_tier not in {tier.name for tier in rules.tiers}:
        raise RuleError("gift_tier_unknown", tier=gift.min_tier)
    check_days(gift.valid_from, gift.valid_until)


def is_offered(gift: Gift, today: str) -> bool:
    """Whether it may be redeemed on this local date, its first and its last day included."""
    begun = gift.valid_from is None or gift.valid_from <= today
    return gift.active and begun and (gift.valid_until is None or today <= gift.valid_until)


def gift_refusal(gift: Gift, *, counted: int, tiers: Sequence[Tier], today: str) -> str:
    """The code of what keeps a member from it besides points: `unknown`, `gift_tier`, `gift_stock`; empty for nothing.

    `counted` is what the scheme counts of the member (`counted_for_tiers`).
    """
    if not is_offered(gift, today):
        return "unknown"
    if gift.min_tier and not has_reached(counted, gift.min_tier, tiers):
        return "gift_tier"
    return "gift_stock" if gift.stock is not None and gift.stock < 1 else ""


def edited_stock(now: int | None, seen: int | None, wanted: int | None) -> int | None:
    """The stock after somebody who saw `seen` wrote `wanted`: gifts redeemed meanwhile stay taken.

    Without a limit, before or after, what was written counts.
    """
    if now is None or seen is None or wanted is None:
        return wanted
    return now + wanted - seen


def hand_over_due_ms(redeemed_at_ms: int, rules: LoyaltyRules) -> int:
    """The last moment at which a gift is handed over as promised."""
    return redeemed_at_ms + rules.hand_over_days * DAY_MS


def is_hand_over_overdue(state: str, due_at_ms: int | None, now_ms: int) -> bool:
    """Whether a gift should have been handed over; strictly after the promised moment."""
    return state == RedemptionState.RESERVED and due_at_ms is not None and now_ms > due_at_ms


def check_days(first: str | None, last: str | None) -> None:
    """Refuse a first and a last local date that are no dates or in disorder (`RuleError("gift_days")`); None is no bound."""
    try:
        bounds = [day_bounds_ms(day) for day in (first, last) if day is not None]
    except ValueError:
        raise RuleError("gift_days") from None
    if bounds != sorted(bounds):
        raise RuleError("gift_days")
