"""Customers in a list: found by name, pinyin, initials or phone, and read a page at a time."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from mobile.state.queries.search import folded, matching
from shared_models.loyalty.tables import MemberAccount
from shared_models.sales.tables import Customer, Order, Payment

TABLES = ("customer", "memberaccount", "sales_order", "payment")


_COUNTS = col(Customer.merged_into).is_(None)
"""Only customers who did not turn out to be another one."""


class CustomerFilter(StrEnum):
    """What the chips above the list offer."""

    ALL = "all"
    MEMBERS = "members"
    PENDING = "pending"


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """What a row of the list shows; `tier` is empty and the points 0 until the server has opened an account."""

    id: str
    name: str
    phone: str
    member: bool
    tier: str
    balance: int


def customer_ids(
    session: Session, *, text: str, which: CustomerFilter, pending: Collection[str]
) -> list[str]:
    """The identifiers of all that match: best match first, then by the points they hold, then by name."""
    account = MemberAccount
    query = select(col(Customer.id)).where(_COUNTS)
    query = query.outerjoin(account, col(account.id) == col(Customer.id))
    if which == CustomerFilter.MEMBERS:
        query = query.where(col(Customer.enrolled_at_ms).is_not(None))
    elif which == CustomerFilter.PENDING:
        query = query.where(col(Customer.id).in_(pending))
    order: list[ColumnElement[object]] = []
    typed = folded(text)
    if typed:
        matches, best_first = matching(typed, col(Customer.name_key), col(Customer.phone))
        query = query.where(matches)
        order.append(best_first)
    query = query.order_by(
        *order, col(account.balance).desc().nulls_last(), col(Customer.name_key), col(Customer.id)
    )
    return list(session.scalars(query))


def customer_rows(session: Session, ids: Sequence[str]) -> list[CustomerRow]:
    """The rows of these identifiers, in their order; one that is gone is left out."""
    account = MemberAccount
    shown = (
        col(Customer.id),
        col(Customer.name),
        col(Customer.phone),
        col(Customer.enrolled_at_ms),
        col(account.tier),
        col(account.balance),
    )
    query = (
        select(*shown)
        .outerjoin(account, col(account.id) == col(Customer.id))
        .where(col(Customer.id).in_(ids))
    )
    found = {
        row[0]: CustomerRow(row[0], row[1], row[2], row[3] is not None, row[4] or "", row[5] or 0)
        for row in session.execute(query)
    }
    return [found[customer_id] for customer_id in ids if customer_id in found]


def names_of(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """The names of these customers, as far as this device has them."""
    found = session.execute(select(col(Customer.id), col(Customer.name)).where(col(Customer.id).in_(ids)))
    return {row[0]: row[1] for row in found}


def customers_with(
    session: Session, *, customers: Collection[str], orders: Collection[str], payments: Collection[str]
) -> frozenset[str]:
    """The customers that these rows are about: themselves, the buyers of the orders, those who made the payments."""
    buyers = select(col(Order.customer_id))
    of_orders = session.scalars(buyers.where(col(Order.id).in_(orders)))
    of_payments = session.scalars(
        buyers.join(Payment, col(Payment.order_id) == col(Order.id)).where(col(Payment.id).in_(payments))
    )
    return frozenset(customers) | frozenset(of_orders) | frozenset(of_payments)


def customers_by_phone(session: Session, digits: str, limit: int = 4) -> list[CustomerRow]:
    """Customers whose number contains these digits, those whose number ends with them first."""
    query = select(col(Customer.id)).where(_COUNTS)
    matches, best_first = matching(digits, col(Customer.name_key), col(Customer.phone))
    return customer_rows(
        session, list(session.scalars(query.where(matches).order_by(best_first).limit(limit)))
    )


def customer_with_phone(session: Session, phone: str) -> Customer | None:
    """The customer with exactly this normalised number (R19)."""
    same = select(Customer).where(col(Customer.phone) == phone, _COUNTS)
    return session.scalars(same.order_by(col(Customer.id)).limit(1)).first() if phone else None


def customer_meant(session: Session, customer_id: str) -> Customer | None:
    """The customer that an identifier means: the row itself, or the one it turned out to be the same as (R19)."""
    customer = session.get(Customer, customer_id)
    if customer is None or customer.merged_into is None:
        return customer
    return session.get(Customer, customer.merged_into)


def identifiers_of(session: Session, customer_id: str) -> list[str]:
    """Every identifier of this customer: their own, and those that turned out to mean the same person."""
    merged = select(col(Customer.id)).where(col(Customer.merged_into) == customer_id)
    return [customer_id, *session.scalars(merged)]
