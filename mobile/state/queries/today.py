"""Today: who is due, who came to the showroom, and where one works."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from mobile.state.queries.leads import CLOSED, LeadRow, lead_rows
from shared_models.people.tables import Store
from shared_models.sales.tables import Channel, FollowUp, Lead

SHOWN = 30
"""Rows read for each group; a day with more goes on in the list of leads."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit to the showroom, with the lead who came."""

    lead: LeadRow
    occurred_at_ms: int
    note: str


@dataclass(frozen=True, slots=True)
class Today:
    """What the page of a day shows; the counts are of all, the rows of the first `SHOWN`."""

    store: str
    overdue: tuple[LeadRow, ...]
    later: tuple[LeadRow, ...]
    visits: tuple[Visit, ...]
    overdue_count: int
    later_count: int


def today(session: Session, *, now_ms: int, day_from_ms: int, day_to_ms: int, store_id: str | None) -> Today:
    """The day from `day_from_ms` up to `day_to_ms`, seen at `now_ms`."""
    store = session.get(Store, store_id) if store_id else None
    overdue, overdue_count = _due(session, 0, now_ms)
    later, later_count = _due(session, now_ms, day_to_ms)
    return Today(
        store.name if store else "",
        overdue,
        later,
        _visits(session, day_from_ms, day_to_ms),
        overdue_count,
        later_count,
    )


def _due(session: Session, from_ms: int, to_ms: int) -> tuple[tuple[LeadRow, ...], int]:
    due = col(Lead.next_due_at_ms)
    which = (due >= from_ms, due < to_ms, col(Lead.stage).not_in(CLOSED))
    ids = session.scalars(select(col(Lead.id)).where(*which).order_by(due, col(Lead.id)).limit(SHOWN)).all()
    count = len(ids)
    if count == SHOWN:
        count = session.scalar(select(func.count()).select_from(Lead).where(*which)) or 0
    return tuple(lead_rows(session, ids)), count


def _visits(session: Session, from_ms: int, to_ms: int) -> tuple[Visit, ...]:
    moment = col(FollowUp.occurred_at_ms)
    query = select(col(FollowUp.lead_id), moment, col(FollowUp.note))
    query = query.where(moment >= from_ms, moment < to_ms, col(FollowUp.channel) == Channel.STORE_VISIT)
    found = session.execute(query.order_by(moment.desc()).limit(SHOWN)).all()
    rows = {row.id: row for row in lead_rows(session, list({lead_id for lead_id, _, _ in found}))}
    return tuple(Visit(rows[lead], at_ms, note) for lead, at_ms, note in found if lead in rows)
