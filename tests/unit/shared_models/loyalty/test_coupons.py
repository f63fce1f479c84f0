"""A coupon takes something off, until a day that is still to come, and once (L-18)."""

import pytest

from shared_models.errors import RuleError
from shared_models.loyalty.coupons import KindOfCoupon, check_coupon, may_use, use
from shared_models.loyalty.tables import COUPON_TRANSITIONS, Coupon, CouponState

TODAY = "2026-09-21"


@pytest.mark.parametrize(("amount_fen", "valid_until"), [(1, None), (10_000, TODAY), (10_000, "2027-01-01")])
def test_a_coupon_may_end_today_or_never(amount_fen: int, valid_until: str | None) -> None:
    check_coupon(amount_fen, valid_until, TODAY)


@pytest.mark.parametrize(
    ("amount_fen", "valid_until", "code"),
    [
        (0, None, "coupon_amount"),
        (-1, None, "coupon_amount"),
        (100, "2026-09-20", "coupon_days"),
        (100, "September", "coupon_days"),
    ],
)
def test_a_coupon_that_makes_no_sense_is_refused(amount_fen: int, valid_until: str | None, code: str) -> None:
    with pytest.raises(RuleError, match=code):
        check_coupon(amount_fen, valid_until, TODAY)


@pytest.mark.parametrize(
    ("state", "valid_until", "may"),
    [
        (CouponState.ISSUED, None, True),
        (CouponState.ISSUED, TODAY, True),
        (CouponState.ISSUED, "2026-09-20", False),
        (CouponState.USED, None, False),
        (CouponState.EXPIRED, TODAY, False),
    ],
)
def test_a_coupon_is_used_once_and_through_its_last_day(
    state: CouponState, valid_until: str | None, may: bool
) -> None:
    coupon = Coupon(
        company_id="c", customer_id="k", amount_fen=1, issued_at_ms=0, state=state, valid_until=valid_until
    )
    assert may_use(coupon, TODAY) is may


def coupon_of(customer_id: str, state: str = CouponState.ISSUED) -> Coupon:
    return Coupon(
        company_id="c", customer_id=customer_id, amount_fen=1, issued_at_ms=0, state=state, valid_until=TODAY
    )


def test_a_coupon_that_is_used_names_its_order() -> None:
    coupon = use(coupon_of("kim"), customer_id="kim", order_id="o", today=TODAY)
    assert (coupon.state, coupon.order_id) == (CouponState.USED, "o")
    with pytest.raises(RuleError, match="coupon_gone"):
        use(coupon, customer_id="kim", order_id="other", today=TODAY)
    assert coupon.order_id == "o"


@pytest.mark.parametrize(
    "coupon", [None, coupon_of("lee"), coupon_of("kim", CouponState.EXPIRED)], ids=["none", "lee", "expired"]
)
def test_a_coupon_that_is_gone_or_somebody_elses_is_not_used(coupon: Coupon | None) -> None:
    with pytest.raises(RuleError, match="coupon_gone"):
        use(coupon, customer_id="kim", order_id="o", today=TODAY)
    assert coupon is None or coupon.order_id is None


def test_what_expired_overnight_may_turn_out_to_have_been_used_and_what_was_used_stays_so() -> None:
    assert COUPON_TRANSITIONS[CouponState.EXPIRED] == {CouponState.USED}
    assert COUPON_TRANSITIONS[CouponState.USED] == frozenset()


def test_of_a_kind_those_may_be_used_that_were_neither_used_nor_have_expired():
    kind = KindOfCoupon(100_00, "", None, issued=188, used=3, expired=15, latest_at_ms=1)
    assert kind.to_use == 170
