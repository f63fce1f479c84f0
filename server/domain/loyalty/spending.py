"""What members have bought, from the orders themselves and from before the books: the other basis of tiers (T-04)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from server.domain.loyalty.tables import OpeningPurchases
from shared_models.errors import RuleError
from shared_models.loyalty.earning import spent_fen
from shared_models.sales.tables import Customer, Order, OrderLine, Payment, SaleReturn
from shared_models.stock.tables import ProductKind

_CHUNK = 500


@dataclass(slots=True)
class Bought:
    """How many orders somebody placed here, and what they spent on products (`earning.spent_fen`), elsewhere before too."""

    orders: int = 0
    spent_fen: int = 0


@dataclass(frozen=True, slots=True)
class OrderSums:
    """What an order came to: its products, what has been paid for all of it, and the products that came back."""

    customer_id: str
    order_id: str
    products_net_fen: int
    paid_fen: int
    returned_fen: int


def bought_by(session: Session, customer_id: str) -> Bought:
    """What one customer has bought: three statements, a fourth for somebody who returned goods."""
    bought = _bought(session, col(Order.customer_id) == customer_id).get(customer_id, Bought())
    before = session.get(OpeningPurchases, customer_id)
    bought.spent_fen += before.spent_fen if before else 0
    return bought


def bought_by_customer(session: Session, company_id: str) -> dict[str, Bought]:
    """What each customer of a company has bought; those who bought nothing are left out."""
    found = _bought(session, col(Order.company_id) == company_id)
    before = select(OpeningPurchases).where(OpeningPurchases.company_id == company_id)
    for each in session.exec(before):
        found.setdefault(each.customer_id, Bought()).spent_fen += each.spent_fen
    return found


def open_purchases(session: Session, customer: Customer, spent_fen: int) -> None:
    """Note what a member had bought elsewhere; once, whatever is said later.

    Refuses a negative amount (`RuleError("money")`).
    """
    if spent_fen < 0:
        raise RuleError("money")
    if spent_fen and session.get(OpeningPurchases, customer.id) is None:
        session.add(
            OpeningPurchases(customer_id=customer.id, company_id=customer.company_id, spent_fen=spent_fen)
        )
        session.flush()


def unite_purchases(session: Session, duplicate_id: str, customer: Customer) -> None:
    """Add what the duplicate had bought elsewhere to what the customer had (R19)."""
    theirs = session.get(OpeningPurchases, duplicate_id)
    if theirs is None:
        return
    session.delete(theirs)
    mine = session.get(OpeningPurchases, customer.id)
    if mine is None:
        open_purchases(session, customer, theirs.spent_fen)
    else:
        mine.spent_fen += theirs.spent_fen


def order_sums(session: Session, chosen: ColumnElement[bool]) -> Iterator[OrderSums]:
    """What each of the orders for which a condition holds came to."""
    returned_fen = _returned_fen(session, chosen)
    orders = (
        select(
            Order.customer_id,
            Order.id,
            Order.products_net_fen,
            func.coalesce(func.sum(Payment.amount_fen), 0),
        )
        .join(Payment, col(Payment.order_id) == col(Order.id), isouter=True)
        .where(chosen)
        .group_by(col(Order.customer_id), col(Order.id), col(Order.products_net_fen))
    )
    for customer_id, order_id, products_net_fen, paid_fen in session.exec(orders):
        yield OrderSums(customer_id, order_id, products_net_fen, int(paid_fen), returned_fen[order_id])


def _bought(session: Session, chosen: ColumnElement[bool]) -> dict[str, Bought]:
    found: dict[str, Bought] = {}
    for each in order_sums(session, chosen):
        bought = found.setdefault(each.customer_id, Bought())
        bought.orders += 1
        bought.spent_fen += spent_fen(each.products_net_fen, each.paid_fen, each.returned_fen)
    return found


def _returned_fen(session: Session, chosen: ColumnElement[bool]) -> Counter[str]:
    """What was paid for the products that came back, by order."""
    returns = select(SaleReturn.line_ids).join(Order, col(Order.id) == col(SaleReturn.order_id)).where(chosen)
    line_ids = [line_id for line_ids in session.exec(returns) for line_id in line_ids]
    found: Counter[str] = Counter()
    for chunk in _chunks(line_ids):
        lines = select(OrderLine.order_id, func.sum(OrderLine.net_fen)).where(
            col(OrderLine.id).in_(chunk), OrderLine.kind == ProductKind.PRODUCT
        )
        for order_id, net_fen in session.exec(lines.group_by(col(OrderLine.order_id))):
            found[order_id] += int(net_fen)
    return found


def _chunks(line_ids: list[str]) -> Iterator[list[str]]:
    for at in range(0, len(line_ids), _CHUNK):
        yield line_ids[at : at + _CHUNK]
