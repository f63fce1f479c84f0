"""A period's orders of members, read in a few statements: what the simulator replays."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from sqlmodel import Session, col, select

from shared_models.loyalty.earning import Purchase, PurchaseLine
from shared_models.loyalty.replay import SoldOrder
from shared_models.loyalty.tables import MemberAccount
from shared_models.sales.tables import Order, OrderLine, Payment, SaleReturn

_CHUNK = 500


def sold_orders(
    session: Session, company_id: str, from_ms: int, to_ms: int
) -> Iterator[tuple[str, SoldOrder]]:
    """The orders that members placed in a period, by time, each with whose it was; only these earn (R1)."""
    chosen = (
        select(Order.id, Order.customer_id, Order.sold_at_ms, Order.campaign)
        .join(MemberAccount, col(MemberAccount.customer_id) == col(Order.customer_id))
        .where(Order.company_id == company_id, Order.sold_at_ms >= from_ms, Order.sold_at_ms < to_ms)
        .order_by(col(Order.sold_at_ms), col(Order.id))
    )
    heads = session.exec(chosen).all()
    for at in range(0, len(heads), _CHUNK):
        part = heads[at : at + _CHUNK]
        ids = [order_id for order_id, *_ in part]
        lines, paid, returned = _lines(session, ids), _paid(session, ids), _returned(session, ids)
        for order_id, customer_id, sold_at_ms, campaign in part:
            purchase = Purchase(order_id, tuple(lines[order_id]), sold_at_ms, campaign)
            yield customer_id, SoldOrder(purchase, paid[order_id], returned[order_id])


def _lines(session: Session, ids: list[str]) -> dict[str, list[PurchaseLine]]:
    columns: tuple[Any, ...] = (
        OrderLine.order_id, OrderLine.id, OrderLine.net_fen, OrderLine.category, OrderLine.kind,
        OrderLine.offset_points,
    )  # fmt: skip
    chosen = select(*columns).where(col(OrderLine.order_id).in_(ids))
    found: dict[str, list[PurchaseLine]] = defaultdict(list)
    for order_id, *values in session.exec(chosen.order_by(col(OrderLine.position), col(OrderLine.id))):
        found[order_id].append(PurchaseLine(*values))
    return found


def _paid(session: Session, ids: list[str]) -> dict[str, list[int]]:
    chosen = select(Payment.order_id, Payment.amount_fen).where(col(Payment.order_id).in_(ids))
    found: dict[str, list[int]] = defaultdict(list)
    for order_id, amount_fen in session.exec(chosen.order_by(col(Payment.paid_at_ms), col(Payment.id))):
        found[order_id].append(amount_fen)
    return found


def _returned(session: Session, ids: list[str]) -> dict[str, frozenset[str]]:
    chosen = select(SaleReturn.order_id, SaleReturn.line_ids).where(col(SaleReturn.order_id).in_(ids))
    found: dict[str, frozenset[str]] = defaultdict(frozenset)
    for order_id, line_ids in session.exec(chosen):
        found[order_id] |= frozenset(line_ids)
    return found
