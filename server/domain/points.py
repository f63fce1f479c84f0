"""What follows from a unit of work, in the same transaction: the points ledger and the dates of leads.

Everything is derived from the facts by the pure rules in `shared_models`, under identifiers that depend on nothing but
those facts, so that deriving twice changes nothing.
"""

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session as AnySession
from sqlmodel import Session, col, func, select

from server.domain.follow_ups import refresh_lead
from server.domain.ledger import (
    account_of,
    locked_member,
    open_account,
    post,
    refresh_totals,
    rules_at,
    rules_of,
)
from shared_models.loyalty.earning import Purchase, PurchaseLine, credits_for_payment
from shared_models.loyalty.ledger import Received, credit_payment, grant_welcome_gift, redeem
from shared_models.loyalty.tables import EntryKind, PointsEntry
from shared_models.sales.tables import Customer, FollowUp, Lead, Order, OrderLine, Payment
from sync.hub import AppliedUnit


def derive(session: AnySession, unit: AppliedUnit) -> None:
    """Write what the business's rules make of `unit`; called by the sync engine after the unit was merged.

    Raises `RuleError`, which refuses the whole unit: `overpaid`, `amount`, `points` or `debt`.
    """
    typed = _typed(session)
    changed = [(change.table, change.row_id) for change in unit.changes if change.kind != "del"]
    for table, rule in _RULES.items():
        row_ids = [row_id for name, row_id in changed if name == table]
        if row_ids:
            rule(typed, row_ids, unit.at_ms)
    typed.flush()


def _typed(session: AnySession) -> Session:
    if not isinstance(session, Session):
        raise TypeError("the server works with SQLModel sessions")
    return session


def _enrol(session: Session, customer_ids: list[str], at_ms: int) -> None:
    """Open an account for whoever has become a member, with the welcome gift that the scheme has."""
    for customer_id in customer_ids:
        customer = session.get_one(Customer, customer_id)
        if customer.enrolled_at_ms is None or locked_member(session, customer_id):
            continue
        member = open_account(session, customer)
        account = account_of(session, member)
        gift = grant_welcome_gift(
            account,
            enrolment_id=customer_id,
            already_given=False,
            rules=rules_at(session, customer.company_id, at_ms),
            at_ms=at_ms,
        )
        post(session, member, account, gift, event_id=customer_id, at_ms=at_ms)
        refresh_totals(session, member, at_ms=at_ms)


def _spend(session: Session, order_ids: list[str], at_ms: int) -> None:
    """Take the points that an order was paid with from the member's lots (R6, R8)."""
    for order_id in order_ids:
        order = session.get_one(Order, order_id)
        member = locked_member(session, order.customer_id)
        if member is None:
            continue
        if order.offset_points and not _is_spent(session, order_id):
            account = account_of(session, member)
            spent = redeem(account, order.offset_points, at_ms=at_ms, order_id=order_id)
            post(session, member, account, spent, event_id=order_id, at_ms=at_ms)
        refresh_totals(session, member, at_ms=at_ms)


def _earn(session: Session, payment_ids: list[str], at_ms: int) -> None:
    """Credit the points of each payment, in order, and refuse more than is due (R1, R3)."""
    for position, payment_id in enumerate(payment_ids):
        payment = session.get_one(Payment, payment_id)
        # Two tills that take money for one order wait for each other here, so that the second sees the first.
        order = session.get_one(Order, payment.order_id, with_for_update=True, populate_existing=True)
        received = Received(
            payment_id,
            _paid_before(session, order.id, payment_ids[position:]),
            payment.amount_fen,
            payment.paid_at_ms,
        )
        purchase, rules = _purchase(session, order), rules_of(session, order.scheme_id)
        member = locked_member(session, order.customer_id)
        if member is None:
            credits_for_payment(
                purchase,
                paid_before_fen=received.paid_before_fen,
                amount_fen=received.amount_fen,
                rules=rules,
            )
            continue
        account = account_of(session, member)
        earned = credit_payment(account, purchase, received, rules)
        post(
            session,
            member,
            account,
            earned,
            event_id=payment_id,
            at_ms=at_ms,
            payment_id=payment_id,
            scheme_id=order.scheme_id,
        )
        refresh_totals(session, member, at_ms=at_ms)


def _reach(session: Session, follow_up_ids: list[str], _at_ms: int) -> None:
    """Set when each lead was first reached, and when it is due next (R14)."""
    found = select(FollowUp.lead_id).where(col(FollowUp.id).in_(follow_up_ids)).distinct()
    for lead_id in sorted(session.exec(found).all()):
        lead = session.get(Lead, lead_id, with_for_update=True, populate_existing=True)
        if lead is not None:
            refresh_lead(session, lead)


_RULES: Mapping[str, Callable[[Session, list[str], int], None]] = {
    "customer": _enrol,
    "sales_order": _spend,
    "payment": _earn,
    "followup": _reach,
}
"""By table, in the order in which a unit that writes several is derived: a new member's first sale earns points."""

WATCHED = frozenset(_RULES)
"""The tables whose changes have consequences; the engine derives nothing for units that write none of them."""


def _is_spent(session: Session, order_id: str) -> bool:
    spent = select(PointsEntry.id).where(
        PointsEntry.order_id == order_id, PointsEntry.kind == EntryKind.REDEEM
    )
    return session.exec(spent).first() is not None


def _paid_before(session: Session, order_id: str, not_yet: list[str]) -> int:
    paid = select(func.coalesce(func.sum(Payment.amount_fen), 0)).where(
        Payment.order_id == order_id, col(Payment.id).not_in(not_yet)
    )
    return int(session.exec(paid).one())


def _purchase(session: Session, order: Order) -> Purchase:
    lines = session.exec(
        select(OrderLine)
        .where(OrderLine.order_id == order.id)
        .order_by(col(OrderLine.position), col(OrderLine.id))
    ).all()
    return Purchase(
        order.id,
        tuple(
            PurchaseLine(line.id, line.net_fen, line.category, line.kind, line.offset_points)
            for line in lines
        ),
        order.sold_at_ms,
    )
