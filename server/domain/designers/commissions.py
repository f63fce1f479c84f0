"""What referred orders earn their designers: entries posted for payments, returns, and orders that change hands (R10).

Every entry is the difference between what is right now and what stands posted, under an identifier made of what caused
it, so that posting twice changes nothing.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, func, select

from server.domain.designers.levels import closed_through, level_held, rules_in_force
from server.domain.written import Written, ids_of
from shared_models.designers.claims import owner_among
from shared_models.designers.commission import (
    CommissionKind,
    CommissionLine,
    change_after_return,
    commission_change,
    payable_from_ms,
    recognised_fen,
)
from shared_models.designers.stored import claim_of, lines_of
from shared_models.designers.tables import CommissionEntry, Designer, Referral
from shared_models.designers.years import counting_year, fiscal_year
from shared_models.errors import RuleError
from shared_models.ids import derived_id
from shared_models.sales.tables import Customer, Order, OrderLine, Payment, SaleReturn
from shared_models.stock.tables import ProductKind


@dataclass(frozen=True, slots=True)
class Cause:
    """What an entry is posted for, and when that happened (corrected) and became known."""

    id: str
    occurred_at_ms: int
    posted_at_ms: int
    payment_id: str | None = None
    return_id: str | None = None


@dataclass(frozen=True, slots=True)
class _Sold:
    """What has been paid for the products of an order and is still held, and when it was paid in full, if it was."""

    held_fen: int
    fully_paid_at_ms: int | None


@dataclass(frozen=True, slots=True)
class _Terms:
    """At which level and rate an order earns, and how long its goods may come back."""

    level: str
    rate_percent: Decimal
    return_window_days: int


def credit_orders(session: Session, written: Sequence[Written]) -> None:
    """Note the rate of each new order that a designer referred; one that now names another designer moves to them."""
    for each in _last_of_each(written):
        order = session.get_one(Order, each.row_id, with_for_update=True, populate_existing=True)
        note_rate(session, order)
        if each.change.kind == "update" and "designer_id" in each.change.fields:
            adjust_order(session, order, at_ms=each.at_ms)


def credit_payments(session: Session, written: Sequence[Written]) -> None:
    """Recognise the commission on each payment, in order."""
    payment_ids = ids_of(written)
    for position, each in enumerate(_last_of_each(written)):
        payment = session.get_one(Payment, each.row_id)
        credit_payment(session, payment, posted_at_ms=each.at_ms, not_yet=payment_ids[position + 1 :])


def credit_payment(
    session: Session, payment: Payment, *, posted_at_ms: int, not_yet: Collection[str] = ()
) -> int:
    """Recognise the commission on one payment, as if those that are `not_yet` posted had not come; what was posted."""
    order = session.get_one(Order, payment.order_id, with_for_update=True, populate_existing=True)
    cause = Cause(payment.id, payment.paid_at_ms, posted_at_ms, payment_id=payment.id)
    return _post_changes(session, order, cause, not_yet)


def commission_after_return(session: Session, returned: SaleReturn, *, posted_at_ms: int) -> int:
    """Reverse the commission on goods that came back, at the order's own rate; what was posted, zero or negative.

    Call it after the return is in the session, in the same transaction.
    """
    order = session.get_one(Order, returned.order_id, with_for_update=True, populate_existing=True)
    cause = Cause(returned.id, returned.returned_at_ms, posted_at_ms, return_id=returned.id)
    return _post_changes(session, order, cause)


def commission_if_returned(session: Session, order: Order, line_ids: Collection[str]) -> int:
    """What `commission_after_return` would post if these lines came back now; nothing is written."""
    entries = session.exec(select(CommissionEntry).where(CommissionEntry.order_id == order.id)).all()
    returned_fen = sum(line.net_fen for line in _products(session, order) if line.id in line_ids)
    return sum(
        change_after_return(
            lines_of(each for each in entries if each.designer_id == designer_id), returned_fen
        )
        for designer_id in sorted({entry.designer_id for entry in entries})
    )


def note_rate(session: Session, order: Order) -> None:
    """Write on an order at which rate it earns a commission, for those who preview its return.

    Refuses an order that names somebody who is no designer of the company (`RuleError("missing_reference")`).
    """
    _refuse_stranger(session, order)
    owner_id = owner_of(session, order)
    rate = None if owner_id is None else str(_terms(session, order, owner_id).rate_percent)
    if order.designer_rate_percent != rate:
        order.designer_rate_percent = rate
        session.flush()


def adjust_order(session: Session, order: Order, *, at_ms: int) -> None:
    """Bring an order's commissions in line with who owns it now: reversed for one designer, recognised for another."""
    note_rate(session, order)
    posted = select(func.count()).select_from(CommissionEntry).where(CommissionEntry.order_id == order.id)
    cause_id = derived_id("moved", order.id, owner_of(session, order) or "", str(session.exec(posted).one()))
    _post_changes(session, order, Cause(cause_id, at_ms, at_ms))


def owner_of(session: Session, order: Order) -> str | None:
    """The designer an order belongs to: the one it names, or the owner among those who claimed the client before the sale."""
    if order.designer_id is not None:
        return order.designer_id
    phone = session.exec(select(Customer.phone).where(Customer.id == order.customer_id)).first()
    if not phone:
        return None
    claims = select(Referral).where(
        Referral.company_id == order.company_id,
        Referral.phone == phone,
        col(Referral.claimed_at_ms) <= order.sold_at_ms,
    )
    owner = owner_among(claim_of(row) for row in session.exec(claims).all())
    return owner.designer_id if owner else None


def _post_changes(session: Session, order: Order, cause: Cause, not_yet: Collection[str] = ()) -> int:
    """Post what is missing for the order's owner and for whoever had it before; the sum of it."""
    owner_id = owner_of(session, order)
    entries = session.exec(select(CommissionEntry).where(CommissionEntry.order_id == order.id)).all()
    designer_ids = {entry.designer_id for entry in entries} | ({owner_id} if owner_id else set())
    sold = _sold(session, order, not_yet)
    nothing = _Sold(0, sold.fully_paid_at_ms)
    return sum(
        _post_change(
            session,
            order,
            designer_id,
            lines_of(entry for entry in entries if entry.designer_id == designer_id),
            sold if designer_id == owner_id else nothing,
            cause,
        )
        for designer_id in sorted(designer_ids)
    )


def _post_change(
    session: Session,
    order: Order,
    designer_id: str,
    lines: list[CommissionLine],
    sold: _Sold,
    cause: Cause,
) -> int:
    terms = _terms(session, order, designer_id)
    # Once recognised, an order keeps its rate: later versions of the levels do not reach back.
    rates = [line.rate_percent for line in lines if line.kind != CommissionKind.SETTLED]
    rate_percent = rates[0] if rates else terms.rate_percent
    performance_fen = sold.held_fen - sum(line.performance_fen for line in lines)
    amount_fen = commission_change(sold.held_fen, rate_percent, recognised_fen(lines))
    payable_ms = None
    if sold.fully_paid_at_ms is not None and all(line.payable_from_ms is None for line in lines):
        payable_ms = payable_from_ms(sold.fully_paid_at_ms, terms.return_window_days)
    entry_id = derived_id("commission", cause.id, designer_id)
    is_posted = session.get(CommissionEntry, entry_id) is not None
    if is_posted or (performance_fen == 0 and amount_fen == 0 and payable_ms is None):
        return 0
    session.add(
        CommissionEntry(
            id=entry_id,
            company_id=order.company_id,
            designer_id=designer_id,
            order_id=order.id,
            order_number=order.number,
            customer_id=order.customer_id,
            client_name=_client_name(session, order),
            kind=CommissionKind.REVERSAL if performance_fen < 0 else CommissionKind.RECOGNISED,
            amount_fen=amount_fen,
            performance_fen=performance_fen,
            year=counting_year(cause.occurred_at_ms, closed_through(session, designer_id)),
            level=terms.level,
            rate_percent=str(rate_percent),
            payment_id=cause.payment_id,
            return_id=cause.return_id,
            payable_from_ms=payable_ms,
            occurred_at_ms=cause.occurred_at_ms,
            posted_at_ms=cause.posted_at_ms,
        )
    )
    session.flush()
    return amount_fen


def _terms(session: Session, order: Order, designer_id: str) -> _Terms:
    rules = rules_in_force(session, order.company_id, order.sold_at_ms)
    level = rules.level(level_held(session, designer_id, fiscal_year(order.sold_at_ms), rules))
    return _Terms(level.name, level.rate_percent, rules.return_window_days)


def _sold(session: Session, order: Order, not_yet: Collection[str]) -> _Sold:
    """Part payments cover the products first; goods come back only from orders that are paid in full."""
    products = _products(session, order)
    returns = session.exec(select(SaleReturn).where(SaleReturn.order_id == order.id)).all()
    payments = session.exec(
        select(Payment).where(Payment.order_id == order.id, col(Payment.id).not_in(list(not_yet)))
    ).all()
    gone = {line_id for each in returns for line_id in each.line_ids}
    paid_fen = sum(payment.amount_fen for payment in payments)
    due = select(func.coalesce(func.sum(OrderLine.net_fen), 0)).where(OrderLine.order_id == order.id)
    held_fen = min(paid_fen, sum(line.net_fen for line in products))
    held_fen -= sum(line.net_fen for line in products if line.id in gone)
    is_paid = bool(payments) and paid_fen >= session.exec(due).one()
    return _Sold(held_fen, max(payment.paid_at_ms for payment in payments) if is_paid else None)


def _products(session: Session, order: Order) -> list[OrderLine]:
    lines = session.exec(select(OrderLine).where(OrderLine.order_id == order.id)).all()
    return [line for line in lines if line.kind == ProductKind.PRODUCT]


def _client_name(session: Session, order: Order) -> str:
    return session.exec(select(Customer.name).where(Customer.id == order.customer_id)).first() or ""


def _refuse_stranger(session: Session, order: Order) -> None:
    """A sale may only name a designer of the company (`RuleError("missing_reference")`)."""
    if order.designer_id is None:
        return
    designer = session.get(Designer, order.designer_id)
    if designer is None or designer.company_id != order.company_id:
        raise RuleError("missing_reference", table="sales_order", field="designer_id")


def _last_of_each(written: Sequence[Written]) -> list[Written]:
    """One for each row, as it was written last, in the order in which the rows were written first."""
    return list({each.row_id: each for each in written}.values())
