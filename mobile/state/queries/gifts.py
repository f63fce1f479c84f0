"""The gifts on offer, and what keeps a member from having one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from shared_models.loyalty.gifts import gift_refusal
from shared_models.loyalty.scheme import Tier
from shared_models.loyalty.tables import Gift
from shared_models.moments import local_date
from sync.device.outbox import Unit

TABLES = ("gift", "redemption")


@dataclass(frozen=True, slots=True)
class GiftOffer:
    """A gift; `refusal` is the code of what keeps the member from it besides points, empty when nothing does.

    `left` is its stock as last synced minus what this device has redeemed since; None is without limit.
    """

    gift: Gift
    refusal: str
    left: int | None


def gift_offers(
    session: Session, counted: int, tiers: Sequence[Tier], pending: Sequence[Unit], now_ms: int
) -> list[GiftOffer]:
    """All that is offered today, the cheapest first; `counted` is what the scheme counts of the member."""
    chosen = select(Gift).where(col(Gift.active).is_(True)).order_by(col(Gift.points), col(Gift.id))
    taken, today = taken_here(pending), local_date(now_ms)
    offers = []
    for gift in session.scalars(chosen):
        refusal = gift_refusal(gift, counted=counted, tiers=tiers, today=today)
        if refusal == "unknown":
            continue
        left = left_here(gift, taken)
        offers.append(
            GiftOffer(gift, refusal or ("gift_stock" if left is not None and left < 1 else ""), left)
        )
    return offers


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
