"""What a return would do, shown before anybody confirms it (R7); the server posts it."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import Session, col

from mobile.state.queries.pending_points import account_forecast
from mobile.state.queries.schemes import rules_by_scheme, rules_of, scheme_in_force
from shared_models.designers.commission import commission_change, commission_fen
from shared_models.errors import RuleError
from shared_models.ids import new_id
from shared_models.loyalty.earning import Purchase, net_of
from shared_models.loyalty.returns import OrderHistory, ReturnFigures, return_lines
from shared_models.loyalty.scheme import DEFAULT_RULES
from shared_models.loyalty.stored import history_of, purchase_of
from shared_models.loyalty.tables import PointsEntry
from shared_models.loyalty.tiers import counted_for_tiers, tier_for
from shared_models.sales.tables import Order, OrderLine, Payment, SaleReturn
from sync.device.outbox import Unit


def return_preview(
    session: Session, order_id: str, line_ids: Collection[str], pending: Sequence[Unit], *, now_ms: int
) -> ReturnFigures:
    """What taking these lines back would do, as this device knows the order and the member.

    Refuses as the server would: `RuleError("unknown")`, `"returned"` or `"unpaid"`.
    """
    order = session.get(Order, order_id)
    if order is None:
        raise RuleError("unknown", id=order_id)
    lines = session.scalars(select(OrderLine).where(col(OrderLine.order_id) == order_id)).all()
    purchase = purchase_of(order, lines)
    forecast = account_forecast(session, order.customer_id, pending)
    history = _history(session, order_id)
    own = tuple(entry for entry in forecast.entries if entry.order_id == order_id)
    outcome = return_lines(
        forecast.account,
        purchase,
        line_ids,
        return_id=new_id(),
        history=replace(history, entries=(*history.entries, *own)),
        rules=rules_by_scheme(session).get(order.scheme_id, DEFAULT_RULES),
        at_ms=now_ms,
    )
    after, in_force = outcome.posting.account, rules_of(scheme_in_force(session, now_ms))
    returned_fen = net_of(line for line in purchase.products if line.id in line_ids)
    left_fen = max(0, forecast.spent_fen - returned_fen)
    counted = counted_for_tiers(in_force, growth=after.growth, spent_fen=left_fen)
    return ReturnFigures(
        refund_fen=outcome.refund_fen,
        withheld_fen=outcome.withheld_fen,
        restored_points=outcome.restored_points,
        clawback_points=outcome.clawback_points,
        debt=after.debt,
        growth=after.growth,
        tier=tier_for(counted, in_force.tiers).name,
        commission_fen=_commission_change(order, purchase.without(history.returned_line_ids), line_ids),
    )


def _commission_change(order: Order, held: Purchase, line_ids: Collection[str]) -> int:
    """What the return takes of the commission, at the rate that the order was made under."""
    if order.designer_rate_percent is None:
        return 0
    rate = Decimal(order.designer_rate_percent)
    recognised_fen = commission_fen(held.products_net_fen, rate)
    return commission_change(held.without(line_ids).products_net_fen, rate, recognised_fen)


def _history(session: Session, order_id: str) -> OrderHistory:
    entries = select(PointsEntry).where(col(PointsEntry.order_id) == order_id)
    return history_of(
        session.scalars(select(Payment).where(col(Payment.order_id) == order_id)),
        session.scalars(select(SaleReturn).where(col(SaleReturn.order_id) == order_id)),
        session.scalars(entries.order_by(col(PointsEntry.posted_at_ms), col(PointsEntry.id))),
    )
