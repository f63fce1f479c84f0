"""Figures as people read them: shares and ratios, half up to two decimals, and nothing where there is nothing to divide by."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

_CENT = Decimal("0.01")


def rounded(value: Fraction) -> Decimal:
    """Half up to two decimals, away from zero."""
    # Exact: the half is decided on whole numbers, a long quotient would have been rounded once already.
    hundredths = abs(value) * 100
    whole = int(hundredths + Fraction(1, 2))
    return (Decimal(whole) * _CENT).copy_sign(Decimal(value.numerator))


def percent(part: int, whole: int) -> Decimal | None:
    """How many per cent of the whole a part is; None of nothing."""
    return rounded(Fraction(100 * part, whole)) if whole else None


def mean(values: list[Decimal]) -> Decimal | None:
    """The mean, with as many decimals as it needs but two at most; None of no values."""
    if not values:
        return None
    exact = sum(values, Decimal(0)) / len(values)
    exponent = exact.as_tuple().exponent
    return exact.quantize(_CENT, ROUND_HALF_UP) if isinstance(exponent, int) and exponent < -2 else exact
