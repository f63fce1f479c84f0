"""What a purchase earns (R1), and bonuses on top of it (R3)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_models.errors import RuleError
from shared_models.loyalty.earning import (
    Credit,
    Purchase,
    PurchaseLine,
    base_points,
    bonus_credits,
    credits_for_payment,
    points_when_paid,
)
from shared_models.loyalty.scheme import DEFAULT_RULES, LoyaltyRules, parse_rules
from shared_models.loyalty.tables import EntryKind
from shared_models.moments import parse_moment
from shared_models.stock.tables import ProductKind

FOUR_KINDS = parse_rules(
    {
        "bonus": [
            {"id": "spring", "kind": "window", "from": "2026-04-01T00:00:00+08:00", "to": "2026-04-08T00:00:00+08:00",
             "multiplier": "1.5", "group": "season"},
            {"id": "fair", "kind": "campaign", "campaign": "FAIR26", "multiplier": "1.8", "group": "season"},
            {"id": "beds", "kind": "category", "category": "bed", "multiplier": "3"},
            {"id": "big", "kind": "threshold", "min_net": "5000.00", "fixed": 250},
            {"id": "birthday-week", "kind": "window", "from": "2026-05-10T00:00:00+08:00",
             "to": "2026-05-17T00:00:00+08:00", "multiplier": "2.5"},
        ]
    }
)  # fmt: skip


def purchase(*lines: tuple[str, int], at: str = "2026-03-01T10:00:00+08:00", campaign: str = "") -> Purchase:
    """An order of lines (category, net fen); the category "delivery" is a service."""
    return Purchase(
        "o",
        tuple(
            PurchaseLine(str(position), net_fen, category, _kind(category))
            for position, (category, net_fen) in enumerate(lines)
        ),
        parse_moment(at),
        campaign,
    )


def _kind(category: str) -> ProductKind:
    return ProductKind.SERVICE if category == "delivery" else ProductKind.PRODUCT


def points_of_payments(order: Purchase, *amounts_fen: int, rules: LoyaltyRules = DEFAULT_RULES) -> list[int]:
    """What each of several payments earns."""
    points, paid_fen = [], 0
    for amount_fen in amounts_fen:
        earned = credits_for_payment(order, paid_before_fen=paid_fen, amount_fen=amount_fen, rules=rules)
        points.append(sum(credit.points for credit in earned))
        paid_fen += amount_fen
    return points


@pytest.mark.parametrize(
    ("order", "points"),
    [
        (purchase(("chair", 19999)), 199),
        (purchase(("chair", 2 * 9960)), 199),
        (purchase(("chair", 9960), ("chair", 9960)), 199),
        (purchase(("chair", 99)), 0),
        (purchase(("lamp", 3 * 4545), ("delivery", 8800)), 136),
        (purchase(("delivery", 8800)), 0),
    ],
)
def test_points_are_floored_once_for_the_products_of_an_order(order: Purchase, points: int) -> None:
    assert points_of_payments(order, order.due_fen) == [points]
    assert points_when_paid(order, DEFAULT_RULES) == points


def test_a_later_payment_credits_the_difference() -> None:
    assert points_of_payments(purchase(("sofa", 200000)), 99950, 100050) == [999, 1001]
    assert points_of_payments(purchase(("sofa", 200)), 50, 50, 50, 50) == [0, 1, 0, 1]


def test_a_part_payment_covers_the_products_first() -> None:
    assert points_of_payments(purchase(("sofa", 10000), ("delivery", 5000)), 10000, 5000) == [100, 0]


def test_the_base_rate_multiplies_before_the_floor() -> None:
    assert base_points(30030, parse_rules({"base_rate": "2"})) == 600


@pytest.mark.parametrize(("amount_fen", "code"), [(100060, "overpaid"), (0, "amount"), (-1, "amount")])
def test_a_payment_that_cannot_be_is_refused(amount_fen: int, code: str) -> None:
    with pytest.raises(RuleError) as refusal:
        credits_for_payment(
            purchase(("sofa", 200000)), paid_before_fen=99950, amount_fen=amount_fen, rules=DEFAULT_RULES
        )
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("order", "points"),
    [
        (purchase(("bed", 100075), ("lamp", 20050), at="2026-04-01T00:00:00+08:00"), 3802),
        (
            purchase(("bed", 410040), ("table", 89960), at="2026-04-03T10:00:00+08:00", campaign="FAIR26"),
            17450,
        ),
        (purchase(("bed", 410040), at="2026-04-03T10:00:00+08:00", campaign="FAIR26"), 15580),
        (purchase(("table", 499999), at="2026-04-03T11:00:00+08:00"), 7498),
        (purchase(("table", 10000), at="2026-04-08T00:00:00+08:00"), 100),
        (purchase(("table", 10000), at="2026-04-08T09:00:00+08:00", campaign="FAIR26"), 180),
        (purchase(("table", 10000), at="2026-04-08T10:00:00+08:00", campaign="OTHER"), 100),
        (purchase(("bed", 40050), ("vase", 3330), ("delivery", 4500), at="2026-05-12T10:00:00+08:00"), 1884),
    ],
)
def test_bonuses_add_up_without_compounding_and_only_the_best_of_a_group_counts(
    order: Purchase, points: int
) -> None:
    assert points_of_payments(order, order.due_fen, rules=FOUR_KINDS) == [points]


def test_bonuses_come_with_the_last_payment() -> None:
    rules = parse_rules({"bonus": [{"id": "big", "kind": "threshold", "min_net": "800.00", "fixed": 100}]})
    order = purchase(("bed", 70070), ("lamp", 15000))
    assert points_of_payments(order, 40000, 45070, rules=rules) == [400, 550]


def test_a_bonus_names_its_rule() -> None:
    order = purchase(("bed", 100075), ("lamp", 20050), at="2026-04-01T00:00:00+08:00", campaign="FAIR26")
    assert bonus_credits(order, FOUR_KINDS) == [
        Credit(EntryKind.BONUS, 961, "fair"),
        Credit(EntryKind.BONUS, 2001, "beds"),
    ]


def test_the_earlier_of_two_equal_exclusive_rules_counts() -> None:
    beds = {"kind": "category", "category": "bed", "fixed": 5, "group": "g"}
    rules = parse_rules({"bonus": [{**beds, "id": "first"}, {**beds, "id": "second"}]})
    assert bonus_credits(purchase(("bed", 100)), rules) == [Credit(EntryKind.BONUS, 5, "first")]
    assert bonus_credits(purchase(("lamp", 100)), rules) == []


def test_a_group_is_never_mistaken_for_a_rule_without_one() -> None:
    beds = {"kind": "category", "category": "bed", "fixed": 5}
    rules = parse_rules(
        {"bonus": [{**beds, "id": "0", "group": "1"}, {**beds, "id": "1"}, {**beds, "id": "2"}]}
    )
    assert len(bonus_credits(purchase(("bed", 100)), rules)) == 3


def test_nothing_bought_earns_nothing_not_even_a_fixed_bonus() -> None:
    rules = parse_rules({"bonus": [{"id": "any", "kind": "threshold", "min_net": "0.00", "fixed": 9}]})
    assert points_when_paid(purchase(("delivery", 100)), rules) == 0
    assert points_when_paid(purchase(("bed", 100)).without({"0"}), rules) == 0


NETS = st.lists(st.integers(1, 10**6), min_size=1, max_size=8)


@given(st.integers(1, 10**6), st.data())
def test_splitting_a_line_never_earns_more_or_less(net_fen: int, data: st.DataObject) -> None:
    part_fen = data.draw(st.integers(0, net_fen))
    whole = purchase(("bed", net_fen), at="2026-04-02T10:00:00+08:00")
    split = purchase(("bed", part_fen), ("bed", net_fen - part_fen), at="2026-04-02T10:00:00+08:00")
    assert points_when_paid(split, FOUR_KINDS) == points_when_paid(whole, FOUR_KINDS)


@given(NETS)
def test_splitting_an_order_never_earns_more(nets: list[int]) -> None:
    together = points_when_paid(purchase(*[("chair", net) for net in nets]), DEFAULT_RULES)
    assert sum(points_when_paid(purchase(("chair", net)), DEFAULT_RULES) for net in nets) <= together


@given(NETS, NETS)
def test_however_it_is_paid_it_earns_the_same(nets: list[int], payments: list[int]) -> None:
    order = purchase(*[("bed", net) for net in nets], ("delivery", 777), at="2026-04-02T10:00:00+08:00")
    amounts: list[int] = []
    for amount_fen in [*payments, order.due_fen]:
        amounts.append(min(amount_fen, order.due_fen - sum(amounts)))
    amounts = [amount_fen for amount_fen in amounts if amount_fen]
    assert sum(points_of_payments(order, *amounts, rules=FOUR_KINDS)) == points_when_paid(order, FOUR_KINDS)


def test_a_fixed_bonus_is_on_nothing_where_coupon_and_points_paid_for_all_of_it() -> None:
    rules = parse_rules(
        {
            "bonus": [
                {"id": "any", "kind": "threshold", "min_net": "0.00", "fixed": 9},
                {"id": "sale", "kind": "campaign", "campaign": "SEP", "fixed": 5},
                {"id": "bed", "kind": "category", "category": "bed", "fixed": 3},
            ]
        }
    )
    free = Purchase(
        "o",
        (PurchaseLine("a", 0, "bed"), PurchaseLine("s", 5_000, kind=ProductKind.SERVICE)),
        0,
        "SEP",
    )
    assert bonus_credits(free, rules) == []
    assert credits_for_payment(free, paid_before_fen=0, amount_fen=5_000, rules=rules) == []
    one_fen = replace(free, lines=(PurchaseLine("a", 1, "bed"),))
    assert sum(credit.points for credit in bonus_credits(one_fen, rules)) == 17


def test_a_line_carries_no_offset_unless_it_is_told():
    assert PurchaseLine("a", 1).offset_points == 0


def test_a_free_line_counts_for_its_category_but_an_order_with_nothing_to_pay_earns_nothing():
    lamps = parse_rules({"bonus": [{"id": "l", "kind": "category", "category": "lamp", "fixed": 40}]})
    free, paid = PurchaseLine("a", 0, "lamp"), PurchaseLine("b", 100, "bed")
    assert points_when_paid(Purchase("o", (free, paid), 0), lamps) == 41
    assert points_when_paid(Purchase("o", (free,), 0), lamps) == 0
