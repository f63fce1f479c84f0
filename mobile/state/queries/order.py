"""One order with its lines, payments, returns and the points it brought."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from mobile.state.queries.forecast import forecast_for
from shared_models.loyalty.stored import history_of
from shared_models.loyalty.tables import PointsEntry
from shared_models.people.tables import Staff
from shared_models.sales.tables import Customer, Order, OrderLine, OrderStatus, Payment, SaleReturn

TABLES = ("sales_order", "orderline", "payment", "salereturn", "pointsentry", "customer", "staff")


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """An order as this device knows it."""

    order: Order
    customer: Customer | None
    seller: str
    lines: tuple[OrderLine, ...]
    payments: tuple[Payment, ...]
    returns: tuple[SaleReturn, ...]
    entries: tuple[PointsEntry, ...]
    forecast_points: int

    @property
    def total_fen(self) -> int:
        """To be paid for everything."""
        return self.order.products_net_fen + self.order.services_fen

    @property
    def paid_fen(self) -> int:
        """Paid so far."""
        return sum(payment.amount_fen for payment in self.payments)

    @property
    def due_fen(self) -> int:
        """Still to be paid; nothing for a cancelled order."""
        return 0 if self.order.status == OrderStatus.CANCELLED else max(0, self.total_fen - self.paid_fen)

    @property
    def points(self) -> int:
        """What the ledger says this order brought, less what its returns took back."""
        return history_of(self.payments, self.returns, self.entries).credited_points

    @property
    def returned_line_ids(self) -> frozenset[str]:
        """The lines that were given back."""
        return frozenset(line_id for each in self.returns for line_id in each.line_ids)


def order_record(session: Session, order_id: str, *, waiting: Collection[str]) -> OrderRecord | None:
    """The order, or None when the device has none of that identifier; `waiting` are payments not yet sent."""
    order = session.get(Order, order_id)
    if order is None:
        return None
    customer = session.get(Customer, order.customer_id)
    seller = session.get(Staff, order.staff_id)
    lines = select(OrderLine).where(col(OrderLine.order_id) == order_id)
    payments = select(Payment).where(col(Payment.order_id) == order_id)
    entries = select(PointsEntry).where(col(PointsEntry.order_id) == order_id)
    returns = select(SaleReturn).where(col(SaleReturn.order_id) == order_id)
    forecast = forecast_for(session, customer, waiting) if customer else None
    return OrderRecord(
        order=order,
        customer=customer,
        seller=seller.name if seller else "",
        lines=tuple(session.scalars(lines.order_by(col(OrderLine.position), col(OrderLine.id)))),
        payments=tuple(session.scalars(payments.order_by(col(Payment.paid_at_ms), col(Payment.id)))),
        returns=tuple(session.scalars(returns.order_by(col(SaleReturn.returned_at_ms)))),
        entries=tuple(session.scalars(entries.order_by(col(PointsEntry.posted_at_ms)))),
        forecast_points=forecast.points_by_order.get(order_id, 0) if forecast else 0,
    )
