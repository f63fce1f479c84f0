"""A person's score: capped ratios of what they did to what was aimed at, weighted (R16)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from shared_models.loyalty.document import Section
from shared_models.office.figures import rounded
from shared_models.service.survey import BEST_SCORE


@dataclass(frozen=True, slots=True)
class Target:
    """What a person is to reach in the period; None where nothing was agreed."""

    followups: int | None = None
    sales_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """What a person did in a period. `satisfaction` is the mean survey score, None where nobody was asked."""

    followups: int
    won: int
    leads: int
    sales_fen: int
    satisfaction: Decimal | None


@dataclass(frozen=True, slots=True)
class KpiRules:
    """How much each figure weighs, and the share of leads that should be won; the defaults are what ships."""

    followups: int = 20
    conversion: int = 30
    sales: int = 40
    satisfaction: int = 10
    conversion_target_percent: Decimal = Decimal(25)


DEFAULT_KPI_RULES = KpiRules()


def parse_kpi_rules(document: Mapping[str, Any]) -> KpiRules:
    """The rules that `KpiScheme.rules` states.

        {"weights": {"followups": 20, "conversion": 30, "sales": 40, "satisfaction": 10},
         "conversion_target_percent": "25"}

    Refuses unknown keys, values of the wrong form and weights that are all 0: `RuleError("scheme", key=...)`.
    """
    section = Section(document)
    weights = section.section("weights")
    default = DEFAULT_KPI_RULES
    rules = KpiRules(
        followups=weights.count("followups", default.followups),
        conversion=weights.count("conversion", default.conversion),
        sales=weights.count("sales", default.sales),
        satisfaction=weights.count("satisfaction", default.satisfaction),
        conversion_target_percent=section.percent(
            "conversion_target_percent", default.conversion_target_percent
        ),
    )
    weighs = rules.followups + rules.conversion + rules.sales + rules.satisfaction > 0
    section.refuse_unless(weighs, "weights")
    weights.refuse_unread()
    section.refuse_unread()
    return rules


def score(work: Work, target: Target, rules: KpiRules) -> Decimal | None:
    """From 0 to 100, half up to two decimals.

    No ratio counts for more than 1. A figure without data or without a target is left out and the others weigh more;
    None when all are.
    """
    parts = [
        (weight, ratio)
        for weight, ratio in (
            (rules.followups, _ratio(work.followups, target.followups)),
            (rules.conversion, _conversion(work, rules)),
            (rules.sales, _ratio(work.sales_fen, target.sales_fen)),
            (rules.satisfaction, _satisfaction(work)),
        )
        if ratio is not None
    ]
    weights = sum(weight for weight, _ in parts)
    if not weights:
        return None
    return rounded(
        sum((weight * min(Fraction(1), ratio) for weight, ratio in parts), Fraction(0)) * 100 / weights
    )


def _ratio(reached: int, target: int | None) -> Fraction | None:
    return Fraction(reached, target) if target else None


def _conversion(work: Work, rules: KpiRules) -> Fraction | None:
    if not work.leads or not rules.conversion_target_percent:
        return None
    return Fraction(100 * work.won, work.leads) / Fraction(rules.conversion_target_percent)


def _satisfaction(work: Work) -> Fraction | None:
    return None if work.satisfaction is None else Fraction(work.satisfaction) / BEST_SCORE
