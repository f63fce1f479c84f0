"""The coupons of a customer, and those that a sale can use now."""

from sqlalchemy import select
from sqlmodel import Session, col

from mobile.state.queries.customers import identifiers_of
from shared_models.loyalty.coupons import may_use
from shared_models.loyalty.tables import Coupon
from shared_models.moments import local_date

TABLES = ("coupon", "customer")


def coupons_of(session: Session, customer_id: str) -> list[Coupon]:
    """All that the customer ever got, the newest first."""
    own = select(Coupon).where(col(Coupon.customer_id).in_(identifiers_of(session, customer_id)))
    return list(session.scalars(own.order_by(col(Coupon.issued_at_ms).desc(), col(Coupon.id))))


def usable_coupons(session: Session, customer_id: str, now_ms: int) -> list[Coupon]:
    """Those that can be used today, the first to expire before the others."""
    today = local_date(now_ms)
    found = [coupon for coupon in coupons_of(session, customer_id) if may_use(coupon, today)]
    return sorted(found, key=lambda each: (each.valid_until is None, each.valid_until or "", each.id))
