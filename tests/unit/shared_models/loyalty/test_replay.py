"""What an order would have earned under other rules, rule by rule: the simulator's arithmetic (R1, R3, R7)."""

from shared_models.loyalty.earning import Purchase, PurchaseLine
from shared_models.loyalty.replay import SoldOrder, points_by_rule
from shared_models.loyalty.scheme import DEFAULT_RULES, parse_rules
from shared_models.stock.tables import ProductKind

BED, LAMP, FITTING = (
    PurchaseLine("a", 100_050, "bed"),
    PurchaseLine("b", 20_000, "lamp"),
    PurchaseLine("c", 5_000, "fitting", ProductKind.SERVICE),
)
BOUGHT = Purchase("o", (BED, LAMP, FITTING), 0)
RULES = parse_rules(
    {
        "bonus": [
            {"id": "beds", "kind": "category", "category": "bed", "multiplier": "2"},
            {"id": "big", "kind": "threshold", "min_net": "1100.00", "fixed": 30},
        ]
    }
)


def test_every_rule_is_told_apart_once_the_order_is_paid():
    assert points_by_rule(SoldOrder(BOUGHT, [125_050]), RULES) == {
        "base": 1200,
        "bonus:beds": 1000,
        "bonus:big": 30,
    }


def test_a_deposit_brings_its_base_alone_and_instalments_add_up():
    assert points_by_rule(SoldOrder(BOUGHT, [50_099]), RULES) == {"base": 500}
    in_parts = points_by_rule(SoldOrder(BOUGHT, [50_099, 70_000, 4_951]), RULES)
    assert in_parts == {"base": 1200, "bonus:beds": 1000, "bonus:big": 30}


def test_what_came_back_takes_its_points_and_those_of_rules_that_no_longer_hold():
    returned = points_by_rule(SoldOrder(BOUGHT, [125_050], frozenset({"b"})), RULES)
    assert returned["returned"] == -(2230 - 2000)
    assert points_by_rule(SoldOrder(BOUGHT, [125_050], {"a", "b", "c"}), RULES).total() == 0


def test_a_return_never_adds_points():
    assert points_by_rule(SoldOrder(BOUGHT, [], {"c"}), DEFAULT_RULES) == {"returned": 0}
