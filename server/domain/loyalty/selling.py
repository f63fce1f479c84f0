"""Selling at the server: priced, paid with points and money, and credited in one step (R1, R2, R3, R6)."""

from dataclasses import dataclass, field, replace
from typing import Literal

from sqlmodel import Session, func, select

from server.domain.designers.commissions import credit_payment, note_rate
from server.domain.ledger import scheme_at, tier_of
from server.domain.loyalty.books import Books, books_of
from server.domain.loyalty.coupons import use_coupon
from server.domain.loyalty.uniting import customer_of
from server.domain.points import credit
from shared_models.errors import RuleError
from shared_models.ids import new_id
from shared_models.loyalty.ledger import redeem
from shared_models.loyalty.scheme import DEFAULT_RULES, LoyaltyRules, Tier, parse_rules
from shared_models.moments import local_date
from shared_models.sales.numbers import order_number
from shared_models.sales.pricing import CartLine, PaidByPoints, Quote, quote
from shared_models.sales.tables import Customer, Lead, LeadStage, Order, OrderLine, Payment
from shared_models.stock.tables import Product

_NO_TIER = Tier("", 0)


@dataclass(frozen=True, slots=True)
class SoldArticle:
    """What a line of a new order is, beside its price."""

    name: str
    product_id: str | None = None
    cost_fen: int | None = None


@dataclass(frozen=True, slots=True)
class NewSale:
    """What is sold to whom; `lines` and `articles` belong together by the line's identifier."""

    company_id: str
    store_id: str
    staff_id: str
    customer_id: str
    lines: tuple[CartLine, ...]
    articles: dict[str, SoldArticle] = field(default_factory=dict)
    order_id: str = field(default_factory=new_id)
    coupon_fen: int = 0
    """Taken off without a recorded coupon."""
    coupon_id: str | None = None
    """The recorded coupon that is used; its amount stands in the place of `coupon_fen`."""
    offset: int | Literal["max"] = 0
    campaign: str = ""
    designer_id: str | None = None
    lead_id: str | None = None
    pay_fen: int | None = None
    """Paid at once; None for all of it."""
    method: str = "card"


@dataclass(frozen=True, slots=True)
class Sold:
    """What came of a sale: the order, its price, what was paid at once, and the points credited for that."""

    order: Order
    quote: Quote
    paid_fen: int
    points: int


def sell(session: Session, sale: NewSale, *, now_ms: int) -> Sold:
    """Place an order: tier discount, coupon, offset out of what is available, payment and its points.

    Refuses what `quote`, `use_coupon` and `take_payment` refuse, an order without lines (`RuleError("lines")`), and a
    customer or lead that there is not (`"unknown"`).
    """
    customer = customer_of(session, sale.customer_id)
    if customer is None or customer.company_id != sale.company_id:
        raise RuleError("unknown", id=sale.customer_id)
    if not sale.lines:
        raise RuleError("lines")
    sale = _with_coupon(session, sale, customer, now_ms)
    books = books_of(session, customer.id, now_ms)
    scheme = scheme_at(session, sale.company_id, now_ms)
    rules = parse_rules(scheme.rules) if scheme else DEFAULT_RULES
    priced = _priced(sale, books, rules, now_ms)
    order = _order(sale, customer, priced, scheme.id if scheme else None, now_ms)
    session.add(order)
    session.add_all(_lines(session, sale, priced))
    session.flush()
    note_rate(session, order)
    if books is not None and priced.offset.points:
        spent = redeem(books.account, priced.offset.points, at_ms=now_ms, order_id=order.id)
        books.post(spent, event_id=order.id, at_ms=now_ms, scheme_id=order.scheme_id)
    if books is not None:
        books.close(now_ms)
    if sale.lead_id:
        _win(session, sale.lead_id, customer)
    pay_fen = priced.due_fen if sale.pay_fen is None else sale.pay_fen
    points = 0
    if pay_fen:
        _, points = take_payment(
            session, order.id, pay_fen, staff_id=sale.staff_id, method=sale.method, now_ms=now_ms
        )
    return Sold(order, priced, pay_fen, points)


def take_payment(
    session: Session, order_id: str, amount_fen: int, *, staff_id: str, method: str, now_ms: int
) -> tuple[Payment, int]:
    """Enter money received for an order; the payment and the points credited for it (R1).

    Refuses an order that there is not (`RuleError("unknown")`), an amount that is not positive (`"amount"`) and one
    beyond what is due (`"overpaid"`).
    """
    order = session.get(Order, order_id)
    if order is None:
        raise RuleError("unknown", id=order_id)
    payment = Payment(
        company_id=order.company_id,
        order_id=order_id,
        staff_id=staff_id,
        amount_fen=amount_fen,
        method=method,
        paid_at_ms=now_ms,
    )
    session.add(payment)
    session.flush()
    earned = credit(session, payment, not_yet=[payment.id], posted_at_ms=now_ms, now_ms=now_ms)
    credit_payment(session, payment, posted_at_ms=now_ms)
    return payment, sum(each.points for each in earned)


def paid_fen(session: Session, order_id: str) -> int:
    """What has been paid for an order so far."""
    paid = select(func.coalesce(func.sum(Payment.amount_fen), 0)).where(Payment.order_id == order_id)
    return int(session.exec(paid).one())


def _with_coupon(session: Session, sale: NewSale, customer: Customer, now_ms: int) -> NewSale:
    """The sale with what its coupon takes off, and the code of the campaign that the coupon was issued for."""
    if sale.coupon_id is None:
        return sale
    coupon = use_coupon(session, sale.coupon_id, customer.id, sale.order_id, now_ms=now_ms)
    return replace(sale, coupon_fen=coupon.amount_fen, campaign=sale.campaign or coupon.campaign)


def _priced(sale: NewSale, books: Books | None, rules: LoyaltyRules, now_ms: int) -> Quote:
    tier, spendable = _NO_TIER, 0
    if books is not None:
        tier = tier_of(books.member, rules)
        spendable = books.account.spendable_on(local_date(now_ms))
    return quote(
        sale.lines,
        tier=tier,
        rules=rules,
        coupon_fen=sale.coupon_fen,
        points=PaidByPoints(sale.offset, spendable),
    )


def _order(sale: NewSale, customer: Customer, priced: Quote, scheme_id: str | None, now_ms: int) -> Order:
    return Order(
        id=sale.order_id,
        company_id=sale.company_id,
        store_id=sale.store_id,
        customer_id=customer.id,
        lead_id=sale.lead_id,
        staff_id=sale.staff_id,
        number=order_number(sale.order_id, now_ms),
        scheme_id=scheme_id,
        coupon_fen=priced.coupon_fen,
        offset_points=priced.offset.points,
        offset_fen=priced.offset.fen,
        campaign=sale.campaign,
        designer_id=sale.designer_id,
        products_net_fen=priced.products_net_fen,
        services_fen=priced.services_fen,
        sold_at_ms=now_ms,
    )


def _lines(session: Session, sale: NewSale, priced: Quote) -> list[OrderLine]:
    lines = []
    for position, each in enumerate(priced.lines):
        article = sale.articles.get(each.cart.id) or SoldArticle(each.cart.category)
        product = session.get(Product, article.product_id) if article.product_id else None
        cost_fen = article.cost_fen if article.cost_fen is not None or product is None else product.cost_fen
        lines.append(
            OrderLine(
                id=each.cart.id,
                company_id=sale.company_id,
                order_id=sale.order_id,
                product_id=article.product_id,
                position=position,
                name=article.name,
                category=each.cart.category,
                kind=each.cart.kind,
                quantity=each.cart.quantity,
                list_price_fen=each.cart.list_price_fen,
                discount_fen=each.discount_fen,
                net_fen=each.net_fen,
                offset_points=each.offset_points,
                cost_fen=cost_fen,
            )
        )
    return lines


def _win(session: Session, lead_id: str, customer: Customer) -> None:
    lead = session.get(Lead, lead_id)
    if lead is None or lead.company_id != customer.company_id:
        raise RuleError("unknown", id=lead_id)
    lead.customer_id = customer.id
    if lead.stage != LeadStage.WON:
        lead.stage = LeadStage.WON
