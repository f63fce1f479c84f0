"""Customers are ranked by profit, and shares add up to what they bring (R15)."""

from shared_models.money import parse_yuan
from shared_models.office.value import rank_by_profit


def ranked(**profits: str) -> list[tuple[str, str]]:
    made = rank_by_profit({customer: parse_yuan(profit) for customer, profit in profits.items()})
    return [(each.customer_id, str(each.share_percent)) for each in made]


def test_two_profitable_orders_come_before_twelve_thin_ones_and_a_loss_comes_last():
    assert ranked(twelve_orders="6000.00", two_orders="24000.00", loss="-500.00") == [
        ("two_orders", "81.36"),
        ("twelve_orders", "20.34"),
        ("loss", "-1.69"),
    ]


def test_equal_profits_always_come_in_the_same_order():
    assert [customer for customer, _ in ranked(b="1.00", a="1.00")] == ["a", "b"]


def test_where_nothing_was_earned_there_are_no_shares():
    assert ranked(a="1.00", b="-1.00") == [("a", "None"), ("b", "None")]
    assert ranked(a="-1.00") == [("a", "None")]
    assert rank_by_profit({}) == []
