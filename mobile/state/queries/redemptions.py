"""Gifts and their redemptions as the counter and the back office see them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from mobile.state.queries.gifts import gifts_now, left_here, taken_here, versions_of
from shared_models.loyalty.gifts import Terms, is_hand_over_overdue, is_offered
from shared_models.loyalty.tables import Gift, GiftVersion, Redemption, RedemptionState
from shared_models.moments import local_date
from shared_models.people.tables import Staff
from shared_models.sales.tables import Customer
from sync.device.outbox import Unit

TABLES = ("gift", "giftversion", "redemption", "customer", "staff", "scheme")
_LATEST = 20


@dataclass(frozen=True, slots=True)
class RedemptionItem:
    """A redemption: whose, of what, and whether it should have been handed over by now."""

    redemption: Redemption
    customer: str
    what: str
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class GiftItem:
    """A gift with what holds for it now, what is left of it here, and how many are promised and not handed over."""

    gift: Gift
    terms: Terms
    left: int | None
    reserved: int
    is_offered: bool


@dataclass(frozen=True, slots=True)
class GiftRecord:
    """A gift, its versions from the newest on, and who redeemed it last."""

    item: GiftItem
    versions: tuple[GiftVersion, ...]
    latest: tuple[RedemptionItem, ...]
    redeemed: int


@dataclass(frozen=True, slots=True)
class RedemptionRecord:
    """A redemption and the people it concerns; a member who redeemed it themselves is no colleague."""

    item: RedemptionItem
    version: GiftVersion | None
    """The version of the gift that it was judged by."""
    made_by: str
    handed_over_by: str


def hand_overs(session: Session, now_ms: int) -> list[RedemptionItem]:
    """What is still to be handed over: the longest overdue first, then by when it is due."""
    waiting = col(Redemption.state) == RedemptionState.RESERVED
    found = _items(session, waiting, now_ms)
    return sorted(found, key=lambda item: (item.redemption.due_at_ms or now_ms, item.redemption.id))


def gift_items(session: Session, pending: Sequence[Unit], now_ms: int) -> list[GiftItem]:
    """All gifts, those on offer first, then by their price."""
    taken, reserved = taken_here(pending), _reserved(session)
    today = local_date(now_ms)
    items = [
        GiftItem(gift, terms, left_here(gift, taken), reserved.get(gift.id, 0), is_offered(terms, today))
        for gift, terms in gifts_now(session, now_ms)
    ]
    return sorted(items, key=lambda item: not item.is_offered)


def gift_record(session: Session, gift_id: str, pending: Sequence[Unit], now_ms: int) -> GiftRecord | None:
    """A gift with its latest redemptions; None for one that this device does not have."""
    item = next((each for each in gift_items(session, pending, now_ms) if each.gift.id == gift_id), None)
    if item is None:
        return None
    of_gift = col(Redemption.gift_id) == gift_id
    count = select(func.count()).where(of_gift, col(Redemption.state) != RedemptionState.CANCELLED)
    return GiftRecord(
        item,
        tuple(versions_of(session, gift_id)),
        tuple(_items(session, of_gift, now_ms, _LATEST)),
        int(session.scalar(count) or 0),
    )


def redemption_record(session: Session, redemption_id: str, now_ms: int) -> RedemptionRecord | None:
    """A redemption; None for one that this device does not have."""
    found = _items(session, col(Redemption.id) == redemption_id, now_ms)
    if not found:
        return None
    redemption = found[0].redemption
    version = session.get(GiftVersion, redemption.gift_version_id) if redemption.gift_version_id else None
    return RedemptionRecord(
        found[0], version, _name(session, redemption.staff_id), _name(session, redemption.handed_over_by)
    )


def _items(
    session: Session, chosen: ColumnElement[bool], now_ms: int, limit: int | None = None
) -> list[RedemptionItem]:
    query = (
        select(Redemption, col(Customer.name), func.coalesce(col(GiftVersion.name), col(Gift.name)))
        .join(Customer, col(Customer.id) == col(Redemption.customer_id), isouter=True)
        .join(Gift, col(Gift.id) == col(Redemption.gift_id), isouter=True)
        .join(GiftVersion, col(GiftVersion.id) == col(Redemption.gift_version_id), isouter=True)
        .where(chosen)
        .order_by(col(Redemption.redeemed_at_ms).desc(), col(Redemption.id))
        .limit(limit)
    )
    return [
        RedemptionItem(
            redemption,
            customer or "",
            gift or redemption.note,
            is_hand_over_overdue(redemption.state, redemption.due_at_ms, now_ms),
        )
        for redemption, customer, gift in session.execute(query)
    ]


def _reserved(session: Session) -> dict[str, int]:
    waiting = select(col(Redemption.gift_id), func.count()).where(
        col(Redemption.state) == RedemptionState.RESERVED, col(Redemption.gift_id).is_not(None)
    )
    return {str(gift_id): int(n) for gift_id, n in session.execute(waiting.group_by(col(Redemption.gift_id)))}


def _name(session: Session, staff_id: str | None) -> str:
    person = session.get(Staff, staff_id) if staff_id else None
    return person.name if person else ""
