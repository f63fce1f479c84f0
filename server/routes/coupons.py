"""Coupons: managers issue them to their customers, the back office to all members of a tier."""

from typing import Annotated, Any

from litestar import Request, Router, post
from litestar.datastructures import State
from litestar.params import JSONBody
from msgspec import Meta, Struct, field

from server.acting import acting, require_back_office, require_manager
from server.domain.loyalty.coupons import Issue, issue, members_of_tier
from server.services import Wired
from server.visibility import visible
from shared_models.ids import new_id
from shared_models.sales.tables import Customer
from sync.hub import Caller

_Request = Request[Caller, Any, State]
_Short = Annotated[str, Meta(max_length=100)]


class IssueBody(Struct, forbid_unknown_fields=True, kw_only=True):
    """Coupons of one amount for these customers, or for everybody of a tier. Sent again, it issues none twice."""

    amount_fen: Annotated[int, Meta(ge=0, le=10**12)]
    valid_until: Annotated[str, Meta(max_length=10)] | None = None
    campaign: _Short = ""
    customer_ids: Annotated[list[_Short], Meta(max_length=500)] = []
    tier: _Short | None = None
    id: _Short = field(default_factory=new_id)


class IssuedBody(Struct):
    """How many customers have one by it."""

    issued: int


@post("/coupons", status_code=200, sync_to_thread=True)
def issue_coupons(data: JSONBody[IssueBody], services: Wired, request: _Request) -> IssuedBody:
    """Issue coupons."""
    with acting(services, request.user) as session:
        staff = require_manager(session, request.user, "coupon")
        for customer_id in data.customer_ids:
            visible(session, request.user, Customer, customer_id)
        customer_ids = list(data.customer_ids)
        if data.tier is not None:
            require_back_office(session, request.user, "coupon")
            customer_ids += members_of_tier(session, staff.company_id, data.tier)
        wanted = Issue(data.id, staff.company_id, data.amount_fen, data.valid_until, data.campaign, staff.id)
        return IssuedBody(len(issue(session, wanted, customer_ids, now_ms=services.now_ms())))


coupon_routes = Router("/api", route_handlers=[issue_coupons], tags=["loyalty"])
