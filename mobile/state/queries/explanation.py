"""Why this number: a line of the ledger traced to what caused it, from what this device holds."""

from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import select
from sqlmodel import Session, col

from shared_models.loyalty.tables import Gift, GiftVersion, PointsEntry, PointsLot, Redemption, Scheme
from shared_models.people.tables import Staff
from shared_models.sales.tables import Order, OrderLine, Payment, SaleReturn

TABLES = (
    "pointsentry",
    "pointslot",
    "sales_order",
    "orderline",
    "payment",
    "salereturn",
    "redemption",
    "giftversion",
)
RowType = TypeVar("RowType")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a line of the ledger comes from; None or empty where there is no such thing on this device."""

    entry: PointsEntry
    order: Order | None
    lines: tuple[OrderLine, ...]
    """The order's lines; of a return, those that came back."""
    payment: Payment | None
    returned: SaleReturn | None
    redemption: Redemption | None
    gift: Gift | None
    gift_version: GiftVersion | None
    """The version of the gift that the redemption was judged by."""
    scheme_version: int | None
    lot: PointsLot | None
    adjusted_by: str


def explain_entry(session: Session, entry_id: str) -> Explanation | None:
    """Down to order, lines, payment or return, version of the scheme, and lot; None for a line that is not here."""
    entry = session.get(PointsEntry, entry_id)
    if entry is None:
        return None
    order = _row(session, Order, entry.order_id)
    returned = _row(session, SaleReturn, entry.return_id)
    redemption = _row(session, Redemption, entry.redemption_id)
    scheme = _row(session, Scheme, entry.scheme_id or (order.scheme_id if order else None))
    staff = _row(session, Staff, entry.staff_id)
    return Explanation(
        entry=entry,
        order=order,
        lines=_lines(session, order, returned),
        payment=_row(session, Payment, entry.payment_id),
        returned=returned,
        redemption=redemption,
        gift=_row(session, Gift, redemption.gift_id if redemption else None),
        gift_version=_row(session, GiftVersion, redemption.gift_version_id if redemption else None),
        scheme_version=scheme.version if scheme else None,
        lot=_row(session, PointsLot, entry.lot_id),
        adjusted_by=staff.name if staff else "",
    )


def _row(session: Session, table: type[RowType], row_id: str | None) -> RowType | None:
    return session.get(table, row_id) if row_id else None


def _lines(session: Session, order: Order | None, returned: SaleReturn | None) -> tuple[OrderLine, ...]:
    if order is None:
        return ()
    of_order = select(OrderLine).where(col(OrderLine.order_id) == order.id).order_by(col(OrderLine.position))
    return tuple(
        line for line in session.scalars(of_order) if returned is None or line.id in returned.line_ids
    )
