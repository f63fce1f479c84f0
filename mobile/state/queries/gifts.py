"""The gifts on offer, and what keeps a member from having one."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from shared_models.loyalty.scheme import Tier
from shared_models.loyalty.tables import Gift
from shared_models.loyalty.tiers import has_reached

TABLES = ("gift",)


@dataclass(frozen=True, slots=True)
class GiftOffer:
    """A gift; `refusal` is the code of what keeps the member from it besides points, empty when nothing does."""

    gift: Gift
    refusal: str


def gift_offers(session: Session, growth: int, tiers: Sequence[Tier]) -> list[GiftOffer]:
    """All that is offered, the cheapest first."""
    chosen = select(Gift).where(col(Gift.active).is_(True)).order_by(col(Gift.points), col(Gift.id))
    return [GiftOffer(gift, _refusal(gift, growth, tiers)) for gift in session.scalars(chosen)]


def _refusal(gift: Gift, growth: int, tiers: Sequence[Tier]) -> str:
    if gift.stock is not None and gift.stock < 1:
        return "gift_stock"
    if gift.min_tier and not has_reached(growth, gift.min_tier, tiers):
        return "gift_tier"
    return ""
