"""Coupons at the server: issuing them, noting in which order each was used, and letting them expire (L-18)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, func, or_, select

from server.domain.written import Written
from shared_models.errors import RuleError
from shared_models.ids import derived_id
from shared_models.loyalty.coupons import check_coupon, use
from shared_models.loyalty.tables import Coupon, CouponState, MemberAccount
from shared_models.moments import local_date
from shared_models.sales.tables import Customer, Order

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Issue:
    """Coupons that are issued together; the same `issue_id` again issues none twice."""

    issue_id: str
    company_id: str
    amount_fen: int
    valid_until: str | None
    campaign: str
    staff_id: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What issuing would do: how many get a coupon, have theirs by this very issue, or hold another one to use."""

    issued: int
    already: int
    holding: int
    amount_fen: int
    """What all of the new coupons take off together."""


def issue(session: Session, wanted: Issue, customer_ids: Sequence[str], *, now_ms: int) -> int:
    """One coupon for each customer; how many have one by this issue now.

    Refuses what `check_coupon` refuses, and a stranger (`RuleError("unknown")`).
    """
    coupon_ids = _coupon_ids(session, wanted, customer_ids, now_ms)
    have = _those_with(session, coupon_ids)
    session.add_all(
        Coupon(
            id=coupon_id,
            company_id=wanted.company_id,
            customer_id=customer_id,
            campaign=wanted.campaign.strip(),
            amount_fen=wanted.amount_fen,
            valid_until=wanted.valid_until,
            issued_by=wanted.staff_id,
            issued_at_ms=now_ms,
        )
        for coupon_id, customer_id in coupon_ids.items()
        if coupon_id not in have
    )
    session.flush()
    return len(coupon_ids)


def outlook(session: Session, wanted: Issue, customer_ids: Sequence[str], *, now_ms: int) -> Outlook:
    """What `issue` would do, which refuses the same. Writes nothing."""
    coupon_ids = _coupon_ids(session, wanted, customer_ids, now_ms)
    have = _those_with(session, coupon_ids)
    new = [customer_id for coupon_id, customer_id in coupon_ids.items() if coupon_id not in have]
    holding = _holders(session, new, local_date(now_ms))
    return Outlook(len(new), len(have), holding, len(new) * wanted.amount_fen)


def members_of_tier(session: Session, company_id: str, tier: str) -> list[str]:
    """The members who are in this tier now."""
    chosen = select(MemberAccount.customer_id).where(
        MemberAccount.company_id == company_id, MemberAccount.tier == tier
    )
    return list(session.exec(chosen.order_by(col(MemberAccount.customer_id))))


def use_coupon(session: Session, coupon_id: str, customer_id: str, order_id: str, *, now_ms: int) -> Coupon:
    """Note that an order of the customer uses the coupon, which nobody else can use until the transaction ends.

    Refuses what `coupons.use` refuses.
    """
    coupon = session.get(Coupon, coupon_id, with_for_update=True, populate_existing=True)
    coupon = use(coupon, customer_id=customer_id, order_id=order_id, today=local_date(now_ms))
    coupon.settled_at_ms = now_ms
    return coupon


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


def _coupon_ids(session: Session, wanted: Issue, customer_ids: Sequence[str], now_ms: int) -> dict[str, str]:
    """The customer of each coupon by its identifier, which follows from the issue: issued again it is the same."""
    check_coupon(wanted.amount_fen, wanted.valid_until, local_date(now_ms))
    meant: dict[str, str] = {}
    for chunk in _chunks(list(dict.fromkeys(customer_ids))):
        known = select(Customer.id, Customer.merged_into).where(
            Customer.company_id == wanted.company_id, col(Customer.id).in_(chunk)
        )
        meant |= {row_id: merged_into or row_id for row_id, merged_into in session.exec(known)}
        for customer_id in chunk:
            if customer_id not in meant:
                raise RuleError("unknown", id=customer_id)
    return {
        derived_id("coupon", wanted.issue_id, customer_id): customer_id
        for customer_id in dict.fromkeys(meant.values())
    }


def _those_with(session: Session, coupon_ids: dict[str, str]) -> set[str]:
    found: set[str] = set()
    for chunk in _chunks(list(coupon_ids)):
        found.update(session.exec(select(Coupon.id).where(col(Coupon.id).in_(chunk))))
    return found


def _holders(session: Session, customer_ids: Sequence[str], today: str) -> int:
    """How many of these customers have a coupon that they can use."""
    usable = select(func.count(func.distinct(col(Coupon.customer_id)))).where(
        Coupon.state == CouponState.ISSUED,
        or_(col(Coupon.valid_until).is_(None), col(Coupon.valid_until) >= today),
    )
    return sum(
        session.exec(usable.where(col(Coupon.customer_id).in_(chunk))).one()
        for chunk in _chunks(customer_ids)
    )


def _chunks(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(ids), _CHUNK):
        yield ids[at : at + _CHUNK]
