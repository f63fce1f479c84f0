"""What follows from sales that devices made: points spent, points earned.

Everything is derived from the facts by the pure rules in `shared_models`, under identifiers that depend on nothing but
those facts, so that deriving twice changes nothing.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from server.domain.ledger import rules_of
from server.domain.loyalty.books import books_of
from server.domain.loyalty.leases import member_books
from server.domain.loyalty.redeeming import OfflineSpend, post_offline
from server.domain.written import Written, ids_of
from shared_models.errors import RuleError
from shared_models.loyalty.earning import Credit, Purchase, credits_for_payment
from shared_models.loyalty.ledger import Received, credit_payment
from shared_models.loyalty.stored import purchase_of
from shared_models.sales.tables import Order, OrderLine, Payment
from shared_models.stock.tables import Product

_FIXED = frozenset(
    {
        "customer_id",
        "scheme_id",
        "campaign",
        "coupon_fen",
        "offset_points",
        "offset_fen",
        "lease_points",
        "products_net_fen",
        "services_fen",
    }
)
"""What is settled about an order when it is placed: the points that it earned and took depend on it."""
_CHUNK = 500


def spend(session: Session, written: Sequence[Written]) -> None:
    """Take the points that an order was paid with, under the leases that gave them (R6, R8, R11).

    Refuses an offset that no lease gave (`RuleError("lease")`), and to change what is settled about an order (`"fixed"`).
    """
    for each in written:
        order, now_ms = session.get_one(Order, each.row_id), each.unit.received_at_ms
        if each.change.kind != "insert":
            if _FIXED & each.change.fields.keys():
                raise RuleError("fixed", table="sales_order")
            continue
        if order.offset_points or order.lease_points:
            books = member_books(session, order.customer_id, now_ms)
            spend = OfflineSpend(
                "sales_order", order.id, order.lease_points, each.unit.device_id, order_id=order.id
            )
            if spend.points != order.offset_points:
                raise RuleError("lease", wanted=order.offset_points, spendable=spend.points)
            post_offline(books, spend, at_ms=each.at_ms, now_ms=now_ms, scheme_id=order.scheme_id)
            books.close(now_ms)
        elif (books_or_none := books_of(session, order.customer_id, now_ms)) is not None:
            books_or_none.close(now_ms)


def cost(session: Session, written: Sequence[Written]) -> None:
    """Note what the articles of an order cost the company when they were sold; devices do not know it."""
    line_ids = ids_of(written)
    for at in range(0, len(line_ids), _CHUNK):
        ids = line_ids[at : at + _CHUNK]
        priced = select(OrderLine, Product.cost_fen).join(
            Product, col(Product.id) == col(OrderLine.product_id)
        )
        chosen = priced.where(col(OrderLine.id).in_(ids), col(OrderLine.cost_fen).is_(None))
        for line, cost_fen in session.exec(chosen.where(col(Product.cost_fen).is_not(None))).all():
            line.cost_fen = cost_fen


def earn(session: Session, written: Sequence[Written]) -> None:
    """Credit the points of each payment, in order, and refuse more than is due (R1, R3): `overpaid` or `amount`."""
    payment_ids = ids_of(written)
    for position, each in enumerate(written):
        payment = session.get_one(Payment, each.row_id)
        credit(
            session,
            payment,
            not_yet=payment_ids[position:],
            posted_at_ms=each.at_ms,
            now_ms=each.unit.received_at_ms,
        )


def credit(
    session: Session, payment: Payment, *, not_yet: Sequence[str], posted_at_ms: int, now_ms: int
) -> list[Credit]:
    """Credit what a payment earns (R1, R3); what that was, nothing for a customer who is no member.

    `not_yet` are the payments that do not count as made before it. Refuses what exceeds the amount due
    (`RuleError("overpaid")`) and what is not positive (`"amount"`).
    """
    # Two tills that take money for one order wait for each other here, so that the second sees the first.
    order = session.get_one(Order, payment.order_id, with_for_update=True, populate_existing=True)
    paid_before_fen = _paid_before(session, order.id, not_yet)
    received = Received(payment.id, paid_before_fen, payment.amount_fen, payment.paid_at_ms)
    purchase, rules = purchase_for(session, order), rules_of(session, order.scheme_id)
    earned = credits_for_payment(
        purchase, paid_before_fen=paid_before_fen, amount_fen=payment.amount_fen, rules=rules
    )
    books = books_of(session, order.customer_id, now_ms)
    if books is None:
        return []
    posting = credit_payment(books.account, purchase, received, rules)
    books.post(
        posting,
        event_id=payment.id,
        at_ms=posted_at_ms,
        payment_id=payment.id,
        scheme_id=order.scheme_id,
    )
    books.close(now_ms)
    return earned


def purchase_for(session: Session, order: Order) -> Purchase:
    """An order as the loyalty rules see it, with its lines as they were sold."""
    return purchase_of(order, session.exec(select(OrderLine).where(OrderLine.order_id == order.id)).all())


def _paid_before(session: Session, order_id: str, not_yet: Sequence[str]) -> int:
    paid = select(func.coalesce(func.sum(Payment.amount_fen), 0)).where(
        Payment.order_id == order_id, col(Payment.id).not_in(not_yet)
    )
    return int(session.exec(paid).one())
