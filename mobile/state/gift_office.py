"""Gifts and activities as the back office keeps them, and handing gifts over at the counter.

What needs the network raises `Unreachable`, `LogInNeeded` or `ServerRefusal` with the reason.
"""

from collections.abc import Mapping
from typing import Any

from mobile.state.application import App
from mobile.state.online import ask
from mobile.state.queries.customers import customer_with_phone
from shared_models.errors import RuleError
from shared_models.loyalty.tables import Redemption, RedemptionState
from shared_models.phone import normalise_phone


async def offer_gift(app: App, terms: Mapping[str, Any]) -> str:
    """Put a gift on offer, as the server's body for it; its identifier."""
    answer = await ask(app, "/api/gifts", dict(terms))
    app.loop.wake(at_once=True)
    return str(answer["id"])


async def change_gift(app: App, gift_id: str, terms: Mapping[str, Any]) -> None:
    """Change what is said about a gift; `seen_stock` is the stock that the person saw."""
    await ask(app, f"/api/gifts/{gift_id}", dict(terms))
    app.loop.wake(at_once=True)


async def cancel_redemption(app: App, redemption_id: str) -> int:
    """Take a redemption back; how many points the member has again."""
    answer = await ask(app, f"/api/redemptions/{redemption_id}/cancellation", {})
    app.loop.wake(at_once=True)
    return int(answer["restored"])


async def save_activity(app: App, terms: Mapping[str, Any]) -> None:
    """Begin an activity that gives points, or change it."""
    await ask(app, "/api/activities", dict(terms))
    app.loop.wake(at_once=True)


async def grant_activity(app: App, activity_id: str, phone: str, event: str) -> int:
    """Give the member with this number the points of one event; how many.

    Refuses a number that no member here has (`RuleError("member_unknown")`).
    """
    customer = app.read(lambda session: customer_with_phone(session, normalise_phone(phone)))
    if customer is None or customer.enrolled_at_ms is None:
        raise RuleError("member_unknown", phone=phone)
    body = {"customer_id": customer.id, "event": event}
    answer = await ask(app, f"/api/activities/{activity_id}/grants", body)
    app.loop.wake(at_once=True)
    return int(answer["points"])


def hand_over(app: App, redemption_id: str) -> None:
    """Note that a reserved gift was handed over; works without a network.

    Refuses one that is not here (`RuleError("not_here")`), or reserved no more (`"handed_over"`).
    """
    with app.action("hand_over_gift") as session:
        redemption = session.get(Redemption, redemption_id)
        if redemption is None:
            raise RuleError("not_here")
        if redemption.state != RedemptionState.RESERVED:
            raise RuleError("handed_over")
        redemption.state = RedemptionState.DONE
