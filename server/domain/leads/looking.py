"""A lead as the back office sees it: its dates, whether the promise was kept, who has spoken with the customer."""

from typing import Any

from msgspec import Struct
from sqlmodel import Session, col, func, select

from shared_models.sales.follow_up import is_promise_met, response_minutes
from shared_models.sales.promise import first_due_ms
from shared_models.sales.tables import Escalation, FollowUp, Lead


class ContactLine(Struct, frozen=True):
    """One contact: who, when, and whether the customer was reached."""

    staff_id: str
    occurred_at_ms: int
    outcome: str


class LeadCard(Struct, frozen=True, kw_only=True):
    """A lead's state: `promise_met` is None while a first contact can still be in time; `overdue` is the standing flag."""

    id: str
    owner_id: str | None
    stage: str
    due_at_ms: int
    next_due_at_ms: int | None
    promise_met: bool | None
    response_minutes: int | None
    overdue: bool
    escalations: int
    contacts: list[ContactLine]
    attributes: dict[str, Any]


def lead_card(session: Session, lead: Lead, *, now_ms: int) -> LeadCard:
    """Everything about a lead at this moment (R14)."""
    logged = select(FollowUp).where(FollowUp.lead_id == lead.id)
    contacts = session.exec(logged.order_by(col(FollowUp.occurred_at_ms), col(FollowUp.id))).all()
    raised = select(func.count()).select_from(Escalation).where(Escalation.lead_id == lead.id)
    reached_ms = lead.first_reached_at_ms
    return LeadCard(
        id=lead.id,
        owner_id=lead.owner_id,
        stage=lead.stage,
        due_at_ms=first_due_ms(lead.inquired_at_ms),
        next_due_at_ms=lead.next_due_at_ms,
        promise_met=is_promise_met(lead.inquired_at_ms, reached_ms, now_ms),
        response_minutes=None if reached_ms is None else response_minutes(lead.inquired_at_ms, reached_ms),
        overdue=lead.escalated_at_ms is not None,
        escalations=session.exec(raised).one(),
        contacts=[ContactLine(each.staff_id, each.occurred_at_ms, each.outcome) for each in contacts],
        attributes=lead.attributes,
    )
