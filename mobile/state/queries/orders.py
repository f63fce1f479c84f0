"""Orders in a list: today's, those with an open balance, all; found by number, customer or phone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlmodel import Session, col

from mobile.state.queries.search import folded, matching
from shared_models.sales.tables import Customer, Order, OrderStatus, Payment

TABLES = ("sales_order", "payment", "customer")


class OrderFilter(StrEnum):
    """What the chips above the list offer."""

    TODAY = "today"
    OPEN = "open"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class OrderRow:
    """What a row of the list shows."""

    id: str
    number: str
    customer: str
    customer_id: str
    status: str
    total_fen: int
    paid_fen: int
    sold_at_ms: int

    @property
    def due_fen(self) -> int:
        """What is still to be paid; nothing for a cancelled order."""
        return 0 if self.status == OrderStatus.CANCELLED else max(0, self.total_fen - self.paid_fen)


def order_ids(
    session: Session, *, text: str, which: OrderFilter, day_from_ms: int, day_to_ms: int
) -> list[str]:
    """The identifiers of all that match, newest first."""
    query: Select[Any] = select(col(Order.id)).join(
        Customer, col(Customer.id) == col(Order.customer_id), isouter=True
    )
    moment = col(Order.sold_at_ms)
    if which == OrderFilter.TODAY:
        query = query.where(moment >= day_from_ms, moment < day_to_ms)
    elif which == OrderFilter.OPEN:
        query = query.where(col(Order.status) != OrderStatus.CANCELLED, _total() > _paid())
    typed = folded(text)
    if typed:
        people, _ = matching(typed, col(Customer.name_key), col(Customer.phone))
        query = query.where(or_(people, col(Order.number).icontains(typed, autoescape=True)))
    return list(session.scalars(query.order_by(moment.desc(), col(Order.id).desc())))


def order_rows(session: Session, ids: Sequence[str]) -> list[OrderRow]:
    """The rows of these identifiers, in their order; one that is gone is left out."""
    shown = (
        col(Order.id),
        col(Order.number),
        func.coalesce(col(Customer.name), ""),
        col(Order.customer_id),
        col(Order.status),
        _total(),
        _paid(),
        col(Order.sold_at_ms),
    )
    query = select(*shown).join(Customer, col(Customer.id) == col(Order.customer_id), isouter=True)
    found = {row[0]: OrderRow(*row) for row in session.execute(query.where(col(Order.id).in_(ids)))}
    return [found[order_id] for order_id in ids if order_id in found]


def sold_fen(session: Session, *, day_from_ms: int, day_to_ms: int) -> int:
    """What the orders of a day add up to, cancelled ones left out."""
    moment: InstrumentedAttribute[int] = col(Order.sold_at_ms)  # type: ignore[assignment]
    of_day = select(func.coalesce(func.sum(_total()), 0)).where(moment >= day_from_ms, moment < day_to_ms)
    return int(session.scalar(of_day.where(col(Order.status) != OrderStatus.CANCELLED)) or 0)


def _total() -> ColumnElement[int]:
    return col(Order.products_net_fen) + col(Order.services_fen)


def _paid() -> ColumnElement[int]:
    paid = select(func.coalesce(func.sum(col(Payment.amount_fen)), 0))
    return paid.where(col(Payment.order_id) == col(Order.id)).correlate(Order).scalar_subquery()
