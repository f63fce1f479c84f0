"""The gifts that points are exchanged for, and their hand-over."""

from typing import Annotated, Any

from litestar import Request, Router, post
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct, field

from server.acting import acting, require_back_office
from server.domain.loyalty import redeeming
from server.domain.loyalty.gifts import GiftTerms, change_gift, offer_gift
from server.services import Wired
from server.visibility import visible
from shared_models.ids import new_id
from shared_models.loyalty.tables import Gift, Redemption
from sync.hub import Caller

_Request = Request[Caller, Any, State]
_Count = Annotated[int, Meta(ge=0, le=10**9)]
_Day = Annotated[str, Meta(max_length=10)]


class GiftBody(Struct, forbid_unknown_fields=True, kw_only=True):
    """A gift: what it costs in points, what it is worth in fen, and how many there are (null: no limit).

    `seen_stock` is the stock that its author saw; what was redeemed since stays taken. Days are local, `YYYY-MM-DD`.
    """

    name: Annotated[str, Meta(max_length=200)]
    points: _Count
    value_fen: Annotated[int, Meta(ge=0, le=10**13)]
    stock: _Count | None = None
    seen_stock: int | None = None
    min_tier: Annotated[str, Meta(max_length=50)] = ""
    valid_from: _Day | None = None
    valid_until: _Day | None = None
    active: bool = True

    def terms(self) -> GiftTerms:
        """What the domain takes."""
        return GiftTerms(
            name=self.name,
            points=self.points,
            value_fen=self.value_fen,
            stock=self.stock,
            seen_stock=self.seen_stock,
            min_tier=self.min_tier,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            active=self.active,
        )


class ChangedGiftBody(GiftBody, forbid_unknown_fields=True, kw_only=True):
    """What is to hold for a gift, from now on or from a later moment; its stock counts at once."""

    begins_at_ms: int | None = None


class NewGiftBody(GiftBody, forbid_unknown_fields=True, kw_only=True):
    """A gift that is to be offered; sent again under the same identifier, it is one."""

    id: str = field(default_factory=new_id)


class HandedOverBody(Struct):
    """A redemption whose gift was handed over, and when."""

    id: str
    handed_over_at_ms: int | None


@post("/gifts", sync_to_thread=True)
def offer(data: JSONBody[NewGiftBody], services: Wired, request: _Request) -> Gift:
    """Put a gift on offer."""
    with acting(services, request.user) as session:
        staff = require_back_office(session, request.user, "gift")
        return offer_gift(session, staff.company_id, data.terms(), gift_id=data.id, now_ms=services.now_ms())


@post("/gifts/{gift_id:str}", status_code=200, sync_to_thread=True)
def change(
    gift_id: FromPath[str], data: JSONBody[ChangedGiftBody], services: Wired, request: _Request
) -> Gift:
    """Change what is said about a gift: a version that holds from now on, or from a later moment."""
    with acting(services, request.user) as session:
        staff = require_back_office(session, request.user, "gift")
        gift = session.get(Gift, gift_id)
        if gift is None or gift.company_id != staff.company_id:
            raise NotFoundException
        return change_gift(
            session,
            staff.company_id,
            gift_id,
            data.terms(),
            now_ms=services.now_ms(),
            begins_at_ms=data.begins_at_ms,
        )


@post("/redemptions/{redemption_id:str}/hand-over", status_code=200, sync_to_thread=True)
def hand_over(redemption_id: FromPath[str], services: Wired, request: _Request) -> HandedOverBody:
    """Note that a reserved gift was handed over."""
    with acting(services, request.user) as session:
        visible(session, request.user, Redemption, redemption_id)
        done = redeeming.hand_over(
            session, redemption_id, staff_id=request.user.staff_id, now_ms=services.now_ms()
        )
        return HandedOverBody(done.id, done.handed_over_at_ms)


gift_routes = Router("/api", route_handlers=[offer, change, hand_over], tags=["loyalty"])
