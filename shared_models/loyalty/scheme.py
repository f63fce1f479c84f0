"""The loyalty programme as data: what one version of the scheme says, checked when it is read.

`Scheme.rules` holds a JSON document. Every key is optional; what is missing is the default programme.

    {"base_rate": "1",
     "offset": {"points_per_yuan": 100, "unit": 100, "cap_percent": "50"},
     "tier_basis": "growth",
     "tiers": [{"name": "S1", "from": 0, "discount_percent": "0"}, {"name": "S2", "from": 8001}],
     "bonus": [{"id": "b1", "kind": "window", "from": "2026-05-01T00:00:00+08:00", "to": "...", "multiplier": "2"}],
     "expiry_days": null, "grace_days": 30, "return_mode": "debt", "welcome_gift": 0, "lease_hours": 72,
     "lease_points": 1000, "gift_floor_percent": "100", "hand_over_days": 7, "enrol_from": "0"}

A tier's `from` counts what `tier_basis` names: growth, or for `spent` whole yuan of purchases.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from shared_models.loyalty.document import Section
from shared_models.money import FEN_PER_YUAN


class BonusKind(StrEnum):
    """When a bonus rule applies (R3)."""

    WINDOW = "window"
    """The sale falls in a window of time, its beginning included and its end not."""
    CATEGORY = "category"
    """Lines of one category, and only those."""
    CAMPAIGN = "campaign"
    """The sale carries a campaign's code."""
    THRESHOLD = "threshold"
    """The products' net amount reaches a minimum."""


class ReturnMode(StrEnum):
    """What happens to points that a return should take back but cannot (R7)."""

    DEBT = "debt"
    DEDUCT_REFUND = "deduct_refund"


class TierBasis(StrEnum):
    """What a member's tier follows from (T-04)."""

    GROWTH = "growth"
    """Growth, as it comes with points (R4, R5)."""
    SPENT = "spent"
    """What was paid for products, less what came back of them; points have no part in it."""


@dataclass(frozen=True, slots=True)
class OffsetTerms:
    """How points pay: so many are one yuan, in units, up to a share of the products' amount (R6)."""

    points_per_yuan: int = 100
    unit: int = 100
    cap_percent: Decimal = Decimal(50)


@dataclass(frozen=True, slots=True)
class Tier:
    """A level of membership, where it begins, and what it takes off every product.

    `starts_at` counts what the scheme's basis names: growth, or fen of purchases.
    """

    name: str
    starts_at: int
    discount_percent: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class BonusRule:
    """Extra points, by a `multiplier` of the net amount in scope or a `fixed` number once per order (R3).

    Rules of the same `group` exclude each other; without a group they add up.
    """

    id: str
    kind: BonusKind
    multiplier: Decimal | None = None
    fixed: int = 0
    group: str = ""
    from_ms: int = 0
    to_ms: int = 0
    category: str = ""
    campaign: str = ""
    min_net_fen: int = 0


DEFAULT_TIERS = (
    Tier("S1", 0),
    Tier("S2", 8_001),
    Tier("S3", 80_001),
    Tier("S4", 180_001),
    Tier("S5", 580_001),
    Tier("S6", 980_001),
)


@dataclass(frozen=True, slots=True)
class LoyaltyRules:
    """One version of the programme; its defaults are the programme that ships."""

    base_rate: Decimal = Decimal(1)
    """Points for a yuan."""
    offset: OffsetTerms = OffsetTerms()
    tier_basis: TierBasis = TierBasis.GROWTH
    tiers: tuple[Tier, ...] = DEFAULT_TIERS
    """From the lowest to the highest; the first begins at 0."""
    bonus: tuple[BonusRule, ...] = ()
    expiry_days: int | None = None
    """How long earned points last after the day they were earned; None for ever."""
    grace_days: int = 30
    """How long points last that are given back to a lot which has expired meanwhile."""
    return_mode: ReturnMode = ReturnMode.DEBT
    welcome_gift: int = 0
    lease_hours: int = 72
    """How long a lease lasts at most (R11)."""
    lease_points: int = 1_000
    """What a device sets aside for a member where nobody says another number (R11)."""
    gift_floor_percent: Decimal = Decimal(100)
    """A gift is worth at least this share of what its points are worth as an offset (L-13)."""
    hand_over_days: int = 7
    """Within so many days of 24 hours a gift is handed over (L-14)."""
    enrol_from_fen: int = 0
    """Who has spent so much on products may join; 0 for everybody (T-04)."""


DEFAULT_RULES = LoyaltyRules()


def parse_rules(document: Mapping[str, Any]) -> LoyaltyRules:
    """The rules that `Scheme.rules` states.

    Refuses a key it does not know, a value of the wrong form, tiers out of order and a bonus without exactly one effect:
    `RuleError("scheme", key=...)` names the place, such as `bonus.0.kind`.
    """
    section = Section(document)
    basis = section.choice("tier_basis", TierBasis, DEFAULT_RULES.tier_basis)
    rules = LoyaltyRules(
        base_rate=section.rate("base_rate", DEFAULT_RULES.base_rate),
        offset=_offset_terms(section.section("offset")),
        tier_basis=basis,
        tiers=_tiers(section, basis),
        bonus=tuple(_bonus_rule(part) for part in section.sections("bonus")),
        expiry_days=section.optional_count("expiry_days"),
        grace_days=section.count("grace_days", DEFAULT_RULES.grace_days),
        return_mode=section.choice("return_mode", ReturnMode, DEFAULT_RULES.return_mode),
        welcome_gift=section.count("welcome_gift", DEFAULT_RULES.welcome_gift),
        lease_hours=section.count("lease_hours", DEFAULT_RULES.lease_hours),
        lease_points=section.count("lease_points", DEFAULT_RULES.lease_points),
        gift_floor_percent=section.rate("gift_floor_percent", DEFAULT_RULES.gift_floor_percent),
        hand_over_days=section.count("hand_over_days", DEFAULT_RULES.hand_over_days),
        enrol_from_fen=section.optional_money_fen("enrol_from") or 0,
    )
    section.refuse_unread()
    return rules


def _offset_terms(section: Section) -> OffsetTerms:
    default = DEFAULT_RULES.offset
    terms = OffsetTerms(
        points_per_yuan=section.count("points_per_yuan", default.points_per_yuan, least=1),
        unit=section.count("unit", default.unit, least=1),
        cap_percent=section.percent("cap_percent", default.cap_percent),
    )
    section.refuse_unread()
    return terms


def _tiers(section: Section, basis: TierBasis) -> tuple[Tier, ...]:
    tiers: tuple[Tier, ...] = DEFAULT_TIERS
    if "tiers" in section:
        tiers = tuple(_tier(part) for part in section.sections("tiers"))
    starts = [tier.starts_at for tier in tiers]
    section.refuse_unless(starts[:1] == [0] and starts == sorted(set(starts)), "tiers")
    if basis == TierBasis.SPENT:
        return tuple(replace(tier, starts_at=tier.starts_at * FEN_PER_YUAN) for tier in tiers)
    return tiers


def _tier(section: Section) -> Tier:
    tier = Tier(section.text("name"), section.count("from"), section.percent("discount_percent", Decimal(0)))
    section.refuse_unread()
    return tier


def _bonus_rule(section: Section) -> BonusRule:
    kind = section.choice("kind", BonusKind)
    windowed = kind == BonusKind.WINDOW
    rule = BonusRule(
        id=section.text("id"),
        kind=kind,
        multiplier=section.rate("multiplier", least=1) if "multiplier" in section else None,
        fixed=section.count("fixed", 0),
        group=section.text("group", ""),
        from_ms=section.moment_ms("from") if windowed else 0,
        to_ms=section.moment_ms("to") if windowed else 0,
        category=section.text("category") if kind == BonusKind.CATEGORY else "",
        campaign=section.text("campaign") if kind == BonusKind.CAMPAIGN else "",
        min_net_fen=section.money_fen("min_net") if kind == BonusKind.THRESHOLD else 0,
    )
    section.refuse_unless(("multiplier" in section) != ("fixed" in section), "multiplier")
    section.refuse_unread()
    return rule
