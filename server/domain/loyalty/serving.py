"""Members are served in every store of the company; a store that has served somebody sees them from then on."""

from typing import Any

import sqlalchemy as sql
import structlog
from litestar.exceptions import NotFoundException
from sqlmodel import Session

from server.auth.errors import NotYours
from server.domain.loyalty.uniting import customer_of, customer_with_phone
from server.visibility import scopes_of_row
from shared_models.people.tables import Role, Staff
from shared_models.sales.tables import Customer
from sync.hub import Caller
from sync.schema import catalogue

_AT_THE_COUNTER = frozenset({Role.SALES, Role.STORE_MANAGER})
_log = structlog.get_logger()


def serve(session: Session, caller: Caller, customer_id: str) -> tuple[Customer, bool]:
    """The customer whom somebody serves, by either identifier, and whether this is the first time in their store.

    Raises `NotFoundException` when the company has no such customer, `NotYours` for who serves nobody at a counter.
    """
    customer = customer_of(session, customer_id)
    if customer is None or customer.company_id != caller.company_id:
        raise NotFoundException
    if not caller.scopes.isdisjoint(scopes_of_row(session, "customer", customer.model_dump())):
        return customer, False
    store_id = _counter_of(session, caller, customer.id)
    customer.known_in = sorted({*customer.known_in, store_id})
    session.flush()
    _log.info("customer_served", customer_id=customer.id, store_id=store_id)
    return customer, True


def customer_found(session: Session, caller: Caller, phone: str) -> Customer:
    """Who has exactly this number. Raises as `serve` does."""
    customer = customer_with_phone(session, caller.company_id, phone)
    if customer is None:
        raise NotFoundException
    if caller.scopes.isdisjoint(scopes_of_row(session, "customer", customer.model_dump())):
        _counter_of(session, caller, customer.id)
    return customer


def rows_of_member(session: Session, customer: Customer) -> dict[str, list[dict[str, Any]]]:
    """The rows that a device needs to serve somebody without a network, by table, as a sync would hand them out."""
    return {
        "customer": [customer.model_dump(include=set(catalogue()["customer"].public))],
        "memberaccount": _public_rows(session, "memberaccount", customer.id),
        "pointslot": _public_rows(session, "pointslot", customer.id),
    }


def _public_rows(session: Session, table: str, customer_id: str) -> list[dict[str, Any]]:
    spec = catalogue()[table]
    chosen = sql.select(*(spec.table.c[name] for name in spec.public))
    found = session.execute(chosen.where(spec.table.c.customer_id == customer_id))
    return [dict(row) for row in found.mappings()]


def _counter_of(session: Session, caller: Caller, customer_id: str) -> str:
    staff = session.get(Staff, caller.staff_id)
    if staff is None or staff.role not in _AT_THE_COUNTER or not staff.store_id:
        raise NotYours("customer", customer_id)
    return staff.store_id
