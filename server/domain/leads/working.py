"""What people do with leads at the server: note an inquiry, log a contact, edit, hand over."""

from dataclasses import dataclass
from typing import Any

from litestar.exceptions import NotFoundException
from sqlmodel import Session, col, select

from server.auth.errors import NotYours
from server.domain.follow_ups import refresh_leads
from server.domain.leads.assigning import give_owner
from shared_models.errors import RuleError
from shared_models.people.tables import Role, Staff, Store
from shared_models.sales.inquiry import Inquiry, lead_of
from shared_models.sales.tables import OPEN_STAGES, Channel, FollowUp, Lead, Outcome
from sync.hub import Caller
from sync.schema import kinds_of


@dataclass(frozen=True, slots=True)
class Contacted:
    """What a person says about one contact; the next one is promised in so many hours, if at all."""

    outcome: str
    channel: str = Channel.CALL
    intent: str | None = None
    note: str = ""
    next_in_hours: int | None = None


def take_inquiry(session: Session, company_id: str, inquiry: Inquiry, *, at_ms: int) -> Lead:
    """Note an inquiry and give it an owner, by R18; it is due 24 hours later, by the clock (R14)."""
    store = session.exec(select(Store).where(Store.company_id == company_id).order_by(col(Store.id))).first()
    if store is None:
        raise RuleError("store_missing")
    lead = lead_of(inquiry, company_id=company_id, store_id=store.id, at_ms=at_ms)
    session.add(lead)
    session.flush()
    give_owner(session, lead, at_ms=at_ms)
    return lead


def log_contact(session: Session, caller: Caller, lead_id: str, contact: Contacted, *, at_ms: int) -> Lead:
    """Log a contact, credited to whoever made it, and what follows from it; logs are always accepted (R13)."""
    lead = _lead(session, caller, lead_id)
    reached = contact.outcome == Outcome.REACHED
    session.add(
        FollowUp(
            company_id=lead.company_id,
            lead_id=lead.id,
            staff_id=caller.staff_id,
            channel=contact.channel,
            outcome=contact.outcome,
            intent=contact.intent if reached else None,
            note=contact.note.strip(),
            next_in_hours=contact.next_in_hours if reached else None,
            occurred_at_ms=at_ms,
        )
    )
    session.flush()
    refresh_leads(session, [lead], at_ms=at_ms)
    return lead


def edit_lead(session: Session, caller: Caller, lead_id: str, attributes: dict[str, Any]) -> Lead:
    """Set free-form fields; refuses somebody who is neither its owner nor their manager (`not_owner`)."""
    lead = _lead(session, caller, lead_id)
    require_owner(caller, lead)
    lead.attributes = lead.attributes | attributes
    return lead


def hand_over(session: Session, caller: Caller, lead_id: str, staff_id: str) -> Lead:
    """Give an open lead to another salesperson; what is due stays with the lead (R14).

    Refuses `not_owner`, `lead_closed`, and `not_sales` for somebody who takes no leads.
    """
    lead = _lead(session, caller, lead_id)
    require_owner(caller, lead)
    if lead.stage not in OPEN_STAGES:
        raise RuleError("lead_closed")
    owner = session.get(Staff, staff_id)
    if owner is None or owner.company_id != caller.company_id:
        raise NotFoundException
    if owner.role != Role.SALES or not owner.active:
        raise RuleError("not_sales")
    lead.owner_id, lead.store_id = owner.id, owner.store_id or lead.store_id
    return lead


def require_owner(caller: Caller, lead: Lead) -> None:
    """Refuse whoever neither owns the lead nor manages its store (`RuleError("not_owner")`)."""
    if lead.owner_id != caller.staff_id and f"manager:{lead.store_id}" not in caller.scopes:
        raise RuleError("not_owner")


def _lead(session: Session, caller: Caller, lead_id: str) -> Lead:
    """The company's lead, kept from everybody else until the transaction ends.

    Raises `NotFoundException`, and `NotYours` for a designer, who works with no leads.
    """
    if kinds_of(caller.scopes) & {"designer"}:
        raise NotYours("lead", lead_id)
    lead = session.get(Lead, lead_id, with_for_update=True, populate_existing=True)
    if lead is None or lead.company_id != caller.company_id:
        raise NotFoundException
    return lead
