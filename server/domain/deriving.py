"""What follows from a push, in the same transaction: every rule of the business that devices' writes set off.

Everything is derived from the facts by the pure rules in `shared_models`, under identifiers that depend on nothing but
those facts, so that deriving twice changes nothing.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session as AnySession
from sqlmodel import Session

from server.domain import follow_ups, points
from server.domain.designers import commissions, events, referrals
from server.domain.leads import assigning
from server.domain.loyalty import coupons, leases, members, redeeming
from server.domain.photos import parts
from server.domain.written import Rule, Written
from sync.hub import AppliedUnit

_RULES: tuple[tuple[str, Rule], ...] = (
    ("customer", members.settle_customers),
    ("orderline", points.cost),
    ("sales_order", points.spend),
    ("redemption", redeeming.settle_redemptions),
    ("coupon", coupons.settle_coupons),
    ("payment", points.earn),
    ("sales_order", commissions.credit_orders),
    ("payment", commissions.credit_payments),
    ("customer", referrals.link_customers),
    ("lead", referrals.link_leads),
    ("referral", referrals.claim),
    ("designerinvitation", events.check_invitations),
    ("lead", assigning.receive),
    ("leaseend", leases.end_leases),
    ("followup", follow_ups.reach),
    ("photo", parts.check),
)
"""Table by table, in the order in which a push that writes several is derived: a new member's first sale earns points."""

WATCHED = frozenset(table for table, _ in _RULES)
"""The tables whose changes have consequences; the engine derives nothing from units that write none of them."""


def derive(session: AnySession, units: Sequence[AppliedUnit]) -> None:
    """Write what the business's rules make of `units`; called by the sync engine after they were merged.

    Raises `RuleError`, as the rules do: then at least one of the units is to be refused whole.
    """
    if not isinstance(session, Session):
        raise TypeError("the server works with SQLModel sessions")
    changes = [(unit, change) for unit in units for change in unit.changes]
    deleted = {(change.table, change.row_id) for _, change in changes if change.kind == "del"}
    written: dict[str, list[Written]] = {}
    for unit, change in changes:
        table, row_id = change.table, change.row_id
        if (table, row_id) not in deleted:
            written.setdefault(table, []).append(Written(row_id, unit.at_ms, unit, change))
    for table, rule in _RULES:
        if table in written:
            rule(session, written[table])
            session.flush()
