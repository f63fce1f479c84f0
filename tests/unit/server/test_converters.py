"""Cells become values exactly, or are refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.importing.converters import CONVERTERS
from server.importing.refusals import CellError, Refusal, without_formula

DOLLARS = {"fen_per_unit": 1_000}


def convert(name: str, *cells: str, **options: object) -> object:
    return CONVERTERS[name](cells, options)


@pytest.mark.parametrize(
    ("dollars", "fen"),
    [("957.5775", 957_578), ("14.62", 14_620), ("0.0004", 0), ("0.0005", 1), ("261.96", 261_960)],
)
def test_money_is_rounded_half_up_to_the_fen(dollars: str, fen: int) -> None:
    assert convert("money", dollars, **DOLLARS) == fen


def test_a_day_begins_at_midnight_of_the_business() -> None:
    assert convert("date", "11/8/2017", format="%m/%d/%Y") == 1_510_070_400_000
    assert convert("local_date", "11/8/2017", format="%m/%d/%Y") == "2017-11-08"


@given(
    cents=st.integers(0, 10**9),
    quantity=st.integers(1, 500),
    discount=st.sampled_from(["0", "0.1", "0.15", "0.2", "0.32", "0.7", "0.8"]),
)
def test_list_price_less_discount_is_always_what_was_paid(cents: int, quantity: int, discount: str) -> None:
    sales = str(Decimal(cents) / 10_000)
    price = convert("list_price", sales, discount, str(quantity), **DOLLARS)
    taken = convert("line_discount", sales, discount, str(quantity), **DOLLARS)
    net = convert("money", sales, **DOLLARS)
    assert isinstance(price, int)
    assert isinstance(taken, int)
    assert price * quantity - taken == net
    assert taken >= 0


def test_cost_is_what_was_paid_without_the_profit() -> None:
    assert convert("unit_cost", "261.96", "41.9136", "2", **DOLLARS) == 110_023
    assert convert("unit_cost", "10", "-5", "1", **DOLLARS) == 15_000


@pytest.mark.parametrize(
    ("name", "cell", "code"),
    [
        ("quantity", "0", "number_out_of_range"), ("quantity", "1.5", "number_unreadable"), ("quantity", "１２x", "number_unreadable"),
        ("integer", "99999999999", "number_out_of_range"), ("text", "a\x00b", "text_unstorable"),
        ("integer", "Infinity", "number_unreadable"), ("integer", "1e999999999", "number_out_of_range"),
    ],
)  # fmt: skip
def test_a_cell_that_cannot_be_stored_is_refused(name: str, cell: str, code: str) -> None:
    with pytest.raises(CellError) as refused:
        convert(name, cell)
    assert refused.value.code == code


def test_a_code_has_no_blanks_and_is_in_capitals() -> None:
    assert convert("code", " North East-m ") == "NORTHEAST-M"
    assert convert("plain_number", "1000.0") == "1000"
    assert convert("plain_number", "0.0") == ""


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_what_starts_like_a_formula_is_shown_as_text(text: str) -> None:
    assert without_formula(text) == f"'{text}"


def test_a_refusal_says_why_in_both_languages() -> None:
    zh, en = Refusal("a.csv", 7, "reference_unknown", details={"table": "sales_order"}).sentences()
    assert "订单" in zh
    assert "order" in en
