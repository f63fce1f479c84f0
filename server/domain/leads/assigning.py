"""Giving a lead its owner (R18)."""

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlmodel import Session, col, func, select

from server.domain.alerts import raise_alert
from server.domain.leads.tables import AssignmentTurn
from server.domain.written import Written
from shared_models.office.tables import AlertKind
from shared_models.people.assignment import Candidate, assign
from shared_models.people.tables import Role, Staff
from shared_models.sales.tables import OPEN_STAGES, Lead


def receive(session: Session, written: Sequence[Written]) -> None:
    """Give those new leads an owner that devices noted for whoever is next."""
    at_ms_by_lead = {
        each.row_id: each.at_ms
        for each in written
        if each.change.kind == "insert" and each.change.value("awaits_owner")
    }
    waiting = [session.get_one(Lead, lead_id) for lead_id in at_ms_by_lead]
    for lead in waiting:
        # Until now whoever noted it held it: it must not count as theirs while somebody is chosen.
        lead.awaits_owner, lead.owner_id = False, None
    session.flush()
    for lead in waiting:
        give_owner(session, lead, at_ms=at_ms_by_lead[lead.id])


def give_owner(session: Session, lead: Lead, *, at_ms: int) -> None:
    """Assign a lead that is in the session and has no owner; where nobody is free, the managers are told.

    One lead of a company is assigned at a time, so that two cannot be counted as one. The lead moves to its owner's store.
    """
    turn = _locked_turn(session, lead.company_id)
    candidates = _candidates(session, lead.company_id)
    chosen = assign(candidates, region=lead.region, category=lead.category, last_by_turn=turn.last_staff_id)
    if chosen is None:
        _tell_managers(session, lead, at_ms=at_ms)
        return
    owner = session.get_one(Staff, chosen.staff_id)
    lead.owner_id, lead.store_id = owner.id, owner.store_id or lead.store_id
    if chosen.by_turn:
        turn.last_staff_id = owner.id
    session.flush()


def _locked_turn(session: Session, company_id: str) -> AssignmentTurn:
    """The company's turn, kept from everybody else until the transaction ends."""
    insert = pg_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    session.execute(insert(AssignmentTurn).values(company_id=company_id).on_conflict_do_nothing())
    return session.get_one(AssignmentTurn, company_id, with_for_update=True, populate_existing=True)


def _candidates(session: Session, company_id: str) -> list[Candidate]:
    """The company's staff in their order, with the leads that each holds open."""
    held = select(Lead.owner_id, func.count()).where(
        Lead.company_id == company_id, col(Lead.stage).in_(OPEN_STAGES), col(Lead.owner_id).is_not(None)
    )
    open_leads = dict(session.exec(held.group_by(col(Lead.owner_id))).all())
    working = select(Staff).where(
        Staff.company_id == company_id, Staff.role == Role.SALES, col(Staff.active).is_(True)
    )
    return [
        Candidate(
            person.id,
            person.role,
            frozenset(person.regions),
            frozenset(person.categories),
            person.capacity,
            open_leads.get(person.id, 0),
            person.on_leave,
        )
        for person in session.exec(working.order_by(col(Staff.code), col(Staff.id)))
    ]


def _tell_managers(session: Session, lead: Lead, *, at_ms: int) -> None:
    raise_alert(
        session,
        company_id=lead.company_id,
        store_id=lead.store_id,
        kind=AlertKind.UNASSIGNED,
        about_table="lead",
        about_id=lead.id,
        details={"name": lead.name or lead.phone},
        at_ms=at_ms,
    )
