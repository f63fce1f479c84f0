"""What a person does with a lead, each as one unit: note an inquiry, log a follow-up, edit it, take an edit back."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from mobile.state.application import App
from mobile.state.photos import Draft, add_photos
from shared_models.errors import RuleError
from shared_models.people.tables import Role, Staff
from shared_models.sales.follow_up import Contact, next_due_ms, stage_after
from shared_models.sales.inquiry import Inquiry, lead_of
from shared_models.sales.tables import FollowUp, Lead, Outcome


@dataclass(frozen=True, slots=True)
class Report:
    """What a person says about one contact; `intent` is None when nobody was reached.

    The next contact is promised at a moment or in so many hours from this one, if at all.
    """

    channel: str
    outcome: str
    intent: str | None = None
    note: str = ""
    next_due_at_ms: int | None = None
    next_in_hours: int | None = None


def take_inquiry(app: App, inquiry: Inquiry) -> str:
    """Note an inquiry for whoever is next; the server gives it an owner when it arrives (R18). The lead's identifier."""
    now_ms = app.now_ms()
    with app.action("take_inquiry") as session:
        taker = session.get(Staff, app.replica.staff_id)
        if taker is None or not taker.store_id:
            raise RuleError("store_missing")
        lead = lead_of(inquiry, company_id=app.replica.company_id, store_id=taker.store_id, at_ms=now_ms)
        # Whoever took it holds it until the server has chosen.
        lead.owner_id, lead.awaits_owner = taker.id, True
        session.add(lead)
        session.flush()
        return lead.id


def log_follow_up(app: App, lead_id: str, report: Report, photos: Iterable[Draft] = ()) -> None:
    """Keep the contact with its photos, and what follows from it for the lead: stage, intent, next due time (R14).

    Refuses one of a lead that this device does not have (`RuleError("not_here")`).
    """
    with app.action("log_follow_up") as session:
        lead = _known(session, lead_id)
        reached = report.outcome == Outcome.REACHED
        entry = FollowUp(
            company_id=lead.company_id,
            lead_id=lead_id,
            staff_id=app.replica.staff_id,
            channel=report.channel,
            outcome=report.outcome,
            intent=report.intent if reached else None,
            note=report.note.strip(),
            next_due_at_ms=report.next_due_at_ms if reached else None,
            next_in_hours=report.next_in_hours if reached else None,
            occurred_at_ms=app.now_ms(),
        )
        session.add(entry)
        session.flush()
        add_photos(app, session, ("followup", entry.id), photos)
        if reached:
            lead.intent = report.intent or lead.intent
            lead.stage = stage_after(lead.stage, report.channel)
        lead.next_due_at_ms = next_due_ms(lead.inquired_at_ms, _contacts(session, lead_id))


def edit_lead(app: App, lead_id: str, **changes: Any) -> Callable[[], None] | None:
    """Write the fields that differ; what takes the edit back, or None when nothing differed.

    Refuses by `RuleError("not_here")` what this device does not have, by `RuleError("not_owner")` what is somebody else's.
    """
    app.read(lambda session: _require_owner(session, app, lead_id))
    before = app.read(lambda session: _differing(session, lead_id, changes))
    if not before:
        return None
    _write(app, "edit_lead", lead_id, {name: changes[name] for name in before})
    return lambda: _write(app, "undo_edit", lead_id, before)


def _known(session: Session, lead_id: str) -> Lead:
    lead = session.get(Lead, lead_id)
    if lead is None:
        raise RuleError("not_here")
    return lead


def _require_owner(session: Session, app: App, lead_id: str) -> None:
    """As far as this copy knows; the server judges it again, by who owned the lead at the time of the action (R13)."""
    lead = _known(session, lead_id)
    person = session.get(Staff, app.replica.staff_id)
    if lead.owner_id != app.replica.staff_id and (person is None or person.role == Role.SALES):
        raise RuleError("not_owner")


def _write(app: App, action: str, lead_id: str, values: dict[str, Any]) -> None:
    with app.action(action) as session:
        lead = session.get_one(Lead, lead_id)
        for name, value in values.items():
            setattr(lead, name, value)


def _differing(session: Session, lead_id: str, changes: dict[str, Any]) -> dict[str, Any]:
    """What the lead now holds in the fields that would change."""
    lead = session.get_one(Lead, lead_id)
    return {name: getattr(lead, name) for name, value in changes.items() if getattr(lead, name) != value}


def _contacts(session: Session, lead_id: str) -> list[Contact]:
    query = select(
        col(FollowUp.occurred_at_ms),
        col(FollowUp.outcome),
        col(FollowUp.next_due_at_ms),
        col(FollowUp.next_in_hours),
    )
    return [Contact(*row) for row in session.execute(query.where(col(FollowUp.lead_id) == lead_id))]
