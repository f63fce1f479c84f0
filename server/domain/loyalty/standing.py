"""How a member stands right now, for whoever asks online."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sql
from sqlmodel import Session, col, func, select

from server.domain.ledger import rules_at
from server.domain.loyalty.books import expired_leases
from shared_models.loyalty.account import Account, Lot
from shared_models.loyalty.ledger import end_lease
from shared_models.loyalty.tables import MemberAccount, PointsLot, Redemption, RedemptionState
from shared_models.loyalty.tiers import counted_for_tiers, missing_to_next, tier_for
from shared_models.moments import local_date
from shared_models.sales.tables import Customer, Order


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member holds, and may spend at the server.

    `to_next` is None at the top, else growth or fen, as `tier_basis` says (T-04).
    """

    customer_id: str
    balance: int
    available: int
    leased: int
    debt: int
    growth: int
    tier: str
    to_next: int | None
    tier_basis: str
    spent_fen: int
    orders: int
    redemptions: int


def standing_of(session: Session, customer_id: str, now_ms: int) -> Standing | None:
    """A customer's standing by either identifier; None when there is none. Leases whose time is up count as ended.

    Three short statements along indexes, a fourth for somebody with points set aside.
    """
    found = _about(session, customer_id)
    if found is None:
        return None
    account = _account_now(session, found, now_ms)
    rules, spent_fen = rules_at(session, found.company_id, now_ms), found.spent_fen or 0
    counted = counted_for_tiers(rules, growth=account.growth, spent_fen=spent_fen)
    return Standing(
        customer_id=found.id,
        balance=account.balance,
        available=account.spendable_on(local_date(now_ms)),
        leased=account.leased,
        debt=account.debt,
        growth=account.growth,
        tier=tier_for(counted, rules.tiers).name,
        to_next=missing_to_next(counted, rules.tiers),
        tier_basis=rules.tier_basis,
        spent_fen=spent_fen,
        orders=found.orders,
        redemptions=found.redemptions,
    )


class _About(NamedTuple):
    """What is stored of a customer; the figures are None for one who is no member."""

    id: str
    company_id: str
    merged_into: str | None
    debt: int | None
    growth: int | None
    leased: int | None
    spent_fen: int | None
    orders: int
    redemptions: int


_ORDERS = select(func.count()).select_from(Order).where(Order.customer_id == Customer.id).scalar_subquery()
_REDEMPTIONS = (
    select(func.count())
    .select_from(Redemption)
    .where(Redemption.customer_id == Customer.id, Redemption.state != RedemptionState.CANCELLED)
    .scalar_subquery()
)
_ABOUT: Any = (
    sql.select(
        *(col(each) for each in (Customer.id, Customer.company_id, Customer.merged_into)),
        *(col(each) for each in (MemberAccount.debt, MemberAccount.growth, MemberAccount.leased)),
        col(MemberAccount.spent_fen),
        _ORDERS,
        _REDEMPTIONS,
    )
    .join(MemberAccount, col(MemberAccount.id) == col(Customer.id), isouter=True)
    .where(col(Customer.id) == sql.bindparam("customer_id"))
)
_LOTS: Any = (
    sql.select(
        *(col(each) for each in (PointsLot.id, PointsLot.earned, PointsLot.remaining)),
        *(col(each) for each in (PointsLot.earned_at_ms, PointsLot.expires_on, PointsLot.order_id)),
    )
    .where(col(PointsLot.customer_id) == sql.bindparam("customer_id"))
    .order_by(col(PointsLot.earned_at_ms), col(PointsLot.id))
)


def _about(session: Session, customer_id: str) -> _About | None:
    """The customer that an identifier means: the row itself, or the one that it turned out to be."""
    row = session.execute(_ABOUT, {"customer_id": customer_id}).first()
    if row is None:
        return None
    found = _About(*row)
    return _about(session, found.merged_into) if found.merged_into else found


def _account_now(session: Session, found: _About, now_ms: int) -> Account:
    if found.debt is None or found.growth is None or found.leased is None:
        return Account()
    lots = tuple(Lot(*row) for row in session.execute(_LOTS, {"customer_id": found.id}))
    account = Account(lots, found.debt, found.growth, found.leased)
    for lease in expired_leases(session, found.id, now_ms) if found.leased else ():
        account = end_lease(account, lease.outstanding, at_ms=lease.expires_at_ms).account
    return account
