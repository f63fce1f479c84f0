"""The member's figures: points, what they are worth, what tiers are counted in, and the way to the next one."""

from collections.abc import Mapping
from typing import Any

import flet as ft

from mobile.design.cards import Figure, figures_card, progress_card
from mobile.text import formats, t
from shared_models.loyalty.offset import value_fen
from shared_models.loyalty.scheme import LoyaltyRules, OffsetTerms, TierBasis, parse_rules
from shared_models.loyalty.tables import MemberAccount
from shared_models.loyalty.tiers import counted_for_tiers, missing_to_next, next_tier, progress, tier_for


def member_cards(
    account: MemberAccount, rules: Mapping[str, Any] | None, *, narrow: bool
) -> list[ft.Control]:
    """Two cards, from the account the server keeps and the scheme's rules."""
    scheme = parse_rules(rules) if rules else LoyaltyRules()
    basis = scheme.tier_basis
    counted = counted_for_tiers(scheme, growth=account.growth, spent_fen=account.spent_fen)
    above = next_tier(counted, scheme.tiers)
    missing = missing_to_next(counted, scheme.tiers)
    now = tier_for(counted, scheme.tiers).name
    figures = [
        Figure(formats.count(account.balance), t("lead.balance"), "balance", accent=True),
        Figure(formats.money(_worth_fen(account.balance, scheme.offset)), t("lead.worth"), "worth"),
        Figure(counted_words(counted, basis), t(f"lead.{basis}"), basis.value),
        Figure(counted_words(missing, basis), t("lead.to_next", tier=above.name), "to-next")
        if above and missing is not None
        else Figure(account.tier or now, t("lead.top_tier"), "to-next"),
    ]
    way = f"{now} → {above.name}" if above else now
    return [
        figures_card(figures, narrow=narrow),
        progress_card(
            t(f"lead.{basis}"), way, progress(counted, scheme.tiers), identifier=f"{basis}-progress"
        ),
    ]


def counted_words(counted: int, basis: TierBasis) -> str:
    """What tiers are counted in: growth as a number, purchases as money (T-04)."""
    return formats.money(counted) if basis == TierBasis.SPENT else formats.count(counted)


def _worth_fen(balance: int, terms: OffsetTerms) -> int:
    """What the points can take off a bill: whole units only (R6)."""
    return value_fen(max(0, balance) // terms.unit * terms.unit, terms)
