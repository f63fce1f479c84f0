"""What has been issued so far, kind by kind: coupons of one amount, one campaign and one last day (L-18)."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, case, col, func, or_, select

from shared_models.loyalty.coupons import CouponHolder, KindOfCoupon
from shared_models.loyalty.tables import Coupon, CouponState
from shared_models.people.access import BACK_OFFICE
from shared_models.people.tables import Staff
from shared_models.sales.tables import Customer

_MOST = 500
"""Kinds and coupons that are shown at most, the latest."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What coupons that are alike take off, until when, and for which campaign; None is without a last day."""

    amount_fen: int
    campaign: str
    valid_until: str | None


def kinds_of_coupon(session: Session, staff: Staff) -> list[KindOfCoupon]:
    """Every kind that members of the company, or of the manager's store, ever got; the latest issued first."""
    latest = func.max(Coupon.issued_at_ms)
    alike = (col(Coupon.amount_fen), col(Coupon.campaign), col(Coupon.valid_until))
    used, expired = _count_of(CouponState.USED), _count_of(CouponState.EXPIRED)
    columns: tuple[Any, ...] = (*alike, func.count(), used, expired, latest)
    kinds = (
        select(*columns)
        .join(Customer, col(Customer.id) == col(Coupon.customer_id))
        .where(_within(staff))
        .group_by(*alike)
        .order_by(latest.desc(), col(Coupon.amount_fen))
    )
    return [
        KindOfCoupon(amount_fen, campaign, valid_until, issued, int(used), int(expired), at_ms)
        for amount_fen, campaign, valid_until, issued, used, expired, at_ms in session.exec(
            kinds.limit(_MOST)
        )
    ]


def latest_of(session: Session, staff: Staff, kind: Kind, most: int) -> list[CouponHolder]:
    """Who got a coupon of the kind, the latest first."""
    chosen = (
        select(Coupon, Customer.name, Staff.name)
        .join(Customer, col(Customer.id) == col(Coupon.customer_id))
        .join(Staff, col(Staff.id) == col(Coupon.issued_by), isouter=True)
        .where(_within(staff), Coupon.amount_fen == kind.amount_fen, Coupon.campaign == kind.campaign)
        .where(Coupon.valid_until == kind.valid_until)
        .order_by(col(Coupon.issued_at_ms).desc(), col(Coupon.id))
    )
    return [
        CouponHolder(
            coupon.id,
            coupon.customer_id,
            name,
            coupon.state,
            coupon.issued_at_ms,
            coupon.settled_at_ms,
            issuer or "",
        )
        for coupon, name, issuer in session.exec(chosen.limit(min(most, _MOST)))
    ]


def _within(staff: Staff) -> ColumnElement[bool]:
    """The coupons that somebody in charge sees: the company's, or those of the own store's customers and their own."""
    if staff.role in BACK_OFFICE:
        return col(Coupon.company_id) == staff.company_id
    return or_(col(Customer.store_id) == staff.store_id, col(Coupon.issued_by) == staff.id)


def _count_of(state: CouponState) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((col(Coupon.state) == state, 1), else_=0)), 0)
