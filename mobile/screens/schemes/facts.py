"""A scheme in words: one line a figure, the same lines for every version, so that two can stand beside each other."""

from decimal import Decimal

from mobile.screens.lead.member import counted_words
from mobile.text import formats, t, word
from shared_models.loyalty.practice import DEFAULT_PRACTICE, Practice
from shared_models.loyalty.scheme import BonusKind, BonusRule, LoyaltyRules
from shared_models.moments import local_date


def facts(rules: LoyaltyRules, practice: Practice = DEFAULT_PRACTICE) -> dict[str, str]:
    """What a version says, in words by label, in the order of the editor."""
    found = {
        t("schemes.base_rate"): t("schemes.per_yuan", points=plain(rules.base_rate)),
        t("schemes.offset"): t("schemes.one_yuan", points=formats.count(rules.offset.points_per_yuan)),
        t("schemes.unit"): t("schemes.in_units", points=formats.count(rules.offset.unit)),
        t("schemes.cap_percent"): f"{plain(rules.offset.cap_percent)}%",
    }
    found[t("schemes.tier_basis")] = word("tier_basis", rules.tier_basis)
    for tier in rules.tiers:
        words = t(f"schemes.from_{rules.tier_basis}", n=counted_words(tier.starts_at, rules.tier_basis))
        if tier.discount_percent:
            words += " · " + t("schemes.off", percent=plain(tier.discount_percent))
        found[t("schemes.tier", name=tier.name)] = words
    for rule in rules.bonus:
        found[t("schemes.bonus_named", name=rule.id)] = bonus_words(rule)
    days = rules.expiry_days
    found |= {
        t("schemes.expiry_days"): t("schemes.never") if days is None else t("schemes.days", n=days),
        t("schemes.grace_days"): t("schemes.days", n=rules.grace_days),
        t("schemes.return_mode"): word("return_mode", rules.return_mode),
        t("schemes.welcome_gift"): t("schemes.points", n=formats.count(rules.welcome_gift)),
        t("schemes.enrol_from"): formats.money(rules.enrol_from_fen)
        if rules.enrol_from_fen
        else t("schemes.everybody"),
        t("schemes.lease_hours"): t("schemes.hours", n=rules.lease_hours),
        t("schemes.lease_points"): t("schemes.points", n=formats.count(rules.lease_points)),
        t("schemes.lease_when"): word("lease_when", practice.lease_when),
        t("schemes.gift_floor"): f"{plain(rules.gift_floor_percent)}%",
        t("schemes.hand_over_days"): t("schemes.days", n=rules.hand_over_days),
    }
    return found


def bonus_words(rule: BonusRule) -> str:
    """When a bonus applies and what it gives."""
    when = {
        BonusKind.WINDOW: f"{local_date(rule.from_ms)} – {local_date(max(rule.from_ms, rule.to_ms - 1))}",
        BonusKind.CATEGORY: rule.category,
        BonusKind.CAMPAIGN: rule.campaign,
        BonusKind.THRESHOLD: t("schemes.at_least", amount=formats.money(rule.min_net_fen)),
    }[rule.kind]
    gives = (
        t("schemes.plus", n=formats.count(rule.fixed))
        if rule.multiplier is None
        else t("schemes.times", n=plain(rule.multiplier))
    )
    parts = [word("bonus_kind", rule.kind), when, gives]
    return " · ".join([*parts, t("schemes.grouped", group=rule.group)] if rule.group else parts)


def plain(value: Decimal) -> str:
    """A decimal without trailing zeros, never in powers of ten."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
