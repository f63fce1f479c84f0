"""Paying with points is clamped, never refused (R6)."""

from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_models.loyalty.offset import Offset, offset_for, value_fen
from shared_models.loyalty.scheme import OffsetTerms

TERMS = OffsetTerms()


@pytest.mark.parametrize(
    ("balance", "products_fen", "points", "fen"),
    [
        (26350, 328000, 26300, 26300),
        (400000, 328000, 164000, 164000),
        (26350, 33333, 16600, 16600),
        (99, 33333, 0, 0),
        (0, 33333, 0, 0),
        (100, 0, 0, 0),
    ],
)
def test_as_many_points_as_balance_cap_and_unit_allow(
    balance: int, products_fen: int, points: int, fen: int
) -> None:
    offset = offset_for("max", spendable_points=balance, products_fen=products_fen, terms=TERMS)
    assert offset == Offset(points, fen)


@pytest.mark.parametrize(
    ("wanted", "points"), [(900, 900), (950, 900), (5000, 1000), (0, 0), (-100, 0), ("max", 1000)]
)
def test_a_stated_number_is_clamped_too(wanted: int | Literal["max"], points: int) -> None:
    assert offset_for(wanted, spendable_points=1250, products_fen=2000, terms=TERMS).points == points


def test_the_terms_are_those_of_the_scheme() -> None:
    terms = OffsetTerms(points_per_yuan=30, unit=10, cap_percent=Decimal("33.3"))
    assert offset_for("max", spendable_points=5000, products_fen=10000, terms=terms) == Offset(990, 3300)
    assert value_fen(10, terms) == 33


@given(st.integers(0, 10**7), st.integers(0, 10**8))
def test_an_offset_never_exceeds_balance_or_half_the_products(balance: int, products_fen: int) -> None:
    offset = offset_for("max", spendable_points=balance, products_fen=products_fen, terms=TERMS)
    assert 0 <= offset.points <= balance
    assert offset.points % TERMS.unit == 0
    assert 2 * offset.fen <= products_fen
