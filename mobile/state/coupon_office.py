"""Issuing coupons. Needs the network; raises as `online.ask` does."""

from collections.abc import Sequence

from mobile.state.application import App
from mobile.state.online import ask


async def issue_coupons(
    app: App,
    issue_id: str,
    *,
    amount_fen: int,
    valid_until: str | None,
    campaign: str,
    customer_ids: Sequence[str] = (),
    tier: str | None = None,
) -> int:
    """One for each of these customers, or for everybody of a tier; how many. The same `issue_id` issues none twice."""
    body = {
        "id": issue_id,
        "amount_fen": amount_fen,
        "valid_until": valid_until,
        "campaign": campaign,
        "customer_ids": list(customer_ids),
        "tier": tier,
    }
    answer = await ask(app, "/api/coupons", body)
    app.loop.wake(at_once=True)
    return int(answer["issued"])
