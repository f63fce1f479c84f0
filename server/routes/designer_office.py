"""What the back office decides about designers: whose client it is, what was paid, what they recommend."""

from typing import Annotated, Any

from litestar import Request, Router, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from server.acting import acting, require_back_office
from server.domain.designers.payouts import pay_out
from server.domain.designers.recommending import Recommended, recommend
from server.domain.designers.referrals import decide
from server.services import Wired
from shared_models.designers.tables import CommissionPayout, Recommendation
from sync.hub import Caller

_Request = Request[Caller, Any, State]
_ABOUT = "designer"
_Short = Annotated[str, Meta(max_length=200)]


class DecisionBody(Struct, forbid_unknown_fields=True):
    """Why the client goes to this designer."""

    reason: _Short


class DecidedBody(Struct):
    """Whose client it is now."""

    designer_id: str


class PayoutBody(Struct, forbid_unknown_fields=True):
    """Under which number the bank knows the payment, if it is known."""

    reference: _Short = ""


class RecommendedBody(Struct, forbid_unknown_fields=True, kw_only=True):
    """An article to recommend, and what to say about it."""

    product_id: _Short
    words: Annotated[str, Meta(max_length=1_000)] = ""
    position: Annotated[int, Meta(ge=0, le=10_000)] = 0
    active: bool = True


@post("/referrals/{referral_id:str}/decision", status_code=200, sync_to_thread=True)
def decide_claim(
    referral_id: FromPath[str], data: JSONBody[DecisionBody], services: Wired, request: _Request
) -> DecidedBody:
    """Give a client to the designer of this claim, with a reason."""
    with acting(services, request.user) as session:
        staff = require_back_office(session, request.user, _ABOUT)
        decided = decide(
            session,
            staff.company_id,
            referral_id,
            reason=data.reason,
            staff_id=staff.id,
            now_ms=services.now_ms(),
        )
        return DecidedBody(decided.designer_id)


@post("/designers/statements/{statement_id:str}/payout", status_code=200, sync_to_thread=True)
def note_payout(
    statement_id: FromPath[str], data: JSONBody[PayoutBody], services: Wired, request: _Request
) -> CommissionPayout:
    """Note that a statement was paid."""
    with acting(services, request.user) as session:
        staff = require_back_office(session, request.user, _ABOUT)
        return pay_out(
            session,
            staff.company_id,
            statement_id,
            reference=data.reference,
            staff_id=staff.id,
            now_ms=services.now_ms(),
        )


@post("/recommendations", status_code=200, sync_to_thread=True)
def note_recommendation(
    data: JSONBody[RecommendedBody], services: Wired, request: _Request
) -> Recommendation:
    """Recommend an article to designers, or change what is said about it."""
    with acting(services, request.user) as session:
        staff = require_back_office(session, request.user, _ABOUT)
        wanted = Recommended(data.product_id, data.words, data.position, data.active)
        return recommend(session, staff.company_id, wanted)


designer_office_routes = Router(
    "/api", route_handlers=[decide_claim, note_payout, note_recommendation], tags=["designers"]
)
