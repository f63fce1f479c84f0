"""Claiming a client for a designer, and answering an invitation: each one unit, with or without a network."""

from dataclasses import dataclass

from sqlmodel import Session

from mobile.state.application import App
from shared_models.designers.tables import DesignerInvitation, Referral
from shared_models.errors import RuleError
from shared_models.people.tables import Staff
from shared_models.phone import is_phone, normalise_phone


@dataclass(frozen=True, slots=True)
class Claim:
    """Whom a designer refers. At the counter `store_id` may be left out: it is the one of whoever registers it."""

    designer_id: str
    client_name: str
    phone: str
    store_id: str | None = None
    note: str = ""


def register_referral(app: App, claim: Claim) -> str:
    """Keep a claim with the moment it was made, which decides between several on one client; its identifier.

    Refuses a claim without a name (`RuleError("name")`), without a number that can be dialled (`"phone"`), or without a
    store that looks after the client (`"store_missing"`).
    """
    phone = normalise_phone(claim.phone)
    if not claim.client_name.strip():
        raise RuleError("name")
    if not is_phone(phone):
        raise RuleError("phone", phone=claim.phone)
    with app.action("register_referral") as session:
        referral = Referral(
            company_id=app.replica.company_id,
            designer_id=claim.designer_id,
            store_id=claim.store_id or _own_store(session, app.replica.staff_id),
            client_name=claim.client_name.strip(),
            phone=phone,
            note=claim.note.strip(),
            registered_by=app.replica.staff_id,
            claimed_at_ms=app.now_ms(),
        )
        session.add(referral)
        session.flush()
        return referral.id


def answer_invitation(app: App, invitation_id: str, state: str) -> None:
    """Accept or decline an invitation."""
    with app.action("answer_invitation") as session:
        session.get_one(DesignerInvitation, invitation_id).state = state


def _own_store(session: Session, staff_id: str) -> str:
    person = session.get(Staff, staff_id)
    if person is None or not person.store_id:
        raise RuleError("store_missing")
    return person.store_id
