"""What this device may spend of a member's points without a network: its own unspent leases (R11)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from mobile.state.queries.customers import identifiers_of
from shared_models.errors import RuleError
from shared_models.loyalty.tables import Lease, LeaseEnd, LeaseState, Redemption
from shared_models.sales.tables import Order

TABLES = ("lease", "leaseend", "redemption", "sales_order")


@dataclass(frozen=True, slots=True)
class Unspent:
    """A lease of this device with what may still be spent under it, until `expires_at_ms` by the server's clock."""

    lease_id: str
    points: int
    expires_at_ms: int


def unspent_leases(session: Session, customer_id: str, now_ms: int) -> list[Unspent]:
    """The leases on a member that have points left and time, the one that ends first in front."""
    spent = spent_by_lease(session, customer_id)
    found = [
        Unspent(lease.id, lease.points - lease.released - spent.get(lease.id, 0), lease.expires_at_ms)
        for lease in open_leases(session, customer_id)
        if now_ms < lease.expires_at_ms
    ]
    left = [each for each in found if each.points > 0]
    return sorted(left, key=lambda each: (each.expires_at_ms, each.lease_id))


def spendable_points(session: Session, customer_id: str, now_ms: int) -> int:
    """All that may be spent here and now of a member's points."""
    return sum(each.points for each in unspent_leases(session, customer_id, now_ms))


def open_leases(session: Session, customer_id: str | None = None) -> list[Lease]:
    """The leases that neither the server nor this device has closed, of one member or of all."""
    ended = select(col(LeaseEnd.lease_id))
    chosen = select(Lease).where(col(Lease.state) == LeaseState.OPEN, col(Lease.id).not_in(ended))
    if customer_id is not None:
        chosen = chosen.where(col(Lease.customer_id).in_(identifiers_of(session, customer_id)))
    return list(session.scalars(chosen))


def spent_by_lease(session: Session, customer_id: str) -> dict[str, int]:
    """What this device knows to have been spent under each lease on a member, sent or not."""
    same = identifiers_of(session, customer_id)
    redeemed = select(col(Redemption.lease_points)).where(col(Redemption.customer_id).in_(same))
    offset = select(col(Order.lease_points)).where(
        col(Order.customer_id).in_(same), col(Order.offset_points) > 0
    )
    spent: dict[str, int] = {}
    for parts in (*session.scalars(redeemed), *session.scalars(offset)):
        for lease_id, points in parts.items():
            spent[lease_id] = spent.get(lease_id, 0) + points
    return spent


def leases_spent(session: Session) -> frozenset[str]:
    """The open leases that something was spent under."""
    return frozenset(
        lease.id for lease in open_leases(session) if spent_by_lease(session, lease.customer_id).get(lease.id)
    )


def share_out(points: int, unspent: Sequence[Unspent]) -> dict[str, int]:
    """How many of the points each lease gives, the one that ends first in front.

    Refuses more than they hold (`RuleError("lease")`).
    """
    spendable = sum(each.points for each in unspent)
    if not 0 <= points <= spendable:
        raise RuleError("lease", wanted=points, spendable=spendable)
    shares: dict[str, int] = {}
    for each in unspent:
        part = min(points - sum(shares.values()), each.points)
        if part > 0:
            shares[each.lease_id] = part
    return shares
