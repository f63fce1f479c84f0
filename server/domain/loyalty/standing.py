"""How a member stands right now, for whoever asks online."""

from dataclasses import dataclass

from sqlmodel import Session, func, select

from server.domain.ledger import account_of, rules_at
from server.domain.loyalty.books import expired_leases
from server.domain.loyalty.uniting import customer_of
from shared_models.loyalty.account import Account
from shared_models.loyalty.ledger import end_lease
from shared_models.loyalty.tables import MemberAccount, Redemption, RedemptionState
from shared_models.loyalty.tiers import points_to_next, tier_for
from shared_models.moments import local_date
from shared_models.sales.tables import Order


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member holds, and may spend at the server. `to_next` is None at the top."""

    customer_id: str
    balance: int
    available: int
    leased: int
    debt: int
    growth: int
    tier: str
    to_next: int | None
    orders: int
    redemptions: int


def standing_of(session: Session, customer_id: str, now_ms: int) -> Standing | None:
    """A customer's standing by either identifier; None when there is none. Leases whose time is up count as ended."""
    customer = customer_of(session, customer_id)
    if customer is None:
        return None
    member = session.get(MemberAccount, customer.id)
    account = _account_now(session, member, now_ms) if member else Account()
    tiers = rules_at(session, customer.company_id, now_ms).tiers
    of_customer = Redemption.customer_id == customer.id, Redemption.state != RedemptionState.CANCELLED
    return Standing(
        customer_id=customer.id,
        balance=account.balance,
        available=account.spendable_on(local_date(now_ms)),
        leased=account.leased,
        debt=account.debt,
        growth=account.growth,
        tier=tier_for(account.growth, tiers).name,
        to_next=points_to_next(account.growth, tiers),
        orders=session.exec(
            select(func.count()).select_from(Order).where(Order.customer_id == customer.id)
        ).one(),
        redemptions=session.exec(select(func.count()).select_from(Redemption).where(*of_customer)).one(),
    )


def _account_now(session: Session, member: MemberAccount, now_ms: int) -> Account:
    account = account_of(session, member)
    for lease in expired_leases(session, member.customer_id, now_ms):
        account = end_lease(account, lease.outstanding, at_ms=lease.expires_at_ms).account
    return account
