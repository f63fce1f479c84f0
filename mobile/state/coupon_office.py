"""Issuing coupons, and what became of them. Needs the network; all raise as `online.ask` does."""

from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import urlencode

from mobile.state.application import App
from mobile.state.online import ask
from shared_models.ids import derived_id
from shared_models.loyalty.coupons import CouponHolder, KindOfCoupon

KIND = "coupons-"
"""What the identifier of a kind begins with."""


@dataclass(frozen=True, slots=True)
class Issue:
    """Coupons of one amount for one customer, or for everybody of a tier. Issued again under its `id`, it is one."""

    id: str
    amount_fen: int
    valid_until: str | None
    campaign: str
    customer_id: str = ""
    tier: str = ""

    @property
    def body(self) -> dict[str, Any]:
        """As the server takes it."""
        return {
            "id": self.id,
            "amount_fen": self.amount_fen,
            "valid_until": self.valid_until,
            "campaign": self.campaign,
            "customer_ids": [self.customer_id] if self.customer_id else [],
            "tier": self.tier or None,
        }


@dataclass(frozen=True, slots=True)
class Outlook:
    """What an issue would do: how many get a coupon, have theirs by this very issue, or hold another one to use."""

    issued: int
    already: int
    holding: int
    amount_fen: int
    """What all of the new coupons take off together."""


@dataclass(frozen=True, slots=True)
class Kind(KindOfCoupon):
    """A kind of coupon as the list of kinds has it."""

    @property
    def id(self) -> str:
        """What follows from what makes them alike."""
        return KIND + derived_id("coupon-kind", str(self.amount_fen), self.campaign, self.valid_until or "")


async def issue_coupons(app: App, wanted: Issue) -> int:
    """Issue them; how many have one now."""
    answer = await ask(app, "/api/coupons", wanted.body)
    app.loop.wake(at_once=True)
    return int(answer["issued"])


async def preview_coupons(app: App, wanted: Issue) -> Outlook:
    """What issuing would do; nothing is issued."""
    return Outlook(**await ask(app, "/api/coupons/preview", wanted.body))


async def fetch_kinds(app: App) -> list[Kind]:
    """Every kind that was issued, the latest first."""
    found = await app.server.get_list("/api/coupons", await app.session.access_token())
    return [Kind(**each) for each in found]


async def fetch_latest(app: App, kind: Kind) -> list[CouponHolder]:
    """Who got a coupon of the kind, the latest first."""
    chosen = {name: asdict(kind)[name] or "" for name in ("amount_fen", "campaign", "valid_until")}
    found = await app.server.get_list(
        f"/api/coupons/latest?{urlencode(chosen)}", await app.session.access_token()
    )
    return [CouponHolder(**each) for each in found]
