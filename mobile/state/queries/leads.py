"""Leads in a list: filtered, searched by name, pinyin, initials or phone number, and read a page at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import Session, col

from mobile.state.queries.search import folded, matching
from shared_models.sales.tables import Intent, Lead, LeadStage

CLOSED = (LeadStage.WON, LeadStage.LOST)


class LeadFilter(StrEnum):
    """What the chips above the list offer."""

    ALL = "all"
    DUE = "due"
    HIGH = "high"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class LeadRow:
    """What a row of the list shows."""

    id: str
    name: str
    phone: str
    category: str
    budget_fen: int | None
    styles: tuple[str, ...]
    intent: str | None
    stage: str
    next_due_at_ms: int | None
    customer_id: str | None


_SHOWN = (
    col(Lead.id),
    col(Lead.name),
    col(Lead.phone),
    col(Lead.category),
    col(Lead.budget_fen),
    col(Lead.styles),
    col(Lead.intent),
    col(Lead.stage),
    col(Lead.next_due_at_ms),
    col(Lead.customer_id),
)


def lead_ids(session: Session, *, text: str, which: LeadFilter, due_before_ms: int) -> list[str]:
    """The identifiers of all that match, in the order of the list: best match first, then soonest due, then newest."""
    query: Select[tuple[str]] = select(col(Lead.id))
    query = query.where(*_of_filter(which, due_before_ms))
    order: list[ColumnElement[object]] = []
    typed = folded(text)
    if typed:
        matches, best_first = matching(typed, col(Lead.name_key), col(Lead.phone))
        query = query.where(matches)
        order.append(best_first)
    due, inquired = col(Lead.next_due_at_ms), col(Lead.inquired_at_ms)
    query = query.order_by(*order, due.is_(None), due, inquired.desc(), col(Lead.id))
    return list(session.scalars(query))


def lead_rows(session: Session, ids: Sequence[str]) -> list[LeadRow]:
    """The rows of these identifiers, in their order; one that is gone is left out."""
    found = {row[0]: _row(row) for row in session.execute(select(*_SHOWN).where(col(Lead.id).in_(ids)))}
    return [found[lead_id] for lead_id in ids if lead_id in found]


def lead_with_phone(session: Session, phone: str) -> str | None:
    """The name of an open lead with this phone number, so that nobody is entered twice."""
    query = select(col(Lead.name)).where(col(Lead.phone) == phone, col(Lead.stage).not_in(CLOSED)).limit(1)
    return session.scalars(query).first()


def _of_filter(which: LeadFilter, due_before_ms: int) -> list[ColumnElement[bool]]:
    opened = col(Lead.stage).not_in(CLOSED)
    if which == LeadFilter.DUE:
        return [opened, col(Lead.next_due_at_ms) < due_before_ms]
    if which == LeadFilter.HIGH:
        return [opened, col(Lead.intent) == Intent.HIGH]
    if which == LeadFilter.NEW:
        return [col(Lead.stage) == LeadStage.NEW]
    return []


def _row(values: Sequence[object]) -> LeadRow:
    fields = list(values)
    fields[5] = tuple(fields[5] or ())  # type: ignore[arg-type]
    return LeadRow(*fields)  # type: ignore[arg-type]
