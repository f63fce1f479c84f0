"""The member's figures: points, what they are worth, growth, and the way to the next tier."""

from collections.abc import Mapping
from typing import Any

import flet as ft

from mobile.design.cards import Figure, figures_card, progress_card
from mobile.text import formats, t
from shared_models.loyalty.offset import value_fen
from shared_models.loyalty.scheme import LoyaltyRules, OffsetTerms, parse_rules
from shared_models.loyalty.tables import MemberAccount
from shared_models.loyalty.tiers import next_tier, points_to_next, progress, tier_for


def member_cards(
    account: MemberAccount, rules: Mapping[str, Any] | None, *, narrow: bool
) -> list[ft.Control]:
    """Two cards, from the account the server keeps and the scheme's rules."""
    scheme = parse_rules(rules) if rules else LoyaltyRules()
    above = next_tier(account.growth, scheme.tiers)
    missing = points_to_next(account.growth, scheme.tiers)
    figures = [
        Figure(formats.count(account.balance), t("lead.balance"), "balance", accent=True),
        Figure(formats.money(_worth_fen(account.balance, scheme.offset)), t("lead.worth"), "worth"),
        Figure(formats.count(account.growth), t("lead.growth"), "growth"),
        Figure(formats.count(missing), t("lead.to_next", tier=above.name), "to-next")
        if above and missing is not None
        else Figure(
            account.tier or tier_for(account.growth, scheme.tiers).name, t("lead.top_tier"), "to-next"
        ),
    ]
    now = tier_for(account.growth, scheme.tiers).name
    way = f"{now} → {above.name}" if above else now
    return [
        figures_card(figures, narrow=narrow),
        progress_card(
            t("lead.growth"), way, progress(account.growth, scheme.tiers), identifier="growth-progress"
        ),
    ]


def _worth_fen(balance: int, terms: OffsetTerms) -> int:
    """What the points can take off a bill: whole units only (R6)."""
    return value_fen(max(0, balance) // terms.unit * terms.unit, terms)
