"""Hand, tier, coupon, points: in this order, and services only by hand (R1, R2, R6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_models.errors import RuleError
from shared_models.loyalty.offset import Offset
from shared_models.loyalty.scheme import DEFAULT_RULES, Tier, parse_rules
from shared_models.sales.pricing import (
    NO_POINTS,
    CartLine,
    PaidByPoints,
    PointsForecast,
    Quote,
    forecast_points,
    quote,
)
from shared_models.stock.tables import ProductKind

PLAIN, FIVE_PERCENT = parse_rules(
    {"tiers": [{"name": "S1", "from": 0}, {"name": "S2", "from": 1000, "discount_percent": "5"}]}
).tiers
SERVICE = ProductKind.SERVICE


def priced(
    *lines: CartLine, tier: Tier = PLAIN, coupon_fen: int = 0, points: PaidByPoints = NO_POINTS
) -> Quote:
    return quote(lines, tier=tier, rules=DEFAULT_RULES, coupon_fen=coupon_fen, points=points)


def nets(sale: Quote) -> dict[str, int]:
    return {line.cart.id: line.net_fen for line in sale.lines}


def test_tier_discount_coupon_and_offset_in_one_step() -> None:
    sale = priced(
        CartLine("a", 123450),
        CartLine("b", 9990),
        CartLine("s", 8000, kind=SERVICE),
        tier=FIVE_PERCENT,
        coupon_fen=5000,
        points=PaidByPoints("max", 2000),
    )
    assert nets(sale) == {"a": 110801, "b": 8966, "s": 8000}
    assert [line.discount_fen for line in sale.lines] == [6173, 500, 0]
    assert [line.coupon_fen for line in sale.lines] == [4626, 374, 0]
    assert [line.offset_points for line in sale.lines] == [1850, 150, 0]
    assert sale.offset == Offset(2000, 2000)
    assert (sale.products_net_fen, sale.services_fen, sale.due_fen) == (119767, 8000, 127767)


def test_a_tier_takes_its_discount_off_each_product_half_up() -> None:
    assert priced(CartLine("a", 10010), tier=FIVE_PERCENT).due_fen == 9509
    assert priced(CartLine("a", 10000), tier=PLAIN).due_fen == 10000


def test_the_discount_is_taken_off_the_whole_line_and_not_each_piece() -> None:
    assert priced(CartLine("a", 10, quantity=3), tier=FIVE_PERCENT).due_fen == 28


@pytest.mark.parametrize(
    ("lines", "coupon_fen", "points", "net_by_line", "offset_points"),
    [
        (
            [
                CartLine("a", 30000),
                CartLine("b", 30000),
                CartLine("c", 30000),
                CartLine("d", 6000, kind=SERVICE),
            ],
            10000,
            NO_POINTS,
            {"a": 26666, "b": 26667, "c": 26667, "d": 6000},
            0,
        ),
        (
            [CartLine("a", 7100), CartLine("b", 1300), CartLine("c", 600)],
            700,
            PaidByPoints(900, 2050),
            {"a": 5838, "b": 1069, "c": 493},
            900,
        ),
        (
            [CartLine("a", 2000), CartLine("b", 50000, kind=SERVICE)],
            0,
            PaidByPoints(5000, 1224),
            {"a": 1000, "b": 50000},
            1000,
        ),
        (
            [CartLine("bed", 456000), CartLine("mat", 129990)],
            20000,
            PaidByPoints("max", 0),
            {"bed": 440437, "mat": 125553},
            0,
        ),
        (
            [CartLine("n", 41025, quantity=2)],
            0,
            PaidByPoints("max", 3000),
            {"n": 79050},
            3000,
        ),
        (
            [CartLine("a", 198000), CartLine("b", 100000), CartLine("c", 30000)],
            0,
            PaidByPoints("max", 26350),
            {"a": 182124, "b": 91982, "c": 27594},
            26300,
        ),
    ],
)
def test_coupon_and_offset_are_spread_over_the_products(
    lines: list[CartLine],
    coupon_fen: int,
    points: PaidByPoints,
    net_by_line: dict[str, int],
    offset_points: int,
) -> None:
    sale = priced(*lines, coupon_fen=coupon_fen, points=points)
    assert nets(sale) == net_by_line
    assert sale.offset.points == sum(line.offset_points for line in sale.lines) == offset_points


def test_what_is_agreed_by_hand_comes_off_before_the_tier_and_off_services_too() -> None:
    sale = priced(
        CartLine("a", 10000, quantity=2, hand_discount_fen=2000),
        CartLine("s", 5000, kind=SERVICE, hand_discount_fen=5000),
        tier=FIVE_PERCENT,
    )
    assert nets(sale) == {"a": 17100, "s": 0}
    assert [line.discount_fen for line in sale.lines] == [2900, 5000]


def test_an_empty_sale_costs_nothing() -> None:
    assert priced().due_fen == 0


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (CartLine("a", 100, quantity=0), "quantity"),
        (CartLine("a", -1), "price"),
        (CartLine("a", 100, hand_discount_fen=101), "discount"),
        (CartLine("a", 100, hand_discount_fen=-1), "discount"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(line: CartLine, code: str) -> None:
    with pytest.raises(RuleError) as refusal:
        priced(line)
    assert refusal.value.code == code
    assert refusal.value.details["line"] == "a"


@pytest.mark.parametrize("coupon_fen", [101, -1])
def test_a_coupon_beyond_the_products_is_refused(coupon_fen: int) -> None:
    with pytest.raises(RuleError) as refusal:
        priced(CartLine("a", 100), CartLine("s", 900, kind=SERVICE), coupon_fen=coupon_fen)
    assert (refusal.value.code, refusal.value.details) == (
        "coupon",
        {"coupon_fen": coupon_fen, "products_fen": 100},
    )


@pytest.mark.parametrize(("paid_fen", "now"), [(0, 0), (200000, 2000), (565990, 6539)])
def test_the_seller_sees_what_a_deposit_and_the_whole_will_earn(paid_fen: int, now: int) -> None:
    rules = parse_rules(
        {"bonus": [{"id": "beds", "kind": "category", "category": "bed", "multiplier": "1.2"}]}
    )
    lines = [CartLine("bed", 456000, category="bed"), CartLine("mat", 129990, category="mattress")]
    sale = quote(lines, tier=PLAIN, rules=rules, coupon_fen=20000)
    purchase = sale.purchase(order_id="o", sold_at_ms=0, campaign="FAIR26")
    assert purchase.campaign == "FAIR26"
    assert forecast_points(purchase, paid_fen, rules) == PointsForecast(now, in_full=6539)


def test_paying_more_than_is_due_is_refused_before_it_is_confirmed() -> None:
    purchase = priced(CartLine("a", 100)).purchase(order_id="o", sold_at_ms=0)
    with pytest.raises(RuleError, match="overpaid"):
        forecast_points(purchase, 101, DEFAULT_RULES)


CART = st.lists(
    st.builds(
        CartLine,
        st.uuids().map(str),
        st.integers(0, 10**6),
        quantity=st.integers(1, 5),
        kind=st.sampled_from(ProductKind),
    ),
    max_size=6,
)


@given(CART, st.integers(0, 10**5), st.integers(0, 10**6), st.sampled_from([PLAIN, FIVE_PERCENT]))
def test_the_parts_of_a_quote_add_up(lines: list[CartLine], coupon_fen: int, held: int, tier: Tier) -> None:
    products_fen = priced(*lines, tier=tier).products_net_fen
    coupon_fen = min(coupon_fen, products_fen)
    sale = priced(*lines, tier=tier, coupon_fen=coupon_fen, points=PaidByPoints("max", held))
    assert sale.products_net_fen == products_fen - coupon_fen - sale.offset.fen
    assert sale.services_fen == sum(line.gross_fen for line in lines if line.kind == SERVICE)
    assert all(line.net_fen >= 0 for line in sale.lines)


def test_a_coupon_is_spread_by_what_the_lines_cost_after_their_discounts() -> None:
    sale = priced(CartLine("a", 10_000, hand_discount_fen=5_000), CartLine("b", 5_000), coupon_fen=1_000)
    assert nets(sale) == {"a": 4_500, "b": 4_500}
    with pytest.raises(RuleError, match="coupon"):
        priced(CartLine("a", 10_000, hand_discount_fen=5_000), coupon_fen=5_001)


def test_a_line_is_one_product_unless_it_says_otherwise() -> None:
    line = CartLine("a", 100)
    assert (line.quantity, line.kind, line.hand_discount_fen) == (1, ProductKind.PRODUCT, 0)
