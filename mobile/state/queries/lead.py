"""One lead with everything its page shows."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from mobile.state.queries.photos import Tile, tiles_of
from shared_models.loyalty.tables import MemberAccount, Scheme
from shared_models.people.tables import Staff
from shared_models.sales.tables import Customer, Escalation, FollowUp, Lead, Order

SHOWN = 40


@dataclass(frozen=True, slots=True)
class OrderLineItem:
    """An order in the timeline of its lead."""

    id: str
    number: str
    status: str
    total_fen: int
    sold_at_ms: int


@dataclass(frozen=True, slots=True)
class LeadRecord:
    """A lead, its owner, its history, and the member's account when it has become one."""

    lead: Lead
    owner: str
    customer: Customer | None
    account: MemberAccount | None
    scheme: Scheme | None
    follow_ups: tuple[FollowUp, ...]
    follow_up_count: int
    escalations: tuple[Escalation, ...]
    orders: tuple[OrderLineItem, ...]
    photos: Mapping[str, tuple[Tile, ...]]
    """By the follow-up that they belong to."""


TABLES = (
    "lead",
    "followup",
    "photo",
    "escalation",
    "customer",
    "memberaccount",
    "sales_order",
    "scheme",
    "staff",
)


def lead_record(session: Session, lead_id: str, *, now_ms: int) -> LeadRecord | None:
    """The lead as this device knows it, or None when it does not."""
    lead = session.get(Lead, lead_id)
    if lead is None:
        return None
    owner = session.get(Staff, lead.owner_id) if lead.owner_id and not lead.awaits_owner else None
    customer = session.get(Customer, lead.customer_id) if lead.customer_id else None
    account = session.get(MemberAccount, customer.id) if customer else None
    follow_ups = _follow_ups(session, lead_id)
    count = session.scalar(select(func.count()).select_from(FollowUp).where(col(FollowUp.lead_id) == lead_id))
    return LeadRecord(
        lead=lead,
        owner=owner.name if owner else "",
        customer=customer,
        account=account,
        scheme=_scheme(session, now_ms) if account else None,
        follow_ups=follow_ups,
        follow_up_count=count or 0,
        escalations=_escalations(session, lead_id),
        orders=_orders(session, lead),
        photos=tiles_of(session, [each.id for each in follow_ups]),
    )


def _follow_ups(session: Session, lead_id: str) -> tuple[FollowUp, ...]:
    query = select(FollowUp).where(col(FollowUp.lead_id) == lead_id)
    return tuple(session.scalars(query.order_by(col(FollowUp.occurred_at_ms).desc()).limit(SHOWN)))


def _escalations(session: Session, lead_id: str) -> tuple[Escalation, ...]:
    raised = select(Escalation).where(col(Escalation.lead_id) == lead_id)
    return tuple(session.scalars(raised.order_by(col(Escalation.raised_at_ms))))


def _orders(session: Session, lead: Lead) -> tuple[OrderLineItem, ...]:
    belongs = col(Order.lead_id) == lead.id
    if lead.customer_id:
        belongs = belongs | (col(Order.customer_id) == lead.customer_id)
    query = select(Order).where(belongs).order_by(col(Order.sold_at_ms).desc()).limit(SHOWN)
    return tuple(
        OrderLineItem(
            order.id,
            order.number,
            order.status,
            order.products_net_fen + order.services_fen,
            order.sold_at_ms,
        )
        for order in session.scalars(query)
    )


def _scheme(session: Session, now_ms: int) -> Scheme | None:
    valid = select(Scheme).where(col(Scheme.valid_from_ms) <= now_ms)
    return session.scalars(valid.order_by(col(Scheme.valid_from_ms).desc()).limit(1)).first()
