"""A lead's dates, from its follow-ups (R14)."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from server.domain.written import Written
from shared_models.sales.follow_up import Contact, first_reached_ms, next_due_ms
from shared_models.sales.tables import FollowUp, Lead

_CHUNK = 500


def reach(session: Session, written: Sequence[Written]) -> None:
    """Set when each lead of these follow-ups was first reached, and when it is due next (R14)."""
    lead_ids = sorted({str(each.change.row["lead_id"]) for each in written})
    for at in range(0, len(lead_ids), _CHUNK):
        chosen = select(Lead).where(col(Lead.id).in_(lead_ids[at : at + _CHUNK])).order_by(col(Lead.id))
        locked = chosen.with_for_update().execution_options(populate_existing=True)
        refresh_leads(session, session.exec(locked).all())


def refresh_leads(session: Session, leads: Sequence[Lead]) -> None:
    """Set when each customer was first reached, and when the owner has to act next; a late sync can move both."""
    contacts: dict[str, list[Contact]] = {lead.id: [] for lead in leads}
    logged = select(FollowUp.lead_id, FollowUp.occurred_at_ms, FollowUp.outcome, FollowUp.next_due_at_ms)
    for lead_id, occurred, outcome, due in session.exec(logged.where(col(FollowUp.lead_id).in_(contacts))):
        contacts[lead_id].append(Contact(occurred, outcome, due))
    for lead in leads:
        lead.first_reached_at_ms = first_reached_ms(contacts[lead.id])
        lead.next_due_at_ms = next_due_ms(lead.inquired_at_ms, contacts[lead.id])
