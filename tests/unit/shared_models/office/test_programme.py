"""What the points programme comes to, as shares; and what a promotion moved (L-18)."""

from decimal import Decimal

import pytest

from shared_models.office.programme import PointsFlow, Promotion, days_before


@pytest.mark.parametrize(
    ("flow", "use", "expiry"),
    [
        (PointsFlow(1_000, 250, 100, 0), "25.00", "10.00"),
        (PointsFlow(1_000, 250, 100, 500), "50.00", "20.00"),
        (PointsFlow(3, 1, 2, 0), "33.33", "66.67"),
        (PointsFlow(0, 10, 0, 0), None, None),
        (PointsFlow(10, 0, 0, 30), None, None),
    ],
)
def test_rates_are_of_what_was_issued_and_not_taken_back(
    flow: PointsFlow, use: str | None, expiry: str | None
):
    assert flow.use_percent == (None if use is None else Decimal(use))
    assert flow.expiry_percent == (None if expiry is None else Decimal(expiry))


@pytest.mark.parametrize(
    ("during", "before", "lift"),
    [
        (150, 100, "50.00"),
        (50, 100, "-50.00"),
        (100, 100, "0.00"),
        (2, 3, "-33.33"),
        (100, 0, None),
        (1, -5, None),
    ],
)
def test_a_lift_is_against_the_time_before_and_nothing_where_nothing_was_sold(
    during: int, before: int, lift: str | None
):
    assert Promotion(during, before).lift_percent == (None if lift is None else Decimal(lift))


def test_the_time_before_is_as_long_and_ends_where_the_promotion_begins():
    assert days_before(1_000, 1_300) == (700, 1_000)
