"""What follows from sales for the points ledger: accounts opened, points spent, points earned.

Everything is derived from the facts by the pure rules in `shared_models`, under identifiers that depend on nothing but
those facts, so that deriving twice changes nothing.
"""

from collections.abc import Sequence

from sqlmodel import Session, col, func, select

from server.domain.ledger import (
    account_of,
    locked_member,
    open_account,
    post,
    refresh_totals,
    rules_at,
    rules_of,
)
from server.domain.written import Written, ids_of
from shared_models.loyalty.earning import Purchase, PurchaseLine, credits_for_payment
from shared_models.loyalty.ledger import Received, credit_payment, grant_welcome_gift, redeem
from shared_models.loyalty.tables import EntryKind, PointsEntry
from shared_models.sales.tables import Customer, Order, OrderLine, Payment


def enrol(session: Session, written: Sequence[Written]) -> None:
    """Open an account for whoever has become a member, with the welcome gift that the scheme has."""
    for each in written:
        customer_id, at_ms = each.row_id, each.at_ms
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


def spend(session: Session, written: Sequence[Written]) -> None:
    """Take the points that an order was paid with from the member's lots (R6, R8); refuses by `points` or `debt`."""
    for each in written:
        order_id, at_ms = each.row_id, each.at_ms
        order = session.get_one(Order, order_id)
        member = locked_member(session, order.customer_id)
        if member is None:
            continue
        if order.offset_points and not _is_spent(session, order_id):
            account = account_of(session, member)
            spent = redeem(account, order.offset_points, at_ms=at_ms, order_id=order_id)
            post(session, member, account, spent, event_id=order_id, at_ms=at_ms)
        refresh_totals(session, member, at_ms=at_ms)


def earn(session: Session, written: Sequence[Written]) -> None:
    """Credit the points of each payment, in order, and refuse more than is due (R1, R3): `overpaid` or `amount`."""
    payment_ids = ids_of(written)
    for position, each in enumerate(written):
        payment_id, at_ms = each.row_id, each.at_ms
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
