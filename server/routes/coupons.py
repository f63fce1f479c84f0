"""Coupons: managers issue them to their customers, the back office to all members of a tier; what became of them."""

from typing import Annotated, Any

from litestar import Request, Router, get, post
from litestar.datastructures import State
from litestar.params import FromQuery, JSONBody
from msgspec import Meta, Struct, field
from sqlmodel import Session

from server.acting import acting, require_back_office, require_manager
from server.domain.loyalty.coupon_kinds import Kind, kinds_of_coupon, latest_of
from server.domain.loyalty.coupons import Issue, Outlook, issue, members_of_tier, outlook
from server.services import Wired
from server.visibility import visible
from shared_models.ids import new_id
from shared_models.loyalty.coupons import CouponHolder, KindOfCoupon
from shared_models.sales.tables import Customer
from sync.hub import Caller

_Request = Request[Caller, Any, State]
_Short = Annotated[str, Meta(max_length=100)]
_LATEST = 20


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
        wanted, customer_ids = _meant(session, request.user, data)
        return IssuedBody(issue(session, wanted, customer_ids, now_ms=services.now_ms()))


@post("/coupons/preview", status_code=200, sync_to_thread=True)
def preview_coupons(data: JSONBody[IssueBody], services: Wired, request: _Request) -> Outlook:
    """How many would get one, before anything is issued."""
    with services.database.reading() as session:
        wanted, customer_ids = _meant(session, request.user, data)
        return outlook(session, wanted, customer_ids, now_ms=services.now_ms())


@get("/coupons", sync_to_thread=True)
def kinds(services: Wired, request: _Request) -> list[KindOfCoupon]:
    """What has been issued to those whom the caller is in charge of, kind by kind, and what became of it."""
    with services.database.reading() as session:
        return kinds_of_coupon(session, require_manager(session, request.user, "coupon"))


@get("/coupons/latest", sync_to_thread=True)
def latest(
    services: Wired,
    request: _Request,
    amount_fen: FromQuery[int],
    campaign: FromQuery[str] = "",
    valid_until: FromQuery[str] = "",
) -> list[CouponHolder]:
    """Who got a coupon of one kind, the latest first."""
    with services.database.reading() as session:
        staff = require_manager(session, request.user, "coupon")
        return latest_of(session, staff, Kind(amount_fen, campaign, valid_until or None), _LATEST)


def _meant(session: Session, caller: Caller, data: IssueBody) -> tuple[Issue, list[str]]:
    """What is to be issued, and to whom. Refuses a caller who may not (`NotYours`)."""
    staff = require_manager(session, caller, "coupon")
    for customer_id in data.customer_ids:
        visible(session, caller, Customer, customer_id)
    customer_ids = list(data.customer_ids)
    if data.tier is not None:
        require_back_office(session, caller, "coupon")
        customer_ids += members_of_tier(session, staff.company_id, data.tier)
    wanted = Issue(data.id, staff.company_id, data.amount_fen, data.valid_until, data.campaign, staff.id)
    return wanted, customer_ids


coupon_routes = Router(
    "/api", route_handlers=[issue_coupons, preview_coupons, kinds, latest], tags=["loyalty"]
)
