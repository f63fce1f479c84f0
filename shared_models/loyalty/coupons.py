"""Coupons: an amount off one sale of one customer, until a day (L-18, M-03)."""

from dataclasses import dataclass

from shared_models.errors import RuleError
from shared_models.loyalty.tables import Coupon, CouponState
from shared_models.moments import day_bounds_ms


@dataclass(frozen=True, slots=True)
class KindOfCoupon:
    """Coupons of one amount, one campaign and one last day (None: without): how many were issued, and what became of them."""

    amount_fen: int
    campaign: str
    valid_until: str | None
    issued: int
    used: int
    expired: int
    latest_at_ms: int
    """When the latest of them was issued."""

    @property
    def to_use(self) -> int:
        """How many may still be used."""
        return self.issued - self.used - self.expired


@dataclass(frozen=True, slots=True)
class CouponHolder:
    """Who got a coupon when, by whom, and what became of it."""

    coupon_id: str
    customer_id: str
    customer: str
    state: str
    issued_at_ms: int
    settled_at_ms: int | None
    issued_by: str
    """The name of who issued it."""


def check_coupon(amount_fen: int, valid_until: str | None, today: str) -> None:
    """Refuse a coupon that makes no sense.

    `RuleError("coupon_amount")` for nothing off, `"coupon_days"` for a last day that is none or has passed.
    """
    if amount_fen <= 0:
        raise RuleError("coupon_amount")
    if valid_until is None:
        return
    try:
        day_bounds_ms(valid_until)
    except ValueError:
        raise RuleError("coupon_days") from None
    if valid_until < today:
        raise RuleError("coupon_days")


def may_use(coupon: Coupon, today: str) -> bool:
    """Whether it can still be used on this local date, its last day included."""
    return coupon.state == CouponState.ISSUED and not has_passed(coupon.valid_until, today)


def use(coupon: Coupon | None, *, customer_id: str, order_id: str, today: str) -> Coupon:
    """Note that an order of this customer uses the coupon, whose amount it takes off; used once.

    Refuses one that there is not, that is somebody else's, or that was used or has expired (`RuleError("coupon_gone")`).
    """
    if coupon is None or coupon.customer_id != customer_id or not may_use(coupon, today):
        raise RuleError("coupon_gone")
    coupon.state, coupon.order_id = CouponState.USED.value, order_id
    return coupon


def has_passed(valid_until: str | None, today: str) -> bool:
    """Whether the last day is over."""
    return valid_until is not None and valid_until < today
