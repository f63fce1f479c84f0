"""Points for taking part: the back office says for what, managers grant them."""

from typing import Annotated, Any

from litestar import Request, Router, post
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct, field

from server.acting import acting, require_back_office, require_manager
from server.domain.loyalty.activities import Granting, grant, save_activity
from server.services import Wired
from server.visibility import visible
from shared_models.ids import new_id
from shared_models.loyalty.activities import ActivityTerms
from shared_models.loyalty.tables import Activity, ActivityGrant
from shared_models.sales.tables import Customer
from sync.hub import Caller

_Request = Request[Caller, Any, State]
_Points = Annotated[int, Meta(ge=0, le=10**9)]
_Day = Annotated[str, Meta(max_length=10)]


class ActivityBody(Struct, forbid_unknown_fields=True, kw_only=True):
    """An activity: points for each event, and at most so many to one person (null: no cap). Sent again, it is changed."""

    name: Annotated[str, Meta(max_length=200)]
    points: _Points
    cap: _Points | None = None
    valid_from: _Day | None = None
    valid_until: _Day | None = None
    active: bool = True
    id: str = field(default_factory=new_id)


class GrantBody(Struct, forbid_unknown_fields=True):
    """Who took part in which event; each event counts once for a person."""

    customer_id: str
    event: Annotated[str, Meta(max_length=200)]


@post("/activities", status_code=200, sync_to_thread=True)
def save(data: JSONBody[ActivityBody], services: Wired, request: _Request) -> Activity:
    """Begin an activity, or change it."""
    terms = ActivityTerms(data.points, data.cap, data.valid_from, data.valid_until, data.active)
    with acting(services, request.user) as session:
        staff = require_back_office(session, request.user, "activity")
        return save_activity(session, staff.company_id, data.id, data.name, terms)


@post("/activities/{activity_id:str}/grants", sync_to_thread=True)
def give(
    activity_id: FromPath[str], data: JSONBody[GrantBody], services: Wired, request: _Request
) -> ActivityGrant:
    """Give a member the points of one event; for managers, to members whom they see."""
    with acting(services, request.user) as session:
        staff = require_manager(session, request.user, "activity")
        activity = session.get(Activity, activity_id)
        if activity is None or activity.company_id != staff.company_id:
            raise NotFoundException
        visible(session, request.user, Customer, data.customer_id)
        granting = Granting(activity_id, data.customer_id, data.event, staff.id)
        return grant(session, staff.company_id, granting, now_ms=services.now_ms())


activity_routes = Router("/api", route_handlers=[save, give], tags=["loyalty"])
