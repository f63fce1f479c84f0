"""The gifts on offer, and what keeps a member from having one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from shared_models.loyalty.gifts import Terms, gift_refusal, version_at
from shared_models.loyalty.scheme import Tier
from shared_models.loyalty.tables import Gift, GiftVersion
from shared_models.moments import local_date
from sync.device.outbox import Unit

TABLES = ("gift", "giftversion", "redemption")


@dataclass(frozen=True, slots=True)
class GiftOffer:
    """A gift and what holds for it now; `refusal` is the code of what keeps the member from it but points, or empty.

    `left` is its stock as last synced minus what this device has redeemed since; None is without limit.
    """

    gift: Gift
    terms: Terms
    refusal: str
    left: int | None


def gift_offers(
    session: Session, counted: int, tiers: Sequence[Tier], pending: Sequence[Unit], now_ms: int
) -> list[GiftOffer]:
    """All that is offered today, the cheapest first; `counted` is what the scheme counts of the member."""
    taken, today = taken_here(pending), local_date(now_ms)
    offers = []
    for gift, terms in gifts_now(session, now_ms):
        left = left_here(gift, taken)
        refusal = gift_refusal(terms, left=left, counted=counted, tiers=tiers, today=today)
        if refusal != "unknown":
            offers.append(GiftOffer(gift, terms, refusal, left))
    return offers


def gifts_now(session: Session, at_ms: int) -> list[tuple[Gift, Terms]]:
    """All gifts with what holds for each at a moment, the cheapest first."""
    versions: dict[str, list[GiftVersion]] = {}
    for version in session.scalars(select(GiftVersion)):
        versions.setdefault(version.gift_id, []).append(version)
    found = [
        (gift, version_at(versions.get(gift.id, ()), at_ms) or gift) for gift in session.scalars(select(Gift))
    ]
    return sorted(found, key=lambda each: (each[1].points, each[0].id))


def versions_of(session: Session, gift_id: str) -> list[GiftVersion]:
    """The versions of a gift, the newest first; none for one that was never changed since there are any."""
    chosen = select(GiftVersion).where(col(GiftVersion.gift_id) == gift_id)
    return list(session.scalars(chosen.order_by(col(GiftVersion.version).desc())))


def taken_here(pending: Sequence[Unit]) -> Counter[str]:
    """How many of each gift this device has redeemed without the server knowing it yet, by the gift's identifier.

    A unit that the server refuses is pending no more, which gives its gift back.
    """
    return Counter(
        str(change.fields["gift_id"])
        for unit in pending
        for change in unit.changes
        if change.table == "redemption" and not change.seen and change.fields.get("gift_id")
    )


def left_here(gift: Gift, taken: Mapping[str, int]) -> int | None:
    """What is left of a gift as far as this device knows."""
    return None if gift.stock is None else gift.stock - taken.get(gift.id, 0)
