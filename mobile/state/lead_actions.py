"""What a person does with a lead, each as one unit: log a follow-up, edit it, take an edit back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from mobile.state.application import App
from shared_models.sales.follow_up import Contact, next_due_ms
from shared_models.sales.tables import Channel, FollowUp, Lead, LeadStage, Outcome

_VISITS = frozenset({Channel.STORE_VISIT, Channel.HOME_VISIT})


@dataclass(frozen=True, slots=True)
class Report:
    """What a person says about one contact; `intent` is None when nobody was reached."""

    channel: str
    outcome: str
    intent: str | None
    note: str
    next_due_at_ms: int | None


def log_follow_up(app: App, lead_id: str, report: Report) -> None:
    """Keep the contact, and what follows from it for the lead: stage, intent, next due time (R14)."""
    with app.action("log_follow_up") as session:
        lead = session.get_one(Lead, lead_id)
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
            occurred_at_ms=app.now_ms(),
        )
        session.add(entry)
        session.flush()
        if reached:
            lead.intent = report.intent or lead.intent
            lead.stage = _stage_after(lead.stage, report.channel)
        lead.next_due_at_ms = next_due_ms(lead.inquired_at_ms, _contacts(session, lead_id))


def edit_lead(app: App, lead_id: str, **changes: Any) -> Callable[[], None] | None:
    """Write the fields that differ; what takes the edit back, or None when nothing differed."""
    before = app.read(lambda session: _differing(session, lead_id, changes))
    if not before:
        return None
    _write(app, "edit_lead", lead_id, {name: changes[name] for name in before})
    return lambda: _write(app, "undo_edit", lead_id, before)


def _write(app: App, action: str, lead_id: str, values: dict[str, Any]) -> None:
    with app.action(action) as session:
        lead = session.get_one(Lead, lead_id)
        for name, value in values.items():
            setattr(lead, name, value)


def _differing(session: Session, lead_id: str, changes: dict[str, Any]) -> dict[str, Any]:
    """What the lead now holds in the fields that would change."""
    lead = session.get_one(Lead, lead_id)
    return {name: getattr(lead, name) for name, value in changes.items() if getattr(lead, name) != value}


def _stage_after(stage: str, channel: str) -> str:
    if channel in _VISITS and stage in {LeadStage.NEW, LeadStage.CONTACTED, LeadStage.LOST}:
        return LeadStage.VISITED
    if stage in {LeadStage.NEW, LeadStage.LOST}:
        return LeadStage.CONTACTED
    return stage


def _contacts(session: Session, lead_id: str) -> list[Contact]:
    query = select(col(FollowUp.occurred_at_ms), col(FollowUp.outcome), col(FollowUp.next_due_at_ms))
    return [Contact(*row) for row in session.execute(query.where(col(FollowUp.lead_id) == lead_id))]
