"""Gifts as the back office keeps them, and handing them over at the counter.

What needs the network raises `Unreachable`, `LogInNeeded` or `ServerRefusal` with the reason.
"""

from collections.abc import Mapping
from typing import Any

from mobile.state.application import App
from mobile.state.online import ask
from shared_models.errors import RuleError
from shared_models.loyalty.tables import Redemption, RedemptionState


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
