"""What the server will credit for payments that it has not seen yet: the device's own forecast, always marked as one."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from mobile.state.queries.schemes import rules_by_scheme
from shared_models.loyalty.earning import Purchase, credits_for_payment
from shared_models.loyalty.scheme import DEFAULT_RULES, LoyaltyRules
from shared_models.loyalty.stored import purchase_of
from shared_models.loyalty.tables import EntryKind, PointsEntry
from shared_models.sales.tables import Customer, Order, OrderLine, Payment

_CREDITS = (EntryKind.BASE, EntryKind.BONUS)


@dataclass(frozen=True, slots=True)
class Forecast:
    """Points to come for each order with payments that wait to be sent; never 0."""

    points_by_order: dict[str, int]

    @property
    def points(self) -> int:
        """Points to come in all, and as much growth (R4)."""
        return sum(self.points_by_order.values())


NOTHING = Forecast({})


def forecast_for(session: Session, customer: Customer, waiting: Collection[str]) -> Forecast:
    """The points of a member's orders that have a payment in `waiting`, less what the ledger already credits for them.

    Somebody who is no member earns nothing (R1).
    """
    if customer.enrolled_at_ms is None or not waiting:
        return NOTHING
    mine = select(col(Payment.order_id)).join(Order, col(Order.id) == col(Payment.order_id))
    mine = mine.where(col(Payment.id).in_(waiting), col(Order.customer_id) == customer.id).distinct()
    rules = rules_by_scheme(session)
    coming = {
        order_id: _still_to_come(session, order_id, customer.enrolled_at_ms, rules)
        for order_id in session.scalars(mine)
    }
    return Forecast({order_id: points for order_id, points in coming.items() if points > 0})


def earned_by(
    purchase: Purchase, payments: Sequence[Payment], rules: LoyaltyRules, *, member_from_ms: int
) -> int:
    """What the rules give for these payments, oldest first, counting those made since the customer is a member."""
    paid_fen = points = 0
    for payment in payments:
        if payment.paid_at_ms >= member_from_ms:
            earned = credits_for_payment(
                purchase, paid_before_fen=paid_fen, amount_fen=payment.amount_fen, rules=rules
            )
            points += sum(credit.points for credit in earned)
        paid_fen += payment.amount_fen
    return points


def credited(entries: Iterable[PointsEntry]) -> int:
    """What the ledger has credited, before anything was taken back."""
    return sum(entry.points for entry in entries if entry.kind in _CREDITS)


def _still_to_come(
    session: Session, order_id: str, member_from_ms: int, rules: dict[str | None, LoyaltyRules]
) -> int:
    order = session.get(Order, order_id)
    if order is None:
        return 0
    lines = session.scalars(select(OrderLine).where(col(OrderLine.order_id) == order_id))
    of_order = select(Payment).where(col(Payment.order_id) == order_id)
    payments = session.scalars(of_order.order_by(col(Payment.paid_at_ms), col(Payment.id))).all()
    entries = session.scalars(select(PointsEntry).where(col(PointsEntry.order_id) == order_id))
    of_version = rules.get(order.scheme_id, DEFAULT_RULES)
    earned = earned_by(purchase_of(order, lines), payments, of_version, member_from_ms=member_from_ms)
    return earned - credited(entries)
