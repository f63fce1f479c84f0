"""Who referred a buyer, for the sale to name them."""

from sqlalchemy import or_, select
from sqlmodel import Session, col

from shared_models.designers.tables import Designer, Referral, ReferralStanding

TABLES = ("designer", "referral")


def referrer_of(session: Session, customer_id: str | None, phone: str) -> str | None:
    """The designer who owns the claim on this buyer, as far as this device knows: the earliest one (R10)."""
    if not customer_id and not phone:
        return None
    same = [col(Referral.customer_id) == customer_id] if customer_id else []
    same += [col(Referral.phone) == phone] if phone else []
    claims = select(col(Referral.designer_id)).where(
        or_(*same), or_(col(Referral.standing).is_(None), col(Referral.standing) == ReferralStanding.OWNER)
    )
    return session.scalars(claims.order_by(col(Referral.claimed_at_ms)).limit(1)).first()


def designer_name(session: Session, designer_id: str | None) -> str:
    """What a designer is called; empty for none."""
    designer = session.get(Designer, designer_id) if designer_id else None
    return designer.name if designer else ""
