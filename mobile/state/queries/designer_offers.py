"""What a designer has to do with besides money: their referrals, invitations, and what they are asked to recommend."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from mobile.state.queries.designer import earned_by_client
from shared_models.designers.tables import DesignerEvent, DesignerInvitation, Recommendation, Referral
from shared_models.people.tables import Store
from shared_models.stock.tables import Product

REFERRAL_TABLES = ("referral", "commissionentry", "store")
EVENT_TABLES = ("designerevent", "designerinvitation", "recommendation", "product")


@dataclass(frozen=True, slots=True)
class ReferralItem:
    """A claim and what it has earned: None for a client who has not bought yet."""

    referral: Referral
    earned_fen: int | None


@dataclass(frozen=True, slots=True)
class EventItem:
    """An event and the designer's invitation to it."""

    event: DesignerEvent
    invitation: DesignerInvitation


@dataclass(frozen=True, slots=True)
class RecommendedProduct:
    """An article and what to say about it."""

    product: Product
    words: str


def referrals_of(session: Session, designer_id: str) -> list[ReferralItem]:
    """The designer's claims, the newest first."""
    rows = session.scalars(
        select(Referral)
        .where(col(Referral.designer_id) == designer_id)
        .order_by(col(Referral.claimed_at_ms).desc(), col(Referral.id))
    ).all()
    earned = earned_by_client(session, designer_id)
    return [ReferralItem(row, earned.get(row.customer_id) if row.customer_id else None) for row in rows]


def invitations_of(session: Session, designer_id: str) -> list[EventItem]:
    """What the designer is invited to, the next first."""
    found = session.execute(
        select(DesignerEvent, DesignerInvitation)
        .join(DesignerInvitation, col(DesignerInvitation.event_id) == col(DesignerEvent.id))
        .where(col(DesignerInvitation.designer_id) == designer_id)
        .order_by(col(DesignerEvent.starts_at_ms).desc(), col(DesignerEvent.id))
    ).all()
    return [EventItem(event, invitation) for event, invitation in found]


def recommended(session: Session) -> list[RecommendedProduct]:
    """What designers are asked to recommend now."""
    found = session.execute(
        select(Product, col(Recommendation.words))
        .join(Recommendation, col(Recommendation.product_id) == col(Product.id))
        .where(col(Recommendation.active).is_(True), col(Product.active).is_(True))
        .order_by(col(Recommendation.position), col(Recommendation.id))
    ).all()
    return [RecommendedProduct(product, words) for product, words in found]


def stores(session: Session) -> list[Store]:
    """The showrooms a client can be sent to."""
    return list(session.scalars(select(Store).order_by(col(Store.name))).all())
