"""Coupons at the server: issuing them, noting in which order each was used, and letting them expire (L-18)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from server.domain.loyalty.uniting import customer_of
from server.domain.written import Written
from shared_models.errors import RuleError
from shared_models.ids import derived_id
from shared_models.loyalty.coupons import check_coupon
from shared_models.loyalty.tables import Coupon, CouponState, MemberAccount
from shared_models.moments import local_date
from shared_models.sales.tables import Order


@dataclass(frozen=True, slots=True)
class Issue:
    """Coupons that are issued together; the same `issue_id` again issues none twice."""

    issue_id: str
    company_id: str
    amount_fen: int
    valid_until: str | None
    campaign: str
    staff_id: str


def issue(session: Session, wanted: Issue, customer_ids: Sequence[str], *, now_ms: int) -> list[Coupon]:
    """One coupon for each customer. Refuses what `check_coupon` refuses, and a stranger (`RuleError("unknown")`)."""
    check_coupon(wanted.amount_fen, wanted.valid_until, local_date(now_ms))
    return [_issued(session, wanted, customer_id, now_ms) for customer_id in dict.fromkeys(customer_ids)]


def members_of_tier(session: Session, company_id: str, tier: str) -> list[str]:
    """The members who are in this tier now."""
    chosen = select(MemberAccount.customer_id).where(
        MemberAccount.company_id == company_id, MemberAccount.tier == tier
    )
    return list(session.exec(chosen.order_by(col(MemberAccount.customer_id))))


def settle_coupons(session: Session, written: Sequence[Written]) -> None:
    """Note when a coupon was used. Refuses one of another customer than the order's (`RuleError("coupon_other")`)."""
    for each in written:
        coupon = session.get_one(Coupon, each.row_id)
        if coupon.state != CouponState.USED:
            continue
        order = session.get(Order, coupon.order_id) if coupon.order_id else None
        if order is None or order.customer_id != coupon.customer_id:
            raise RuleError("coupon_other")
        coupon.settled_at_ms = order.sold_at_ms


def expire_coupons(session: Session, now_ms: int) -> int:
    """Let those expire whose last day has passed; how many. Doing it again does nothing."""
    passed = select(Coupon).where(
        Coupon.state == CouponState.ISSUED, col(Coupon.valid_until) < local_date(now_ms)
    )
    coupons = session.exec(passed.order_by(col(Coupon.id))).all()
    for coupon in coupons:
        coupon.state, coupon.settled_at_ms = CouponState.EXPIRED.value, now_ms
    session.flush()
    return len(coupons)


def _issued(session: Session, wanted: Issue, customer_id: str, now_ms: int) -> Coupon:
    customer = customer_of(session, customer_id)
    if customer is None or customer.company_id != wanted.company_id:
        raise RuleError("unknown", id=customer_id)
    coupon_id = derived_id("coupon", wanted.issue_id, customer.id)
    coupon = session.get(Coupon, coupon_id)
    if coupon is None:
        coupon = Coupon(
            id=coupon_id,
            company_id=wanted.company_id,
            customer_id=customer.id,
            campaign=wanted.campaign.strip(),
            amount_fen=wanted.amount_fen,
            valid_until=wanted.valid_until,
            issued_by=wanted.staff_id,
            issued_at_ms=now_ms,
        )
        session.add(coupon)
        session.flush()
    return coupon
