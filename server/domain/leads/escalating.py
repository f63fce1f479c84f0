"""The promise to answer within a day: raised when it is broken, withdrawn when a late sync shows that it was kept (R14)."""

from sqlmodel import Session, col, select

from shared_models.ids import derived_id
from shared_models.sales.follow_up import is_promise_met
from shared_models.sales.promise import first_due_ms
from shared_models.sales.tables import OPEN_STAGES, Escalation, Lead


def escalate_overdue(session: Session, now_ms: int) -> list[str]:
    """Raise the flag on every open lead that nobody has reached although it was due; their identifiers, first due first.

    A lead is escalated once: running it again raises nothing anew.
    """
    last_due_ms = now_ms - first_due_ms(0)
    overdue = select(Lead).where(
        col(Lead.first_reached_at_ms).is_(None),
        col(Lead.escalated_at_ms).is_(None),
        col(Lead.stage).in_(OPEN_STAGES),
        col(Lead.inquired_at_ms) < last_due_ms,
    )
    ordered = overdue.order_by(col(Lead.inquired_at_ms), col(Lead.id)).with_for_update()
    leads = session.exec(ordered).all()
    for lead in leads:
        _escalate(session, lead, at_ms=now_ms)
    return [lead.id for lead in leads]


def withdraw_if_kept(session: Session, lead: Lead, *, at_ms: int) -> None:
    """Take the overdue flag back when the lead turns out to have been reached in time; that it was raised stays on record."""
    kept = is_promise_met(lead.inquired_at_ms, lead.first_reached_at_ms, at_ms)
    if lead.escalated_at_ms is None or not kept:
        return
    lead.escalated_at_ms = None
    standing = select(Escalation).where(
        Escalation.lead_id == lead.id, col(Escalation.withdrawn_at_ms).is_(None)
    )
    for escalation in session.exec(standing):
        escalation.withdrawn_at_ms = at_ms


def _escalate(session: Session, lead: Lead, *, at_ms: int) -> None:
    lead.escalated_at_ms = at_ms
    due_at_ms = first_due_ms(lead.inquired_at_ms)
    session.add(
        Escalation(
            id=derived_id("escalation", lead.id, str(due_at_ms)),
            company_id=lead.company_id,
            lead_id=lead.id,
            owner_id=lead.owner_id,
            due_at_ms=due_at_ms,
            raised_at_ms=at_ms,
        )
    )
