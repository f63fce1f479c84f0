"""A lead's dates, from its follow-ups (R14)."""

from sqlmodel import Session, select

from shared_models.sales.follow_up import Contact, first_reached_ms, next_due_ms
from shared_models.sales.tables import FollowUp, Lead


def refresh_lead(session: Session, lead: Lead) -> None:
    """Set when the customer was first reached, and when the owner has to act next; a late sync can move both."""
    logged = select(FollowUp.occurred_at_ms, FollowUp.outcome, FollowUp.next_due_at_ms)
    contacts = [Contact(*each) for each in session.exec(logged.where(FollowUp.lead_id == lead.id))]
    lead.first_reached_at_ms = first_reached_ms(contacts)
    lead.next_due_at_ms = next_due_ms(lead.inquired_at_ms, contacts)
