"""A member's figures on this device: as of the last sync, with its own pending work on top."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from mobile.state.queries import leases, pending_points
from mobile.state.queries.customers import customer_meant, identifiers_of
from mobile.state.queries.pending_points import account_forecast
from mobile.state.queries.schemes import rules_of, scheme_in_force
from shared_models.loyalty.tables import Redemption, RedemptionState
from shared_models.loyalty.tiers import counted_for_tiers, missing_to_next, tier_for
from shared_models.sales.tables import Order
from sync.device.outbox import Unit

TABLES = (*pending_points.TABLES, *leases.TABLES, "scheme")


@dataclass(frozen=True, slots=True)
class MemberFigures:
    """What this device shows of a member. `available` is what it may spend itself.

    `to_next` is growth or fen, by the scheme's basis, and None at the top; `counted` is what the scheme counts of them.
    `leased` is what it knows to be set aside, for itself and for others.
    """

    customer_id: str
    balance: int
    available: int
    leased: int
    debt: int
    growth: int
    spent_fen: int
    counted: int
    tier: str
    to_next: int | None
    orders: int
    redemptions: int
    as_of_ms: int | None
    """The last whole sync, by the server's clock."""


def member_figures(
    session: Session,
    customer_id: str,
    pending: Sequence[Unit],
    *,
    now_ms: int,
    lease_now_ms: int,
    as_of_ms: int | None,
) -> MemberFigures | None:
    """The figures of a customer by either identifier; None when this device has none. See `points_actions.figures`."""
    customer = customer_meant(session, customer_id)
    if customer is None:
        return None
    forecast = account_forecast(session, customer.id, pending)
    account, rules = forecast.account, rules_of(scheme_in_force(session, now_ms))
    counted = counted_for_tiers(rules, growth=account.growth, spent_fen=forecast.spent_fen)
    same = identifiers_of(session, customer.id)
    orders = select(func.count()).where(col(Order.customer_id).in_(same))
    redeemed = select(func.count()).where(
        col(Redemption.customer_id).in_(same), col(Redemption.state) != RedemptionState.CANCELLED
    )
    return MemberFigures(
        customer_id=customer.id,
        balance=account.balance,
        available=leases.spendable_points(session, customer.id, lease_now_ms),
        leased=account.leased,
        debt=account.debt,
        growth=account.growth,
        spent_fen=forecast.spent_fen,
        counted=counted,
        tier=tier_for(counted, rules.tiers).name,
        to_next=missing_to_next(counted, rules.tiers),
        orders=int(session.scalar(orders) or 0),
        redemptions=int(session.scalar(redeemed) or 0),
        as_of_ms=as_of_ms,
    )
