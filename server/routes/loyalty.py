"""The points programme online: members, adjustments, redemptions, leases, schemes, and why a number is what it is."""

from typing import Any

from litestar import Request, Router, get, post
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct, field

from server.acting import acting, require_back_office, require_manager, store_of
from server.auth.errors import NotYours
from server.auth.middleware import FOR_MEMBERS
from server.domain.loyalty import explaining, leases, members, redeeming, schemes, standing
from server.domain.loyalty.serving import customer_found, rows_of_member, serve
from server.services import Wired
from server.visibility import visible
from shared_models.ids import new_id
from shared_models.loyalty.ledger import Adjustment
from shared_models.loyalty.tables import PointsEntry, Redemption
from shared_models.sales.tables import Customer
from sync.hub import Caller

_Request = Request[Caller, Any, State]


class EnrolmentBody(Struct):
    """Who joins; `store_id` is the caller's own when it is left out."""

    phone: str
    name: str = ""
    store_id: str | None = None


class EnrolledBody(Struct):
    """The customer of that number, and the points of the welcome gift: 0 for who was a member already."""

    customer_id: str
    welcome: int


class MemberBody(Struct):
    """Who has a number, and how they stand right now."""

    customer_id: str
    name: str
    member_no: str
    standing: standing.Standing | None


class AdjustmentBody(Struct):
    """What is corrected, points and growth separately, and why."""

    reason: str
    points: int = 0
    growth: int = 0
    id: str = field(default_factory=new_id)


class RedemptionBody(Struct):
    """What points are given for; without `points` what the gift costs. `handed_over`: whether it is taken along at once.

    `seen_points`: what the gift was said to cost; where it costs something else by now, nothing is taken.
    """

    customer_id: str
    points: int | None = None
    gift_id: str | None = None
    note: str = ""
    handed_over: bool = True
    seen_points: int | None = None
    id: str = field(default_factory=new_id)


class RedeemedBody(Struct):
    """A redemption, and how many points came from which lot."""

    id: str
    points: int
    from_lots: dict[str, int]


class RestoredBody(Struct):
    """Points given back."""

    restored: int


class LeaseRequestBody(Struct):
    """So many points of a member for the device that asks.

    `at_most`: the device asks by itself. It is given what is free of them, and what it holds already instead of more.
    """

    customer_id: str
    points: int
    at_most: bool = False


class ReleaseRequestBody(Struct):
    """Whose points the device gives back; `spent`: what it has spent under each lease, unsynced spends included."""

    customer_id: str
    spent: dict[str, int] = {}


class LeasesBody(Struct):
    """Leases of the device as they stand, what was released, and the server's clock at that moment."""

    leases: list[dict[str, Any]]
    server_now_ms: int
    released: int = 0
    rows: dict[str, list[dict[str, Any]]] = {}
    """By table, the member's own rows, where the device's store had not served them before."""


class SchemeBody(Struct):
    """The keys that change; valid at once unless a later moment is given."""

    rules: dict[str, Any]
    valid_from_ms: int | None = None
    practice: dict[str, Any] = {}


class PublishedBody(Struct):
    """A version of the scheme."""

    id: str
    version: int
    valid_from_ms: int


@post("/customers", sync_to_thread=True)
def enrol(data: JSONBody[EnrolmentBody], services: Wired, request: _Request) -> EnrolledBody:
    """Make somebody a member; a known number is the same customer."""
    with acting(services, request.user) as session:
        store_id = store_of(session, request.user, data.store_id)
        joining = members.Enrolment(request.user.company_id, store_id, data.phone, data.name.strip())
        customer, welcome = members.enrol(session, joining, now_ms=services.now_ms())
        serve(session, request.user, customer.id)
        return EnrolledBody(customer.id, welcome)


@get("/customers/lookup", sync_to_thread=True)
def look_up(phone: FromQuery[str], services: Wired, request: _Request) -> MemberBody:
    """The one customer with exactly this number, however it is written, and how they stand; in any store."""
    with services.database.reading() as session:
        customer = customer_found(session, request.user, phone)
        found = standing.standing_of(session, customer.id, services.now_ms())
        return MemberBody(customer.id, customer.name, customer.member_no, found)


@get("/customers/{customer_id:str}/points", opt=FOR_MEMBERS, sync_to_thread=True)
def points(customer_id: FromPath[str], services: Wired, request: _Request) -> standing.Standing:
    """How a member stands right now."""
    with services.database.reading() as session:
        visible(session, request.user, Customer, customer_id)
        found = standing.standing_of(session, customer_id, services.now_ms())
    if found is None:
        raise NotFoundException
    return found


@post("/customers/{customer_id:str}/adjustments", sync_to_thread=True)
def adjust(
    customer_id: FromPath[str], data: JSONBody[AdjustmentBody], services: Wired, request: _Request
) -> standing.Standing:
    """Correct points and growth by hand; for managers, with a reason."""
    now_ms = services.now_ms()
    with acting(services, request.user) as session:
        require_manager(session, request.user, "adjustment")
        visible(session, request.user, Customer, customer_id)
        wanted = Adjustment(data.id, data.points, data.growth, data.reason.strip(), now_ms)
        redeeming.adjust_account(session, customer_id, wanted, staff_id=request.user.staff_id)
        found = standing.standing_of(session, customer_id, now_ms)
    if found is None:
        raise NotFoundException
    return found


@post("/redemptions", opt=FOR_MEMBERS, sync_to_thread=True)
def redeem(data: JSONBody[RedemptionBody], services: Wired, request: _Request) -> RedeemedBody:
    """Give points for a gift, or for something agreed on the spot."""
    with acting(services, request.user) as session:
        serve(session, request.user, data.customer_id)
        if request.user.reads_only:
            wish = _own_wish(data, request.user)
        else:
            wish = redeeming.Wish(
                data.customer_id,
                request.user.staff_id,
                data.points,
                data.gift_id,
                data.note,
                data.id,
                data.seen_points,
                data.handed_over,
            )
        redemption, lines = redeeming.redeem_points(session, wish, now_ms=services.now_ms())
        from_lots: dict[str, int] = {}
        for line in lines:
            if line.lot_id:
                from_lots[line.lot_id] = from_lots.get(line.lot_id, 0) - line.points
        return RedeemedBody(redemption.id, redemption.points, from_lots)


def _own_wish(data: RedemptionBody, member: Caller) -> redeeming.Wish:
    """What members may ask for themselves: a gift at its price. Anything else is agreed on the spot, with a colleague."""
    if data.gift_id is None:
        raise NotYours("redemption", "")
    return redeeming.Wish(
        data.customer_id,
        member.staff_id,
        gift_id=data.gift_id,
        redemption_id=data.id,
        seen_points=data.seen_points,
        is_handed_over=False,
    )


@post("/redemptions/{redemption_id:str}/cancellation", status_code=200, sync_to_thread=True)
def cancel(redemption_id: FromPath[str], services: Wired, request: _Request) -> RestoredBody:
    """Take a redemption back."""
    with acting(services, request.user) as session:
        visible(session, request.user, Redemption, redemption_id)
        return RestoredBody(redeeming.cancel(session, redemption_id, now_ms=services.now_ms()))


@post("/leases", sync_to_thread=True)
def lease(data: JSONBody[LeaseRequestBody], services: Wired, request: _Request) -> LeasesBody:
    """Set points aside for the device that asks, to be spent there without a network."""
    caller, now_ms = request.user, services.now_ms()
    with acting(services, caller) as session:
        customer, is_new_here = serve(session, caller, data.customer_id)
        grant = leases.grant_at_most if data.at_most else leases.grant_lease
        granted = grant(session, customer.id, device_id=caller.device_id, points=data.points, now_ms=now_ms)
        rows = rows_of_member(session, customer) if is_new_here else {}
        return LeasesBody([granted.model_dump()], now_ms, rows=rows)


@post("/leases/release", status_code=200, sync_to_thread=True)
def release(data: JSONBody[ReleaseRequestBody], services: Wired, request: _Request) -> LeasesBody:
    """Give back what the device has not spent."""
    caller, now_ms = request.user, services.now_ms()
    with acting(services, caller) as session:
        visible(session, caller, Customer, data.customer_id)
        released, standing_leases = leases.release(
            session, data.customer_id, device_id=caller.device_id, spent=data.spent, now_ms=now_ms
        )
        return LeasesBody([each.model_dump() for each in standing_leases], now_ms, released)


@post("/schemes", sync_to_thread=True)
def publish(data: JSONBody[SchemeBody], services: Wired, request: _Request) -> PublishedBody:
    """Publish a version of the scheme: the keys given replace the old ones."""
    with acting(services, request.user) as session:
        require_back_office(session, request.user, "scheme")
        scheme = schemes.publish_scheme(
            session,
            request.user.company_id,
            data.rules,
            now_ms=services.now_ms(),
            valid_from_ms=data.valid_from_ms,
            practice=data.practice,
        )
        return PublishedBody(scheme.id, scheme.version, scheme.valid_from_ms)


@get("/points-entries/{entry_id:str}/explanation", sync_to_thread=True)
def explain(entry_id: FromPath[str], services: Wired, request: _Request) -> dict[str, Any]:
    """Why this number: a line of the ledger down to order, lines, payment, rule version and lot."""
    with services.database.reading() as session:
        entry = visible(session, request.user, PointsEntry, entry_id)
        why = explaining.explain(session, entry)
        return {
            "entry": entry.model_dump(),
            "order": why.order.model_dump() if why.order else None,
            "lines": list(why.lines),
            "payment": why.payment.model_dump() if why.payment else None,
            "return": why.returned.model_dump() if why.returned else None,
            "redemption": why.redemption.model_dump() if why.redemption else None,
            "gift": why.gift.model_dump() if why.gift else None,
            "scheme_version": why.scheme.version if why.scheme else None,
            "rule": why.rule,
            "lot": why.lot.model_dump() if why.lot else None,
        }


loyalty_routes = Router(
    "/api",
    route_handlers=[enrol, look_up, points, adjust, redeem, cancel, lease, release, publish, explain],
    tags=["loyalty"],
)
