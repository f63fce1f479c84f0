"""The points programme in figures: issue, use and expiry, coupons, what is outstanding, and what promotions moved (L-18)."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import literal_column
from sqlmodel import Session, col, func, select

from server.domain.figures.work import Period
from server.domain.ledger import rules_at
from shared_models.loyalty.offset import value_fen
from shared_models.loyalty.scheme import BonusKind, parse_rules
from shared_models.loyalty.tables import (
    Coupon,
    CouponState,
    EntryKind,
    MemberAccount,
    PointsEntry,
    Scheme,
)
from shared_models.office.programme import PointsFlow, Promotion, days_before
from shared_models.sales.tables import Order, SaleReturn

_ISSUED = frozenset({EntryKind.BASE, EntryKind.BONUS, EntryKind.ACTIVITY, EntryKind.OPENING})


@dataclass(frozen=True, slots=True)
class Coupons:
    """Orders of a period, how many of them had a coupon, and what the coupons took off.

    Of the coupons issued to customers in the period, how many have been used and have expired since.
    """

    orders: int
    with_coupon: int
    coupon_fen: int
    with_offset: int
    offset_fen: int
    issued: int
    used: int
    expired: int


@dataclass(frozen=True, slots=True)
class Outstanding:
    """What members hold now, and what that is worth when it pays for goods."""

    members: int
    points: int
    debt: int
    liability_fen: int


@dataclass(frozen=True, slots=True)
class PromotionFigures:
    """A promotion of a scheme that ran in a period: a window, or a campaign's code."""

    name: str
    kind: str
    orders: int
    promotion: Promotion


@dataclass(frozen=True, slots=True)
class Programme:
    """All figures of a period."""

    flow: PointsFlow
    coupons: Coupons
    outstanding: Outstanding
    promotions: list[PromotionFigures]


def programme_of(session: Session, company_id: str, period: Period, *, now_ms: int) -> Programme:
    """The figures of a company in a period; what is outstanding is as of now. Writes nothing."""
    return Programme(
        points_flow(session, company_id, period),
        _coupons(session, company_id, period),
        _outstanding(session, company_id, now_ms),
        _promotions(session, company_id, period),
    )


def points_flow(session: Session, company_id: str, period: Period) -> PointsFlow:
    """Points that came and went. What a cancelled redemption gave back counts as not used; repaid debt moves nothing."""
    # Written out: PostgreSQL takes two parameters, however equal, for two expressions to group by.
    is_credited = col(PointsEntry.points) > literal_column("0")
    sums = (
        select(PointsEntry.kind, is_credited, func.sum(PointsEntry.points))
        .where(PointsEntry.company_id == company_id)
        .where(PointsEntry.posted_at_ms >= period.from_ms, PointsEntry.posted_at_ms < period.to_ms)
        .group_by(col(PointsEntry.kind), is_credited)
    )
    issued = used = expired = taken_back = 0
    for kind, is_credit, points in session.exec(sums).all():
        amount = abs(int(points or 0))
        if kind in _ISSUED or (kind == EntryKind.ADJUST and is_credit):
            issued += amount
        elif kind == EntryKind.REDEEM:
            used += amount
        elif kind == EntryKind.EXPIRE:
            expired += amount
        elif kind == EntryKind.REVERSAL and is_credit:
            used -= amount
        elif kind in {EntryKind.REVERSAL, EntryKind.ADJUST}:
            taken_back += amount
    return PointsFlow(issued, max(0, used), expired, taken_back)


def _coupons(session: Session, company_id: str, period: Period) -> Coupons:
    orders = select(
        func.count(),
        func.coalesce(func.sum(Order.coupon_fen), 0),
        func.coalesce(func.sum(Order.offset_fen), 0),
    ).where(
        Order.company_id == company_id, Order.sold_at_ms >= period.from_ms, Order.sold_at_ms < period.to_ms
    )
    count, coupon_fen, offset_fen = session.exec(orders).one()
    with_coupon = session.exec(orders.where(Order.coupon_fen > 0)).one()[0]
    with_offset = session.exec(orders.where(Order.offset_points > 0)).one()[0]
    states = issued_coupons(session, company_id, period)
    return Coupons(
        int(count),
        int(with_coupon),
        int(coupon_fen),
        int(with_offset),
        int(offset_fen),
        issued=states.total(),
        used=states[CouponState.USED],
        expired=states[CouponState.EXPIRED],
    )


def issued_coupons(session: Session, company_id: str, period: Period) -> Counter[str]:
    """What has become of the coupons that were issued in a period."""
    states = (
        select(Coupon.state, func.count())
        .where(Coupon.company_id == company_id)
        .where(Coupon.issued_at_ms >= period.from_ms, Coupon.issued_at_ms < period.to_ms)
        .group_by(col(Coupon.state))
    )
    return Counter({state: int(count) for state, count in session.exec(states)})


def _outstanding(session: Session, company_id: str, now_ms: int) -> Outstanding:
    held = select(
        func.count(),
        func.coalesce(func.sum(MemberAccount.balance), 0),
        func.coalesce(func.sum(MemberAccount.debt), 0),
    ).where(MemberAccount.company_id == company_id)
    members, points, debt = session.exec(held).one()
    terms = rules_at(session, company_id, now_ms).offset
    return Outstanding(int(members), int(points), int(debt), value_fen(int(points), terms))


def _promotions(session: Session, company_id: str, period: Period) -> list[PromotionFigures]:
    """Windows that touch the period, once each, and the campaigns whose code orders of the period carry."""
    found: dict[tuple[str, int, int], PromotionFigures] = {}
    schemes = select(Scheme).where(Scheme.company_id == company_id).order_by(col(Scheme.version))
    for scheme in session.exec(schemes).all():
        for rule in parse_rules(scheme.rules).bonus:
            if rule.kind != BonusKind.WINDOW or rule.to_ms <= period.from_ms or rule.from_ms >= period.to_ms:
                continue
            window = Period(rule.from_ms, rule.to_ms)
            found[rule.id, rule.from_ms, rule.to_ms] = PromotionFigures(
                rule.id,
                rule.kind.value,
                _orders(session, company_id, window),
                _lift(session, company_id, window),
            )
    return [*found.values(), *_campaigns(session, company_id, period)]


def _campaigns(session: Session, company_id: str, period: Period) -> list[PromotionFigures]:
    """Each campaign from its first to its last order of the period, against as long a time before."""
    runs = (
        select(Order.campaign, func.min(Order.sold_at_ms), func.max(Order.sold_at_ms), func.count())
        .where(Order.company_id == company_id, Order.campaign != "")
        .where(Order.sold_at_ms >= period.from_ms, Order.sold_at_ms < period.to_ms)
        .group_by(col(Order.campaign))
        .order_by(col(Order.campaign))
    )
    return [
        PromotionFigures(
            campaign,
            BonusKind.CAMPAIGN.value,
            int(count),
            _lift(session, company_id, Period(int(first), int(last) + 1)),
        )
        for campaign, first, last, count in session.exec(runs).all()
    ]


def _lift(session: Session, company_id: str, window: Period) -> Promotion:
    before = Period(*days_before(window.from_ms, window.to_ms))
    return Promotion(sales_fen(session, company_id, window), sales_fen(session, company_id, before))


def _orders(session: Session, company_id: str, window: Period) -> int:
    count = select(func.count()).select_from(Order)
    return session.exec(
        count.where(
            Order.company_id == company_id,
            Order.sold_at_ms >= window.from_ms,
            Order.sold_at_ms < window.to_ms,
        )
    ).one()


def sales_fen(session: Session, company_id: str, window: Period) -> int:
    """Net product sales of the orders placed in a time, minus what was refunded of those very orders since."""
    of_window = (
        Order.company_id == company_id,
        Order.sold_at_ms >= window.from_ms,
        Order.sold_at_ms < window.to_ms,
    )
    sold = session.exec(select(func.coalesce(func.sum(Order.products_net_fen), 0)).where(*of_window)).one()
    refunds = func.coalesce(func.sum(SaleReturn.refund_fen + SaleReturn.withheld_fen), 0)
    back = session.exec(
        select(refunds).join(Order, col(Order.id) == col(SaleReturn.order_id)).where(*of_window)
    ).one()
    return int(sold) - int(back)
