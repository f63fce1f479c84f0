"""What colleagues do with designers' files, firms and events, each as one unit, with or without a network."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from mobile.state.application import App
from shared_models.designers.tables import (
    Designer,
    DesignerEvent,
    DesignerEventExpense,
    DesignerFirm,
    DesignerInvitation,
    InvitationState,
)
from shared_models.errors import RuleError
from shared_models.ids import derived_id
from shared_models.phone import normalise_phone


@dataclass(frozen=True, slots=True)
class DesignerFile:
    """What a colleague may write about a designer."""

    name: str
    phone: str = ""
    contact: str = ""
    styles: tuple[str, ...] = ()
    firm_id: str | None = None
    store_id: str | None = None


@dataclass(frozen=True, slots=True)
class FirmFile:
    """What there is to say about a firm."""

    name: str
    contact: str = ""
    phone: str = ""
    address: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class EventPlan:
    """An event: what it is, where, when and why one should come."""

    title: str
    kind: str
    starts_at_ms: int
    place: str = ""
    description: str = ""


def edit_designer(app: App, designer_id: str, file: DesignerFile) -> None:
    """Write a designer's file. Refuses a file without a name (`RuleError("designer_name")`) or one not here (`"not_here"`)."""
    if not file.name.strip():
        raise RuleError("designer_name")
    with app.action("edit_designer") as session:
        designer = session.get(Designer, designer_id)
        if designer is None:
            raise RuleError("not_here")
        designer.name = file.name.strip()
        designer.phone, designer.contact = normalise_phone(file.phone), file.contact.strip()
        designer.styles = sorted(file.styles)
        designer.firm_id, designer.store_id = file.firm_id, file.store_id


def save_firm(app: App, firm_id: str | None, file: FirmFile) -> str:
    """Write a firm's file, or begin one; its identifier. Refuses what `edit_designer` refuses."""
    if not file.name.strip():
        raise RuleError("designer_name")
    with app.action("edit_firm") as session:
        firm = _firm(session, app, firm_id)
        for name in ("name", "contact", "phone", "address", "notes"):
            setattr(firm, name, getattr(file, name).strip())
        session.add(firm)
        session.flush()
        return firm.id


def save_event(app: App, event_id: str | None, plan: EventPlan) -> str:
    """Write down an event; its identifier. Refuses one without a title (`RuleError("event_title")`)."""
    if not plan.title.strip():
        raise RuleError("event_title")
    with app.action("edit_event") as session:
        event = session.get(DesignerEvent, event_id) if event_id else None
        if event is None:
            if event_id:
                raise RuleError("not_here")
            event = DesignerEvent(
                company_id=app.replica.company_id, title=plan.title, starts_at_ms=plan.starts_at_ms
            )
        event.title, event.kind = plan.title.strip(), plan.kind
        event.starts_at_ms, event.place = plan.starts_at_ms, plan.place.strip()
        event.description = plan.description.strip()
        session.add(event)
        session.flush()
        return event.id


def invite(app: App, event_id: str, designer_ids: Sequence[str]) -> int:
    """Invite designers to an event; how many were not invited before. Two who invite one offline make one invitation."""
    with app.action("invite") as session:
        invited = 0
        for designer_id in designer_ids:
            row_id = derived_id("invitation", event_id, designer_id)
            if session.get(DesignerInvitation, row_id) is None:
                session.add(
                    DesignerInvitation(
                        id=row_id,
                        company_id=app.replica.company_id,
                        event_id=event_id,
                        designer_id=designer_id,
                    )
                )
                invited += 1
        return invited


def note_attendance(app: App, invitation_id: str) -> None:
    """Note that a designer came. Refuses an invitation that is not here (`RuleError("not_here")`)."""
    with app.action("note_attendance") as session:
        invitation = session.get(DesignerInvitation, invitation_id)
        if invitation is None:
            raise RuleError("not_here")
        invitation.state = InvitationState.ATTENDED


def add_expense(app: App, event_id: str, what: str, amount_fen: int) -> None:
    """Note what was spent on an event. Refuses an amount that is not positive (`RuleError("amount")`)."""
    if amount_fen <= 0:
        raise RuleError("amount", amount_fen=amount_fen)
    with app.action("add_expense") as session:
        session.add(
            DesignerEventExpense(
                company_id=app.replica.company_id,
                event_id=event_id,
                what=what.strip(),
                amount_fen=amount_fen,
                staff_id=app.replica.staff_id,
                spent_at_ms=app.now_ms(),
            )
        )


def _firm(session: Session, app: App, firm_id: str | None) -> DesignerFirm:
    if firm_id is None:
        return DesignerFirm(company_id=app.replica.company_id, name="")
    firm = session.get(DesignerFirm, firm_id)
    if firm is None:
        raise RuleError("not_here")
    return firm
