"""Leads at the back office and at the service desk: note one, log a contact, edit, hand over."""

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from litestar import Request, Router, get, patch, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct
from sqlmodel import Session

from server.domain.leads import working
from server.domain.leads.looking import LeadCard, lead_card
from server.jobs.job import wake
from server.services import Services, Wired
from server.visibility import visible
from shared_models.sales.inquiry import Inquiry
from shared_models.sales.tables import Channel, Customer, Intent, Lead, Outcome
from sync.hub import Caller
from sync.hub.recorder import recording

Short = Annotated[str, Meta(max_length=200)]
FieldName = Annotated[str, Meta(min_length=1, max_length=60)]
Written = TypeVar("Written")


class InquiryBody(Struct, forbid_unknown_fields=True):
    """Who asks for what."""

    channel: Short
    region: Short = ""
    category: Short = ""
    name: Short = ""
    phone: Short = ""


class ContactBody(Struct, forbid_unknown_fields=True):
    """How a contact went."""

    outcome: Outcome
    channel: Channel = Channel.CALL
    intent: Intent | None = None
    note: Annotated[str, Meta(max_length=4_000)] = ""
    next_in_hours: Annotated[int, Meta(ge=1, le=24 * 365)] | None = None


class EditBody(Struct, forbid_unknown_fields=True):
    """Free-form fields and their new values."""

    attributes: dict[FieldName, Short | int | bool | None]


class ReassignmentBody(Struct, forbid_unknown_fields=True):
    """Who takes the lead over."""

    staff_id: Short


@get("/leads/{lead_id:str}", sync_to_thread=True)
def lead(lead_id: FromPath[str], services: Wired, request: Request[Caller, Any, State]) -> Lead:
    """One lead, for its owner and those above them."""
    with services.database.reading() as session:
        return visible(session, request.user, Lead, lead_id)


@get("/customers/{customer_id:str}", sync_to_thread=True)
def customer(customer_id: FromPath[str], services: Wired, request: Request[Caller, Any, State]) -> Customer:
    """One customer, for the staff of their store and those above them."""
    with services.database.reading() as session:
        return visible(session, request.user, Customer, customer_id)


@post("/leads", sync_to_thread=True)
def take_inquiry(
    data: JSONBody[InquiryBody], services: Wired, request: Request[Caller, Any, State]
) -> LeadCard:
    """Note an inquiry; the answer says who got it and when it is due."""
    inquiry = Inquiry(data.channel, data.region, data.category, data.name, data.phone)
    company_id = request.user.company_id
    return _written_lead(
        services,
        request.user,
        lambda session, at_ms: working.take_inquiry(session, company_id, inquiry, at_ms=at_ms),
    )


@post("/leads/{lead_id:str}/contacts", sync_to_thread=True)
def log_contact(
    lead_id: FromPath[str],
    data: JSONBody[ContactBody],
    services: Wired,
    request: Request[Caller, Any, State],
) -> LeadCard:
    """Log a contact with a lead's customer, credited to the caller."""
    contact = working.Contacted(data.outcome, data.channel, data.intent, data.note, data.next_in_hours)
    return _written_lead(
        services,
        request.user,
        lambda session, at_ms: working.log_contact(session, request.user, lead_id, contact, at_ms=at_ms),
    )


@patch("/leads/{lead_id:str}", sync_to_thread=True)
def edit_lead(
    lead_id: FromPath[str], data: JSONBody[EditBody], services: Wired, request: Request[Caller, Any, State]
) -> LeadCard:
    """Set free-form fields of a lead, as its owner or their manager."""
    return _written_lead(
        services,
        request.user,
        lambda session, _: working.edit_lead(session, request.user, lead_id, data.attributes),
    )


@post("/leads/{lead_id:str}/reassignment", status_code=200, sync_to_thread=True)
def hand_over(
    lead_id: FromPath[str],
    data: JSONBody[ReassignmentBody],
    services: Wired,
    request: Request[Caller, Any, State],
) -> LeadCard:
    """Give a lead to another salesperson, as its owner or their manager."""
    return _written_lead(
        services,
        request.user,
        lambda session, _: working.hand_over(session, request.user, lead_id, data.staff_id),
    )


@get("/leads/{lead_id:str}/card", sync_to_thread=True)
def card(lead_id: FromPath[str], services: Wired, request: Request[Caller, Any, State]) -> LeadCard:
    """A lead's dates, contacts and whether it was answered in time, for its owner and those above them."""
    with services.database.reading() as session:
        return lead_card(session, visible(session, request.user, Lead, lead_id), now_ms=services.now_ms())


@patch("/customers/{customer_id:str}", sync_to_thread=True)
def edit_customer(
    customer_id: FromPath[str],
    data: JSONBody[EditBody],
    services: Wired,
    request: Request[Caller, Any, State],
) -> Customer:
    """Set free-form fields of a customer; for the staff of their store and those above them."""

    def edit(session: Session, _at_ms: int) -> Customer:
        row = visible(session, request.user, Customer, customer_id)
        session.refresh(row, with_for_update=True)
        row.attributes = row.attributes | data.attributes
        return row

    return _written(services, request.user, edit)


def _written_lead(services: Services, caller: Caller, write: Callable[[Session, int], Lead]) -> LeadCard:
    """What the lead looks like once `write` has been kept."""

    def writing(session: Session, at_ms: int) -> LeadCard:
        lead = write(session, at_ms)
        session.flush()
        return lead_card(session, lead, now_ms=at_ms)

    return _written(services, caller, writing)


def _written(services: Services, caller: Caller, write: Callable[[Session, int], Written]) -> Written:
    """Do the caller's work whole or not at all, signed by them, and wake the devices that it has news for."""
    at_ms = services.now_ms()
    with services.database.writing() as session, recording(session, author=caller.staff_id, at_ms=at_ms):
        written = write(session, at_ms)
    wake(services, session)
    return written


lead_routes = Router(
    "/api",
    route_handlers=[lead, customer, take_inquiry, log_contact, edit_lead, hand_over, card, edit_customer],
    tags=["leads"],
)
