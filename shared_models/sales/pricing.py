"""The price of a sale before it is confirmed: tier discount, coupon, offset, and the points it will earn (R1, R2, R6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from shared_models.errors import RuleError
from shared_models.loyalty.allocation import spread_over_products
from shared_models.loyalty.earning import Purchase, PurchaseLine, credits_for_payment, points_when_paid
from shared_models.loyalty.offset import Offset, offset_for
from shared_models.loyalty.scheme import LoyaltyRules, Tier
from shared_models.money import percent_of
from shared_models.stock.tables import ProductKind


@dataclass(frozen=True, slots=True)
class CartLine:
    """What the customer wants: an article, how many, and what the seller takes off the whole line by hand."""

    id: str
    list_price_fen: int
    """Per unit."""
    quantity: int = 1
    kind: str = ProductKind.PRODUCT
    category: str = ""
    hand_discount_fen: int = 0

    @property
    def gross_fen(self) -> int:
        """The whole line at the list price."""
        return self.list_price_fen * self.quantity


@dataclass(frozen=True, slots=True)
class PaidByPoints:
    """How the customer wants to use points: so many, or as many as possible, out of what this channel may spend."""

    wanted_points: int | Literal["max"]
    spendable_points: int


NO_POINTS = PaidByPoints(0, 0)


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A cart line with what is taken off it, each amount for the whole line."""

    cart: CartLine
    discount_fen: int
    """By hand and by tier."""
    coupon_fen: int
    offset_fen: int
    offset_points: int

    @property
    def net_fen(self) -> int:
        """What is to be paid for the line."""
        return self.cart.gross_fen - self.discount_fen - self.coupon_fen - self.offset_fen


@dataclass(frozen=True, slots=True)
class Quote:
    """A priced sale, to be shown and then stored as it is."""

    lines: tuple[PricedLine, ...]
    coupon_fen: int
    offset: Offset

    @property
    def products_net_fen(self) -> int:
        """To be paid for the products; what earns points."""
        return sum(line.net_fen for line in self.lines if line.cart.kind == ProductKind.PRODUCT)

    @property
    def services_fen(self) -> int:
        """To be paid for services."""
        return self.due_fen - self.products_net_fen

    @property
    def due_fen(self) -> int:
        """To be paid for everything."""
        return sum(line.net_fen for line in self.lines)

    def purchase(self, *, order_id: str, sold_at_ms: int, campaign: str = "") -> Purchase:
        """The sale as the loyalty rules see it."""
        lines = tuple(
            PurchaseLine(line.cart.id, line.net_fen, line.cart.category, line.cart.kind, line.offset_points)
            for line in self.lines
        )
        return Purchase(order_id, lines, sold_at_ms, campaign)


@dataclass(frozen=True, slots=True)
class PointsForecast:
    """What a sale earns with its first payment, and once it is fully paid."""

    now: int
    in_full: int


def quote(
    lines: Sequence[CartLine],
    *,
    tier: Tier,
    rules: LoyaltyRules,
    coupon_fen: int = 0,
    points: PaidByPoints = NO_POINTS,
) -> Quote:
    """Price a sale: what is agreed by hand, then the tier's discount, then the coupon, then the offset.

    The tier takes its per cent off each product line, half up to the fen; coupon and offset are spread over the product
    lines (R2) and the offset is clamped (R6). Services are only reduced by hand.

    Refuses a line that makes no sense (`RuleError("quantity")`, `"price"`, `"discount"`) and a coupon beyond the
    products' amount (`"coupon"`), each naming what it is about.
    """
    for line in lines:
        _refuse_nonsense(line)
    kinds = [line.kind for line in lines]
    discounts = [_discount_fen(line, tier) for line in lines]
    amounts = [line.gross_fen - discount for line, discount in zip(lines, discounts, strict=True)]
    coupons = _spread_coupon(coupon_fen, amounts, kinds)
    amounts = [amount - coupon for amount, coupon in zip(amounts, coupons, strict=True)]
    offset = offset_for(
        points.wanted_points,
        spendable_points=points.spendable_points,
        products_fen=_products_fen(amounts, kinds),
        terms=rules.offset,
    )
    offset_fen = spread_over_products(offset.fen, amounts, kinds)
    offset_points = spread_over_products(offset.points, amounts, kinds)
    parts = zip(lines, discounts, coupons, offset_fen, offset_points, strict=True)
    return Quote(tuple(PricedLine(*part) for part in parts), coupon_fen, offset)


def forecast_points(purchase: Purchase, first_payment_fen: int, rules: LoyaltyRules) -> PointsForecast:
    """The points a sale will earn: with a deposit or the full payment made now, and once fully paid (R1, R3).

    Refuses a payment that exceeds what is due (`RuleError("overpaid")`); nothing paid earns nothing.
    """
    in_full = points_when_paid(purchase, rules)
    if first_payment_fen == 0:
        return PointsForecast(0, in_full)
    earned = credits_for_payment(purchase, paid_before_fen=0, amount_fen=first_payment_fen, rules=rules)
    return PointsForecast(sum(credit.points for credit in earned), in_full)


def _refuse_nonsense(line: CartLine) -> None:
    if line.quantity < 1:
        raise RuleError("quantity", line=line.id, quantity=line.quantity)
    if line.list_price_fen < 0:
        raise RuleError("price", line=line.id, price_fen=line.list_price_fen)
    if not 0 <= line.hand_discount_fen <= line.gross_fen:
        raise RuleError("discount", line=line.id, discount_fen=line.hand_discount_fen)


def _discount_fen(line: CartLine, tier: Tier) -> int:
    if line.kind != ProductKind.PRODUCT:
        return line.hand_discount_fen
    agreed_fen = line.gross_fen - line.hand_discount_fen
    return line.hand_discount_fen + percent_of(agreed_fen, tier.discount_percent)


def _spread_coupon(coupon_fen: int, amounts: Sequence[int], kinds: Sequence[str]) -> list[int]:
    products_fen = _products_fen(amounts, kinds)
    if not 0 <= coupon_fen <= products_fen:
        raise RuleError("coupon", coupon_fen=coupon_fen, products_fen=products_fen)
    return spread_over_products(coupon_fen, amounts, kinds)


def _products_fen(amounts: Sequence[int], kinds: Sequence[str]) -> int:
    return sum(amount for amount, kind in zip(amounts, kinds, strict=True) if kind == ProductKind.PRODUCT)
