"""Gifts for points: their versions, what one has to be worth, who may have it, and until when it is handed over.

L-11, L-13, L-14. A gift's terms are versions, each in force from a moment on; which one counts is decided by the moment of
the redemption, on a device by the versions that it holds (as R3 has it for sales).
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import ceil

from shared_models.errors import RuleError
from shared_models.loyalty.scheme import LoyaltyRules, Tier
from shared_models.loyalty.tables import Gift, GiftVersion, RedemptionState
from shared_models.loyalty.tiers import has_reached
from shared_models.moments import DAY_MS, day_bounds_ms
from shared_models.money import FEN_PER_YUAN, plain_yuan

Terms = Gift | GiftVersion
"""What is said about a gift: one of its versions, or the gift itself where it has none."""
TERMS = ("name", "points", "value_fen", "min_tier", "valid_from", "valid_until", "active")
"""The columns that a version states; a gift's stock is not among them."""


def version_at(versions: Iterable[GiftVersion], at_ms: int) -> GiftVersion | None:
    """The version of a gift in force at a moment; before the first one, the first. None where there is none.

    Of those that have begun it is the one that began last, and of several that began together the newest.
    """
    in_order = sorted(versions, key=lambda each: (each.begins_at_ms, each.version))
    begun = [each for each in in_order if each.begins_at_ms <= at_ms]
    return begun[-1] if begun else next(iter(in_order), None)


def terms_at(gift: Gift, versions: Iterable[GiftVersion], at_ms: int) -> Terms:
    """What holds for a gift at a moment, by its versions."""
    return version_at(versions, at_ms) or gift


def says_the_same(one: Terms, other: Terms) -> bool:
    """Whether two versions differ in nothing but when they begin."""
    return all(getattr(one, name) == getattr(other, name) for name in TERMS)


def points_for(terms: Terms | None, agreed: int | None) -> int:
    """The points that are given: what the gift costs, unless more was agreed; without a gift what was agreed.

    Refuses none, and fewer than the gift costs (`RuleError("points")`).
    """
    points = terms.points if terms is not None and agreed is None else agreed or 0
    if points <= 0 or (terms is not None and points < terms.points):
        raise RuleError("points", wanted=points, spendable=0)
    return points


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


def is_offered(terms: Terms, today: str) -> bool:
    """Whether it may be redeemed on this local date, its first and its last day included."""
    begun = terms.valid_from is None or terms.valid_from <= today
    return terms.active and begun and (terms.valid_until is None or today <= terms.valid_until)


def gift_refusal(terms: Terms, *, left: int | None, counted: int, tiers: Sequence[Tier], today: str) -> str:
    """The code of what keeps a member from it besides points: `unknown`, `gift_tier`, `gift_stock`; empty for nothing.

    `left` is how many there are, None without limit; `counted` what the scheme counts of the member
    (`counted_for_tiers`).
    """
    if not is_offered(terms, today):
        return "unknown"
    if terms.min_tier and not has_reached(counted, terms.min_tier, tiers):
        return "gift_tier"
    return "gift_stock" if left is not None and left < 1 else ""


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
