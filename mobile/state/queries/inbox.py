"""Names for what is pending, refused or changed by others: which record, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from shared_models.people.tables import Staff
from shared_models.sales.tables import Customer, FollowUp, Lead, Order
from sync.conflict import Conflict
from sync.device.answers import rows_needed
from sync.device.outbox import Unit
from sync.wire import Change

Record = tuple[str, str]
"""A record by its table and identifier."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The record something is about: its name, and where it is shown (`/leads/…`), empty when unknown."""

    name: str
    path: str


NOBODY = Subject("", "")
_TOLD_OF_NEW = (
    "number", "name", "phone", "amount_fen", "method", "channel", "outcome", "intent", "note", "products_net_fen",
    "services_fen", "category", "source", "budget_fen",
)  # fmt: skip
"""What a new row tells about itself; its other columns follow from these or from the person."""


def subject_of_unit(session: Session, unit: Unit) -> Subject:
    """The lead or customer that a unit is about; what it would have inserted counts as well."""
    for table in ("lead", "followup", "sales_order", "customer", "payment"):
        for change in unit.changes:
            if change.table == table:
                found = _subject(session, change.table, change.row, change.fields)
                if found.name:
                    return found
    return NOBODY


def refused_records(session: Session, units: Iterable[Unit]) -> dict[Record, str]:
    """The records that these refused units write or speak of, each with the last such unit.

    Of an order also its buyer and the lead that it came of.
    """
    found: dict[Record, str] = {}
    for unit in units:
        for table, row_id in rows_needed(unit.changes):
            found[table, row_id] = unit.id
            order = session.get(Order, row_id) if table == "sales_order" else None
            if order is not None:
                found["customer", order.customer_id] = unit.id
                if order.lead_id:
                    found["lead", order.lead_id] = unit.id
    return found


def subject_of_conflict(session: Session, conflict: Conflict) -> Subject:
    """The record in which a value gave way."""
    return _subject(session, conflict.about_table, conflict.about_id, {})


def subject_of_record(session: Session, table: str, row_id: str) -> Subject:
    """The record of this table and identifier."""
    return _subject(session, table, row_id, {})


def staff_names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Names of staff by identifier; unknown ones are left out."""
    found = ((staff_id, session.get(Staff, staff_id)) for staff_id in set(ids) if staff_id)
    return {staff_id: staff.name for staff_id, staff in found if staff is not None}


def written_values(changes: Iterable[Change]) -> list[tuple[str, Any]]:
    """The fields a person gave values, once each: of an edit those that were changed, of a new row those that say something."""
    values: dict[str, Any] = {}
    for change in changes:
        given = change.fields if change.seen else {key: change.fields.get(key) for key in _TOLD_OF_NEW}
        for key, value in given.items():
            if value not in (None, "", []):
                values.setdefault(key, value)
    return list(values.items())


def _subject(session: Session, table: str, row_id: str, written: Mapping[str, Any]) -> Subject:
    if table == "lead":
        lead = session.get(Lead, row_id)
        return Subject(
            lead.name if lead else str(written.get("name", "")), f"/leads/{row_id}" if lead else ""
        )
    if table == "customer":
        customer = session.get(Customer, row_id)
        name = customer.name if customer else str(written.get("name", ""))
        return Subject(name, f"/customers/{row_id}" if customer else "")
    if table == "followup":
        entry = session.get(FollowUp, row_id)
        lead_id = entry.lead_id if entry else str(written.get("lead_id", ""))
        return _subject(session, "lead", lead_id, {})
    if table in {"sales_order", "payment"}:
        return _subject_of_sale(session, table, row_id, written)
    return NOBODY


def _subject_of_sale(session: Session, table: str, row_id: str, written: Mapping[str, Any]) -> Subject:
    order_id = row_id if table == "sales_order" else str(written.get("order_id", ""))
    order = session.get(Order, order_id)
    customer_id = order.customer_id if order else str(written.get("customer_id", ""))
    customer = session.get(Customer, customer_id) if customer_id else None
    return Subject(customer.name if customer else "", f"/orders/{order_id}" if order else "")
