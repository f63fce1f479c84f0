"""A score counts nothing twice, nothing for more than it weighs, and nothing that is not known (R16)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from shared_models.errors import RuleError
from shared_models.office.kpi import DEFAULT_KPI_RULES, KpiRules, Target, Work, parse_kpi_rules, score

TARGET = Target(followups=100, sales_fen=50_000_000)
ZHANG = Work(80, 12, 60, 42_000_000, Decimal("4.6"))
LI = Work(120, 9, 30, 38_000_000, Decimal("4.8"))
WANG = Work(60, 0, 0, 0, None)


@pytest.mark.parametrize(("work", "expected"), [(ZHANG, "82.80"), (LI, "90.00"), (WANG, "20.00")])
def test_the_golden_scores(work, expected):
    assert str(score(work, TARGET, DEFAULT_KPI_RULES)) == expected


def test_no_figure_counts_for_more_than_its_weight():
    best = Work(1_000, 30, 30, 900_000_000, Decimal(5))
    assert score(best, TARGET, DEFAULT_KPI_RULES) == 100


def test_a_figure_without_a_target_is_left_out_and_the_others_weigh_more():
    assert score(ZHANG, Target(), DEFAULT_KPI_RULES) == Decimal("83.00")
    no_conversion = replace(DEFAULT_KPI_RULES, conversion_target_percent=Decimal(0))
    assert score(LI, Target(followups=100), no_conversion) == Decimal("98.67")


def test_without_any_figure_there_is_no_score():
    assert score(WANG, Target(), DEFAULT_KPI_RULES) is None


def test_figures_that_weigh_nothing_make_no_score():
    assert score(WANG, TARGET, KpiRules(0, 1, 0, 0)) is None


def test_a_document_is_read_to_the_letter():
    document = {
        "weights": {"followups": 1, "conversion": 2, "sales": 3, "satisfaction": 4},
        "conversion_target_percent": "12.5",
    }
    assert parse_kpi_rules(document) == KpiRules(1, 2, 3, 4, Decimal("12.5"))
    assert parse_kpi_rules({}) == DEFAULT_KPI_RULES


@pytest.mark.parametrize(
    ("document", "key"),
    [
        ({"weights": {"followups": 0, "conversion": 0, "sales": 0, "satisfaction": 0}}, "weights"),
        ({"weights": {"luck": 1}}, "weights.luck"),
        ({"bonus": 1}, "bonus"),
    ],
)
def test_what_a_document_gets_wrong_is_named(document, key):
    with pytest.raises(RuleError) as refused:
        parse_kpi_rules(document)
    assert refused.value.details == {"key": key}
