"""Single rows for integrations; the app itself reads its local copy."""

from typing import Any

from litestar import Request, Router, get
from litestar.datastructures import State
from litestar.params import FromPath

from server.services import Wired
from server.visibility import visible
from shared_models.sales.tables import Order
from sync.hub import Caller


@get("/orders/{order_id:str}", sync_to_thread=True)
def order(order_id: FromPath[str], services: Wired, request: Request[Caller, Any, State]) -> Order:
    """One order, for the staff of its store and those above them."""
    with services.database.reading() as session:
        return visible(session, request.user, Order, order_id)


read_routes = Router("/api", route_handlers=[order], tags=["reading"])
