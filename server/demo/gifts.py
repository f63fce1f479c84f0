"""What the demo company gives for points, and what members have redeemed and not fetched yet."""

from dataclasses import replace
from typing import Any

from sqlmodel import Session, col, select

from server.demo.scene import COMPANY
from server.domain.loyalty.gifts import GiftTerms, change_gift, offer_gift
from server.domain.loyalty.redeeming import Wish, redeem_points
from shared_models.ids import derived_id
from shared_models.loyalty.tables import Activity, MemberAccount
from shared_models.moments import DAY_MS, day_bounds_ms, days_after, local_date
from shared_models.sales.tables import Customer, Order
from sync.hub.recorder import recording

GIFTS = (
    ("亚麻抱枕一对", 800, 158, 24, ""),
    ("黄铜台灯", 2_600, 499, 6, ""),
    ("羊毛地毯 1.6 米", 6_800, 1_280, 3, "S3"),
    ("胡桃木边几", 12_000, 2_380, 0, ""),
    ("上门软装设计一次", 18_000, 3_600, None, "S4"),
)
"""Name, points, worth in yuan, how many there are (None: no limit), lowest tier."""
_CHANGES: tuple[tuple[int, int, dict[str, Any]], ...] = (
    (1, -90, {"points": 2_900}),
    (1, -30, {}),
    (0, 21, {"points": 900, "value_fen": 16_800}),
)
"""Place of the gift, days from today, and what it says differently from then on."""
_FETCHED_LATER_DAYS = (12, 5, 2)
"""How long ago members redeemed what they have not fetched yet; a week is promised."""


def offer_gifts(session: Session, now_ms: int) -> None:
    """Put all of them on offer, as they were changed since and will be."""
    with recording(session, author="server", at_ms=now_ms):
        for place in range(len(GIFTS)):
            terms, at_ms = _terms(place), now_ms - 200 * DAY_MS
            offer_gift(session, COMPANY, terms, gift_id=_gift_id(place), now_ms=at_ms)
        for place, days, differs in _CHANGES:
            begins_at_ms = day_bounds_ms(days_after(local_date(now_ms), days))[0]
            terms = replace(_terms(place), **differs)
            at_ms = min(begins_at_ms, now_ms)
            change_gift(session, COMPANY, _gift_id(place), terms, now_ms=at_ms, begins_at_ms=begins_at_ms)
        session.add(
            Activity(
                id=derived_id(COMPANY, "demo", "activity", "check-in"),
                company_id=COMPANY,
                name="会员日到店打卡",
                points=100,
                cap=500,
            )
        )
    for days_ago, (customer_id, staff_id) in zip(_FETCHED_LATER_DAYS, _members(session), strict=False):
        at_ms = now_ms - days_ago * DAY_MS
        gift_id = _gift_id(days_ago % 2)
        redemption_id = derived_id(COMPANY, "demo", "redemption", str(days_ago))
        with recording(session, author="server", at_ms=at_ms):
            wish = Wish(
                customer_id, staff_id, gift_id=gift_id, redemption_id=redemption_id, is_handed_over=False
            )
            redeem_points(session, wish, now_ms=at_ms)


def _gift_id(place: int) -> str:
    return derived_id(COMPANY, "demo", "gift", GIFTS[place][0])


def _terms(place: int) -> GiftTerms:
    name, points, yuan, stock, min_tier = GIFTS[place]
    return GiftTerms(name, points, yuan * 100, stock, stock, min_tier)


def _members(session: Session) -> list[tuple[str, str]]:
    """Members with enough points and no debt, and who sold to them; the same on every machine."""
    held = (
        select(MemberAccount.customer_id, Order.staff_id)
        .join(Customer, col(Customer.id) == col(MemberAccount.customer_id))
        .join(Order, col(Order.customer_id) == col(MemberAccount.customer_id))
        .where(MemberAccount.company_id == COMPANY, MemberAccount.debt == 0)
        .where(MemberAccount.balance > GIFTS[1][1], col(MemberAccount.leased) == 0)
        .order_by(col(Customer.name), col(MemberAccount.customer_id), col(Order.sold_at_ms))
    )
    staff_of: dict[str, str] = {}
    for customer_id, staff_id in session.exec(held).all():
        staff_of.setdefault(customer_id, staff_id)
    return list(staff_of.items())
