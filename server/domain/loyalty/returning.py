"""Returning goods at the server, and showing beforehand what that would do (R7)."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import Session, col, select

from server.domain.designers.commissions import commission_after_return, commission_if_returned
from server.domain.ledger import rules_at, rules_of
from server.domain.loyalty.books import Books, books_of
from server.domain.points import purchase_for
from shared_models.errors import RuleError
from shared_models.ids import new_id
from shared_models.loyalty.account import Account
from shared_models.loyalty.earning import net_of
from shared_models.loyalty.returns import OrderHistory, ReturnFigures, ReturnOutcome, return_lines
from shared_models.loyalty.scheme import LoyaltyRules
from shared_models.loyalty.stored import history_of
from shared_models.loyalty.tables import PointsEntry
from shared_models.loyalty.tiers import counted_for_tiers, tier_for
from shared_models.sales.tables import Order, Payment, SaleReturn


@dataclass(frozen=True, slots=True)
class _Case:
    order: Order
    books: Books | None
    outcome: ReturnOutcome
    return_id: str
    spent_fen: int
    """What the member has spent once the goods are back."""


def preview_return(
    session: Session, order_id: str, line_ids: Collection[str], *, now_ms: int
) -> ReturnFigures:
    """What returning these lines would do; nothing is written. Refuses what `post_return` refuses."""
    case = _case(session, order_id, line_ids, new_id(), now_ms)
    commission_fen = commission_if_returned(session, case.order, line_ids)
    return _figures(case, rules_at(session, case.order.company_id, now_ms), commission_fen)


def post_return(
    session: Session,
    order_id: str,
    line_ids: Collection[str],
    *,
    staff_id: str,
    now_ms: int,
    return_id: str | None = None,
) -> tuple[SaleReturn, ReturnFigures]:
    """Take back whole lines of an order: refund, points restored and clawed back, debt (R7).

    Refuses an order or line that there is not (`RuleError("unknown")`), a line returned before (`"returned"`), and an
    order that is not fully paid (`"unpaid"`).
    """
    case = _case(session, order_id, line_ids, return_id or new_id(), now_ms)
    order, outcome = case.order, case.outcome
    returned = SaleReturn(
        id=case.return_id,
        company_id=order.company_id,
        order_id=order_id,
        staff_id=staff_id,
        line_ids=sorted(line_ids),
        refund_fen=outcome.refund_fen,
        withheld_fen=outcome.withheld_fen,
        returned_at_ms=now_ms,
    )
    session.add(returned)
    session.flush()
    if case.books is not None:
        about = {"return_id": returned.id, "scheme_id": order.scheme_id}
        case.books.post(outcome.posting, event_id=returned.id, at_ms=now_ms, **about)
        case.books.close(now_ms)
    commission_fen = commission_after_return(session, returned, posted_at_ms=now_ms)
    session.flush()
    return returned, _figures(case, rules_at(session, order.company_id, now_ms), commission_fen)


def order_history(session: Session, order_id: str) -> OrderHistory:
    """What has happened to an order so far."""
    entries = select(PointsEntry).where(PointsEntry.order_id == order_id)
    return history_of(
        session.exec(select(Payment).where(Payment.order_id == order_id)).all(),
        session.exec(select(SaleReturn).where(SaleReturn.order_id == order_id)).all(),
        session.exec(entries.order_by(col(PointsEntry.posted_at_ms), col(PointsEntry.id))).all(),
    )


def _case(session: Session, order_id: str, line_ids: Collection[str], return_id: str, now_ms: int) -> _Case:
    order = session.get(Order, order_id, with_for_update=True, populate_existing=True)
    if order is None:
        raise RuleError("unknown", id=order_id)
    books = books_of(session, order.customer_id, now_ms)
    purchase = purchase_for(session, order)
    outcome = return_lines(
        books.account if books is not None else Account(),
        purchase,
        line_ids,
        return_id=return_id,
        history=order_history(session, order_id),
        rules=rules_of(session, order.scheme_id),
        at_ms=now_ms,
    )
    returned_fen = net_of(line for line in purchase.products if line.id in line_ids)
    spent_fen = books.member.spent_fen - returned_fen if books is not None else 0
    return _Case(order, books, outcome, return_id, spent_fen)


def _figures(case: _Case, rules: LoyaltyRules, commission_fen: int) -> ReturnFigures:
    outcome = case.outcome
    after = outcome.posting.account
    counted = counted_for_tiers(rules, growth=after.growth, spent_fen=case.spent_fen)
    return ReturnFigures(
        refund_fen=outcome.refund_fen,
        withheld_fen=outcome.withheld_fen,
        restored_points=outcome.restored_points,
        clawback_points=outcome.clawback_points,
        debt=after.debt,
        growth=after.growth,
        tier=tier_for(counted, rules.tiers).name,
        commission_fen=commission_fen,
    )
