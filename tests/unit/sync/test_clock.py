"""Corrected time and stamps: who wrote later, whatever the clocks say (R12, R13)."""

import pytest

from sync.clock import IMPLAUSIBLE_SKEW_MS, Correction, Stamp

HOUR_MS = 3_600_000
STAMPS = [Stamp(1, 0, "A"), Stamp(1, 0, "B"), Stamp(1, 1, "A"), Stamp(2, 0, "A")]


def test_stamps_are_ordered_by_moment_then_count_then_device():
    assert sorted(set(STAMPS)) == STAMPS


def test_a_later_stamp_stays_as_it_is():
    assert Stamp(2, 0, "A").after(Stamp(1, 7, "B")) == Stamp(2, 0, "A")
    assert Stamp(1, 0, "A").after(None) == Stamp(1, 0, "A")


@pytest.mark.parametrize("own", [Stamp(5, 3, "A"), Stamp(5, 3, "B"), Stamp(4, 9, "B")])
def test_whoever_saw_a_value_writes_after_it_even_with_a_clock_that_is_behind(own):
    seen = Stamp(5, 3, "B")
    assert own.after(seen) == Stamp(5, 4, own.node)
    assert own.after(seen) > seen


def test_a_stamp_is_read_back_as_it_was_stored():
    assert [Stamp.unpacked(stamp.packed()) for stamp in STAMPS] == STAMPS


def test_a_clock_that_is_ahead_or_behind_is_corrected_by_as_much():
    assert Correction.measured(1_500, 1_000) == Correction(500, 1_000)
    assert Correction.measured(1_500, 1_000).corrected_ms(1_200) == 700
    assert Correction.measured(400, 1_000).corrected_ms(300) == 900


def test_nothing_happened_after_it_was_received():
    assert Correction.measured(1_000, 1_000).corrected_ms(1_001) == 1_000


def test_a_clock_is_implausible_when_it_is_off_by_more_than_twelve_hours_either_way():
    assert IMPLAUSIBLE_SKEW_MS == 12 * HOUR_MS
    for sign in (1, -1):
        assert not Correction(sign * 12 * HOUR_MS, 0).is_implausible
        assert Correction(sign * (12 * HOUR_MS + 1), 0).is_implausible
