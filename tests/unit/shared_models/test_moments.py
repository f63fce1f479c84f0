"""Moments, the business's days, and clocks that are wrong (R12)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_models.errors import RuleError
from shared_models.moments import (
    DAY_MS,
    DEFAULT_ZONE,
    HOUR_MS,
    business_offset,
    business_zone,
    corrected_ms,
    day_bounds_ms,
    days_after,
    is_implausible_skew,
    local_date,
    local_moment,
    parse_moment,
    parse_zone,
    use_business_zone,
)

MAY_DAY_MS = parse_moment("2026-05-01T00:00:00+08:00")


def test_a_moment_is_the_same_in_every_zone() -> None:
    assert parse_moment("2026-04-30T16:00:00Z") == MAY_DAY_MS
    assert parse_moment("1970-01-01T08:00:00.250+08:00") == 250


@pytest.mark.parametrize("text", ["2026-05-01T00:00:00", "2026-05-01", "tomorrow", ""])
def test_a_moment_without_an_offset_is_refused(text: str) -> None:
    with pytest.raises(RuleError) as refusal:
        parse_moment(text)
    assert refusal.value.code == "moment"


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-12-31T23:59:59.999+08:00", "2026-12-31"),
        ("2026-12-31T16:00:00Z", "2027-01-01"),
        ("2027-03-01T16:05:00Z", "2027-03-02"),
    ],
)
def test_a_day_is_the_one_of_the_business(at: str, day: str) -> None:
    assert local_date(parse_moment(at)) == day


def test_a_day_lasts_from_midnight_until_before_the_next() -> None:
    start_ms, end_ms = day_bounds_ms("2026-05-01")
    assert start_ms == MAY_DAY_MS
    assert end_ms == start_ms + DAY_MS
    assert local_date(end_ms - 1) == "2026-05-01"
    assert local_date(end_ms) == "2026-05-02"


def test_a_moment_is_shown_on_the_clock_of_the_business() -> None:
    assert local_moment(MAY_DAY_MS + 90_000).isoformat() == "2026-05-01T00:01:30+08:00"


def test_days_are_counted_across_months_and_leap_years() -> None:
    assert days_after("2026-03-05", 30) == "2026-04-04"
    assert days_after("2028-02-28", 1) == "2028-02-29"
    assert days_after("2026-01-01", -1) == "2025-12-31"


@given(st.integers(0, 4_000_000_000_000))
def test_every_moment_lies_within_its_day(at_ms: int) -> None:
    start_ms, end_ms = day_bounds_ms(local_date(at_ms))
    assert start_ms <= at_ms < end_ms


@pytest.mark.parametrize("minutes_fast", [45, -45, 43_200])
def test_a_wrong_clock_is_corrected_by_its_distance_at_the_sync(minutes_fast: int) -> None:
    skew_ms = minutes_fast * 60_000
    assert (
        corrected_ms(
            MAY_DAY_MS + skew_ms,
            device_now_ms=MAY_DAY_MS + HOUR_MS + skew_ms,
            server_now_ms=MAY_DAY_MS + HOUR_MS,
            receipt_ms=MAY_DAY_MS + HOUR_MS,
        )
        == MAY_DAY_MS
    )


def test_nothing_happens_after_it_was_received() -> None:
    turned_back = {"device_now_ms": MAY_DAY_MS - HOUR_MS, "server_now_ms": MAY_DAY_MS}
    assert corrected_ms(MAY_DAY_MS, **turned_back, receipt_ms=MAY_DAY_MS) == MAY_DAY_MS


@pytest.mark.parametrize(
    ("skew_ms", "implausible"),
    [(0, False), (4 * HOUR_MS, False), (12 * HOUR_MS, False), (12 * HOUR_MS + 1, True), (-7 * DAY_MS, True)],
)
def test_more_than_twelve_hours_either_way_is_implausible(skew_ms: int, implausible: bool) -> None:
    assert is_implausible_skew(MAY_DAY_MS + skew_ms, MAY_DAY_MS) is implausible


@pytest.fixture
def elsewhere():
    yield use_business_zone
    use_business_zone(DEFAULT_ZONE)


def test_days_are_those_of_the_business_wherever_it_is(elsewhere):
    at_ms = parse_moment("2027-01-01T04:30:00Z")
    assert local_date(at_ms) == "2027-01-01"
    elsewhere("-05:00")
    assert (local_date(at_ms), business_offset()) == ("2026-12-31", "-05:00")
    assert day_bounds_ms("2027-01-01")[0] == parse_moment("2027-01-01T05:00:00Z")
    elsewhere("+05:30")
    assert local_moment(at_ms).isoformat() == "2027-01-01T10:00:00+05:30"
    assert business_zone().utcoffset(None) == timedelta(hours=5, minutes=30)


@pytest.mark.parametrize(
    "text", ["", "8", "+8:00", "+15:00", "+08:60", "+08:00:00", "Z", "08:00", "Asia/Shanghai"]
)
def test_what_is_no_offset_is_no_zone(text):
    with pytest.raises(ValueError, match="offset"):
        parse_zone(text)


def test_the_zone_stays_when_another_is_refused(elsewhere):
    with pytest.raises(ValueError, match="offset"):
        elsewhere("noon")
    assert (business_offset(), local_date(0)) == (DEFAULT_ZONE, "1970-01-01")
    assert parse_zone("-00:30").utcoffset(None) == -timedelta(minutes=30)
    assert parse_zone("+14:59").utcoffset(None) == timedelta(hours=14, minutes=59)
