"""Figures are rounded half up, away from zero, from the exact quotient."""

from decimal import Decimal
from fractions import Fraction

import pytest

from shared_models.office.figures import mean, percent, rounded


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Fraction(1, 200), "0.01"),
        (Fraction(-1, 200), "-0.01"),
        (Fraction(1, 201), "0.00"),
        (Fraction(0), "0.00"),
        (Fraction(10**20, 3), "3" * 20 + ".33"),
    ],
)
def test_a_half_is_rounded_away_from_zero(value, expected):
    assert str(rounded(value)) == expected


def test_a_share_of_nothing_is_unknown():
    assert percent(0, 0) is None
    assert str(percent(1, 3)) == "33.33"


@pytest.mark.parametrize(
    ("values", "expected"),
    [(["4.6"], "4.6"), (["4.6", "4.9"], "4.75"), (["5", "4", "5"], "4.67"), (["5.0", "4.0"], "4.5")],
)
def test_a_mean_has_two_decimals_at_most(values, expected):
    assert str(mean([Decimal(value) for value in values])) == expected


def test_the_mean_of_nothing_is_unknown():
    assert mean([]) is None
