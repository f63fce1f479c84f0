"""Years follow the business's clock, and what comes too late counts in the year now open (R9)."""

import pytest

from shared_models.designers.years import LevelChange, counting_year, fiscal_year, level_in, year_bounds_ms
from shared_models.moments import parse_moment

LAST_MOMENT = parse_moment("2026-12-31T23:59:59+08:00")
FIRST_MOMENT = parse_moment("2027-01-01T00:00:00+08:00")


def test_the_year_ends_at_local_midnight():
    assert fiscal_year(LAST_MOMENT) == 2026
    assert fiscal_year(FIRST_MOMENT) == 2027
    assert year_bounds_ms(2027) == (FIRST_MOMENT, parse_moment("2028-01-01T00:00:00+08:00"))


@pytest.mark.parametrize(("closed", "year"), [(None, 2026), (2025, 2026), (2026, 2027), (2027, 2028)])
def test_what_happened_in_a_closed_year_counts_in_the_year_now_open(closed, year):
    assert counting_year(LAST_MOMENT, closed) == year


CHANGES = [
    LevelChange(2027, "L2", 30),
    LevelChange(2020, "L1", 10),
    LevelChange(2027, "L3", 40, "correction"),
]


@pytest.mark.parametrize(
    ("year", "level"), [(2019, "L1"), (2020, "L1"), (2026, "L1"), (2027, "L3"), (2030, "L3")]
)
def test_a_level_is_held_until_another_is_given_and_the_latest_word_on_a_year_counts(year, level):
    assert level_in(year, CHANGES) == level


def test_who_was_never_given_a_level_has_none():
    assert level_in(2026, []) is None
