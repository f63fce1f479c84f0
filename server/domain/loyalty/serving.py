"""Members are served in every store of the company; a store that has served somebody sees them from then on."""

from typing import Any

import structlog
from litestar.exceptions import NotFoundException
from sqlmodel import Session, select

from server.auth.errors import NotYours
from server.domain.loyalty.uniting import customer_of, customer_with_phone
from server.visibility import scopes_of_row
from shared_models.loyalty.tables import MemberAccount, PointsLot
from shared_models.people.tables import Role, Staff
from shared_models.sales.tables import Customer
from shared_models.synced import Synced
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
    lots = session.exec(select(PointsLot).where(PointsLot.customer_id == customer.id)).all()
    account = session.get(MemberAccount, customer.id)
    rows: dict[str, list[Synced]] = {
        "customer": [customer],
        "memberaccount": [account] if account else [],
        "pointslot": [*lots],
    }
    specs = catalogue()
    return {
        table: [each.model_dump(include=set(specs[table].public)) for each in found]
        for table, found in rows.items()
    }


def _counter_of(session: Session, caller: Caller, customer_id: str) -> str:
    staff = session.get(Staff, caller.staff_id)
    if staff is None or staff.role not in _AT_THE_COUNTER or not staff.store_id:
        raise NotYours("customer", customer_id)
    return staff.store_id
