"""A statement takes what is due, pays no negative total, and hands it on (R10)."""

from shared_models.designers.commission import CommissionKind, CommissionLine
from shared_models.designers.statements import settle
from shared_models.money import parse_yuan

NOW = 1_000


def line(amount: str, order: str, **rest: object) -> CommissionLine:
    values = {
        "kind": CommissionKind.RECOGNISED,
        "performance_fen": 0,
        "year": 2026,
        "posted_at_ms": 0,
        "payable_from_ms": 10,
    } | rest
    return CommissionLine(order_id=order, amount_fen=parse_yuan(amount), **values)


def test_a_statement_lists_the_orders_whose_window_is_over():
    made = settle(
        [line("470.01", "a"), line("9.00", "b", payable_from_ms=NOW + 1)], carried_in_fen=0, now_ms=NOW
    )
    assert made.lines == {"a": 47_001}
    assert (made.total_fen, made.pay_fen, made.carry_fen) == (47_001, 47_001, 0)


def test_a_negative_total_pays_nothing_and_is_carried():
    changed = line("-350.01", "a", kind=CommissionKind.REVERSAL)
    made = settle([changed, line("166.67", "b")], carried_in_fen=0, now_ms=NOW)
    assert (made.total_fen, made.pay_fen, made.carry_fen) == (-18_334, 0, -18_334)


def test_what_was_carried_is_made_up_before_anything_is_paid():
    made = settle([line("250.00", "a")], carried_in_fen=-18_334, now_ms=NOW)
    assert (made.total_fen, made.pay_fen, made.carry_fen) == (6_666, 6_666, 0)


def test_with_nothing_new_the_carry_stays_as_it_is():
    made = settle([], carried_in_fen=-5, now_ms=NOW)
    assert (made.total_fen, made.pay_fen, made.carry_fen) == (-5, 0, -5)


def test_entries_posted_after_the_moment_of_the_statement_wait_for_the_next():
    made = settle([line("1.00", "a"), line("2.00", "a", posted_at_ms=NOW + 1)], carried_in_fen=0, now_ms=NOW)
    assert made.lines == {"a": 100}


def test_an_entry_posted_at_the_very_moment_of_the_statement_is_on_it():
    made = settle([line("1.00", "a", posted_at_ms=NOW)], carried_in_fen=0, now_ms=NOW)
    assert made.lines == {"a": 100}
