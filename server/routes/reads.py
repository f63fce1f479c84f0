"""Single rows for integrations; the app itself reads its local copy."""

from typing import Any

from litestar import Request, Router, get
from litestar.datastructures import State
from litestar.params import FromPath

from server.services import Wired
from server.visibility import visible
from shared_models.sales.tables import Customer, Lead, Order
from sync.hub import Caller


@get("/leads/{lead_id:str}", sync_to_thread=True)
def lead(lead_id: FromPath[str], services: Wired, request: Request[Caller, Any, State]) -> Lead:
    """One lead, for its owner and those above them."""
    with services.database.reading() as session:
        return visible(session, request.user, Lead, lead_id)


@get("/customers/{customer_id:str}", sync_to_thread=True)
def customer(customer_id: FromPath[str], services: Wired, request: Request[Caller, Any, State]) -> Customer:
    """One customer, for the staff of their store and those above them."""
    with services.database.reading() as session:
        return visible(session, request.user, Customer, customer_id)


@get("/orders/{order_id:str}", sync_to_thread=True)
def order(order_id: FromPath[str], services: Wired, request: Request[Caller, Any, State]) -> Order:
    """One order, for the staff of its store and those above them."""
    with services.database.reading() as session:
        return visible(session, request.user, Order, order_id)


read_routes = Router("/api", route_handlers=[lead, customer, order], tags=["reading"])
