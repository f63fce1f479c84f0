"""Commissions are half up to the fen, reversed at the rate of the order, and paid once the goods stay sold (R10)."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_models.designers.commission import (
    Balance,
    CommissionKind,
    CommissionLine,
    YearFigures,
    balance,
    change_after_return,
    clawed_back_fen,
    commission_change,
    commission_fen,
    figures_of_year,
    payable_from_ms,
    recognised_fen,
    unsettled_by_order,
)
from shared_models.moments import DAY_MS, parse_moment
from shared_models.money import parse_yuan

FIVE = Decimal(5)
PAID_AT = parse_moment("2026-03-01T10:00:00+08:00")
OVER_AT = payable_from_ms(PAID_AT, 10)


def line(
    kind: CommissionKind, amount: str, order: str = "o1", performance: str = "0.00", **rest: object
) -> CommissionLine:
    values = {"year": 2026, "posted_at_ms": PAID_AT} | rest
    return CommissionLine(kind, order, parse_yuan(amount), parse_yuan(performance), **values)


SOLD = line(CommissionKind.RECOGNISED, "5000.01", performance="100000.10", payable_from_ms=OVER_AT)


@pytest.mark.parametrize(
    ("products", "rate", "commission"),
    [
        ("100000.10", "5", "5000.01"),
        ("3333.30", "5", "166.67"),
        ("0.10", "5", "0.01"),
        ("0.09", "5", "0.00"),
        ("10000.30", "6", "600.02"),
    ],
)
def test_a_commission_is_rounded_half_up_to_the_fen(products, rate, commission):
    assert commission_fen(parse_yuan(products), Decimal(rate)) == parse_yuan(commission)


def test_returning_two_equal_halves_reverses_what_was_recognised_and_no_fen_more():
    first = commission_change(parse_yuan("50000.05"), FIVE, parse_yuan("5000.01"))
    second = commission_change(0, FIVE, parse_yuan("5000.01") + first)
    assert (first, second) == (parse_yuan("-2500.01"), parse_yuan("-2500.00"))


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=6), st.decimals(0, 100, places=2))
def test_returning_everything_in_any_pieces_leaves_no_commission(pieces, rate):
    held, recognised = sum(pieces), commission_fen(sum(pieces), rate)
    for piece in pieces:
        held -= piece
        recognised += commission_change(held, rate, recognised)
    assert recognised == 0


def test_the_window_is_counted_in_days_of_24_hours_from_full_payment():
    assert parse_moment("2026-03-11T10:00:00+08:00") == OVER_AT


@pytest.mark.parametrize(
    ("now_ms", "expected"), [(OVER_AT - 1, Balance(500_001, 0)), (OVER_AT, Balance(0, 500_001))]
)
def test_a_commission_is_pending_until_the_window_is_over(now_ms, expected):
    assert balance([SOLD], now_ms) == expected


def test_a_part_payment_stays_pending_however_long_it_takes():
    part = line(CommissionKind.RECOGNISED, "50.00")
    assert balance([part], OVER_AT + 900 * DAY_MS) == Balance(5000, 0)


def test_the_last_payment_makes_the_earlier_ones_payable_with_it():
    part = line(CommissionKind.RECOGNISED, "50.00")
    last = line(CommissionKind.RECOGNISED, "200.00", payable_from_ms=OVER_AT)
    assert unsettled_by_order([part, last], OVER_AT) == {"o1": 25_000}


def test_a_return_after_the_pay_out_is_payable_at_once_and_negative():
    settled = line(CommissionKind.SETTLED, "-5000.01")
    returned = line(CommissionKind.REVERSAL, "-2500.01", performance="-50000.05")
    before_the_window = replace(SOLD, payable_from_ms=None)
    assert balance([before_the_window, settled, returned], PAID_AT) == Balance(0, -250_001)


def test_an_order_that_is_settled_or_came_back_whole_needs_no_line():
    settled = line(CommissionKind.SETTLED, "-5000.01")
    undone = [replace(SOLD, order_id="o2"), line(CommissionKind.REVERSAL, "-5000.01", "o2")]
    assert unsettled_by_order([SOLD, settled, *undone], OVER_AT) == {}


def test_settling_changes_neither_what_was_recognised_nor_the_figures_of_the_year():
    settled = line(CommissionKind.SETTLED, "-5000.01", year=2026)
    late = line(CommissionKind.REVERSAL, "-2500.01", performance="-50000.05", year=2027)
    lines = [SOLD, settled, late]
    assert recognised_fen(lines) == 250_000
    assert figures_of_year(lines, 2026) == YearFigures(10_000_010, 500_001)
    assert figures_of_year(lines, 2027) == YearFigures(-5_000_005, -250_001)


def test_a_return_is_previewed_at_the_rate_of_the_order_and_to_the_fen():
    sold = replace(SOLD, rate_percent=FIVE)
    back = line(CommissionKind.REVERSAL, "-2500.01", performance="-50000.05", rate_percent=FIVE)
    settled = line(CommissionKind.SETTLED, "-5000.01")
    assert change_after_return([sold], parse_yuan("50000.05")) == parse_yuan("-2500.01")
    assert change_after_return([settled, sold, back], parse_yuan("50000.05")) == parse_yuan("-2500.00")


def test_who_has_lost_an_order_to_another_designer_loses_nothing_by_its_return():
    sold = replace(SOLD, rate_percent=FIVE)
    moved = line(CommissionKind.REVERSAL, "-5000.01", performance="-100000.10", rate_percent=FIVE)
    assert change_after_return([sold, moved], 100) == 0
    assert change_after_return([], 100) == 0


def test_what_was_clawed_back_are_the_reversals_alone():
    lines = [SOLD, line(CommissionKind.REVERSAL, "-2500.01"), line(CommissionKind.SETTLED, "-2500.00")]
    assert clawed_back_fen(lines) == -250_001


def test_an_entry_that_names_no_rate_is_at_none():
    assert replace(SOLD).rate_percent == 0
