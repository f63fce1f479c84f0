"""A lead's dates and stage, from its follow-ups (R14)."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from server.domain.leads.escalating import withdraw_if_kept
from server.domain.written import Written
from shared_models.sales.follow_up import Contact, first_reached_ms, next_due_ms, stage_after
from shared_models.sales.tables import FollowUp, Lead, Outcome

_CHUNK = 500


def reach(session: Session, written: Sequence[Written]) -> None:
    """Set what follows from these follow-ups for their leads: when first reached, when due next, how far (R14)."""
    lead_ids = sorted({str(each.change.row["lead_id"]) for each in written})
    for at in range(0, len(lead_ids), _CHUNK):
        chosen = select(Lead).where(col(Lead.id).in_(lead_ids[at : at + _CHUNK])).order_by(col(Lead.id))
        locked = chosen.with_for_update().execution_options(populate_existing=True)
        refresh_leads(session, session.exec(locked).all(), at_ms=max(each.at_ms for each in written))


def refresh_leads(session: Session, leads: Sequence[Lead], *, at_ms: int) -> None:
    """Work out each lead from all of its follow-ups, in the order in which they took place; a late sync can move all of it."""
    by_lead: dict[str, list[FollowUp]] = {lead.id: [] for lead in leads}
    logged = select(FollowUp).where(col(FollowUp.lead_id).in_(by_lead))
    for follow_up in session.exec(logged.order_by(col(FollowUp.occurred_at_ms), col(FollowUp.id))):
        by_lead[follow_up.lead_id].append(follow_up)
    for lead in leads:
        follow_ups = by_lead[lead.id]
        contacts = [contact_of(each) for each in follow_ups]
        lead.first_reached_at_ms = first_reached_ms(contacts)
        lead.next_due_at_ms = next_due_ms(lead.inquired_at_ms, contacts)
        _follow(lead, follow_ups)
        withdraw_if_kept(session, lead, at_ms=at_ms)


def contact_of(follow_up: FollowUp) -> Contact:
    """A logged follow-up as the rules see it."""
    return Contact(
        follow_up.occurred_at_ms, follow_up.outcome, follow_up.next_due_at_ms, follow_up.next_in_hours
    )


def _follow(lead: Lead, follow_ups: Iterable[FollowUp]) -> None:
    """The stage that the contacts have brought it to, and the intent of the last one that told it."""
    for each in follow_ups:
        if each.outcome == Outcome.REACHED:
            lead.stage = stage_after(lead.stage, each.channel)
            lead.intent = each.intent or lead.intent
