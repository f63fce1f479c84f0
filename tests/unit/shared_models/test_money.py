"""Yuan and fen are exact, and shares add up to what was shared."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_models.errors import RuleError
from shared_models.money import (
    format_yuan,
    parse_yuan,
    percent_of,
    plain_yuan,
    share_by_largest_remainder,
    whole_yuan,
)


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("7210.05", 721005),
        ("0.99", 99),
        ("12.5", 1250),
        ("¥12,880", 1288000),
        ("¥ 1,234,567.89", 123456789),
        (" 12,880.50 ", 1288050),
        ("-6.50", -650),
        ("-¥6.50", -650),
        ("１２．３４", 1234),
        ("￥88", 8800),
        ("0", 0),
    ],
)
def test_an_amount_is_read_exactly(text: str, fen: int) -> None:
    assert parse_yuan(text) == fen


@pytest.mark.parametrize(
    "text", ["", "¥", "abc", "1.234", "1,23", "12,8800", "1e3", "--1", "NaN", "1.", ".5", "99999999999999"]
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(RuleError) as refusal:
        parse_yuan(text)
    assert (refusal.value.code, refusal.value.details) == ("money", {"text": text})


@pytest.mark.parametrize(
    ("fen", "shown", "exchanged"),
    [
        (1288000, "¥12,880", "12880.00"),
        (1288050, "¥12,880.50", "12880.50"),
        (5, "¥0.05", "0.05"),
        (0, "¥0", "0.00"),
        (-650, "-¥6.50", "-6.50"),
    ],
)
def test_an_amount_is_written_for_people_and_for_machines(fen: int, shown: str, exchanged: str) -> None:
    assert format_yuan(fen) == shown
    assert plain_yuan(fen) == exchanged


@given(st.integers(-(10**12), 10**12))
def test_what_is_written_can_be_read_back(fen: int) -> None:
    assert parse_yuan(format_yuan(fen)) == parse_yuan(plain_yuan(fen)) == fen


@pytest.mark.parametrize(
    ("amount_fen", "percent", "part_fen"),
    [
        (123450, "5", 6173),
        (9990, "5", 500),
        (10010, "5", 501),
        (100, "0", 0),
        (333, "12.5", 42),
        (100, "0.5", 1),
    ],
)
def test_a_per_cent_is_rounded_half_up_to_the_fen(amount_fen: int, percent: str, part_fen: int) -> None:
    assert percent_of(amount_fen, Decimal(percent)) == part_fen


@pytest.mark.parametrize(
    ("amount_fen", "factor", "yuan"),
    [
        (19999, "1", 199),
        (19920, "1", 199),
        (99, "1", 0),
        (100075, "2", 2001),
        (120125, "0.5", 600),
        (30030, "2", 600),
    ],
)
def test_whole_yuan_are_rounded_down_once(amount_fen: int, factor: str, yuan: int) -> None:
    assert whole_yuan(amount_fen, Decimal(factor)) == yuan


@pytest.mark.parametrize(
    ("total", "weights", "shares"),
    [
        (26300, [198000, 100000, 30000], [15876, 8018, 2406]),
        (10000, [30000, 30000, 30000], [3334, 3333, 3333]),
        (700, [7100, 1300, 600], [552, 101, 47]),
        (2000, [112651, 9116], [1850, 150]),
        (0, [], []),
        (0, [0, 0], [0, 0]),
        (1, [0, 1], [0, 1]),
    ],
)
def test_the_largest_remainder_gets_what_is_left_and_ties_go_to_the_earlier(
    total: int, weights: list[int], shares: list[int]
) -> None:
    assert share_by_largest_remainder(total, weights) == shares


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**9), min_size=1).filter(any))
def test_shares_add_up_and_each_is_within_one_of_its_due(total: int, weights: list[int]) -> None:
    shares = share_by_largest_remainder(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - total * weight) < sum(weights)


@pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, [-1, 2]), (1, []), (1, [0])])
def test_what_cannot_be_shared_is_an_error_of_the_caller(total: int, weights: list[int]) -> None:
    with pytest.raises(ValueError, match="total"):
        share_by_largest_remainder(total, weights)
