"""What the counter asks of the server at once: points set aside, gifts, corrections, returns. Only these need the network.

All raise `Unreachable`, `LogInNeeded` or `ServerRefusal` with the reason.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, fields

from mobile.state import points_actions
from mobile.state.application import App
from mobile.state.online import ask
from mobile.state.queries.gifts import versions_of
from mobile.state.queries.leases import open_leases, spendable_points
from shared_models.ids import new_id
from shared_models.loyalty.gifts import version_at
from shared_models.loyalty.returns import ReturnFigures
from shared_models.loyalty.tables import Gift


async def reserve_points(app: App, customer_id: str, points: int, *, at_most: bool = False) -> int:
    """Set points of a member aside for this device until it has been offline and back; how many.

    `at_most` as for `points_actions.take_lease`.

    A sync ends a device's leases (R11), and a device with a network syncs all the time: unspent, this one waits for the
    time without a network that it was taken for.
    """
    before = points_actions.leases_held(app)
    granted = await points_actions.take_lease(app, customer_id, points, at_most=at_most)
    app.reserved |= points_actions.leases_held(app) - before
    return granted


async def release_points(app: App, customer_id: str) -> int:
    """Give back what is not spent of a member's points; how many."""
    held = app.read(lambda session: {lease.id for lease in open_leases(session, customer_id)})
    released = await points_actions.release_lease(app, customer_id)
    app.reserved -= held
    app.checked_in.declined = app.checked_in.declined | {customer_id}
    app.loop.wake(at_once=True)
    return released


@dataclass(frozen=True, slots=True)
class GiftWish:
    """A gift for a member, or so many points for something agreed on the spot. Asked twice, it is one redemption."""

    customer_id: str
    gift_id: str | None = None
    points: int | None = None
    note: str = ""
    id: str = field(default_factory=new_id)
    handed_over: bool = True


async def redeem_at_counter(app: App, wish: GiftWish) -> str:
    """Redeem under this device's leases where they hold enough, which needs no network; else at the server.

    The redemption's identifier. Refuses as `points_actions.redeem` does where there is no network to ask (`RuleError`).
    """
    wanted = wish.points or _cost(app, wish.gift_id)
    lease_now_ms = app.lease_clock.now_ms()
    here = app.read(lambda session: spendable_points(session, wish.customer_id, lease_now_ms))
    if wanted <= here or not app.sync.online:
        return points_actions.redeem(
            app,
            wish.customer_id,
            wish.points,
            gift_id=wish.gift_id,
            note=wish.note,
            handed_over=wish.handed_over,
        )
    names = ("customer_id", "gift_id", "points", "note", "id", "handed_over")
    body = {name: getattr(wish, name) for name in names}
    if wish.gift_id and wish.points is None:
        body["seen_points"] = wanted
    answer = await ask(app, "/api/redemptions", body)
    app.loop.wake(at_once=True)
    return str(answer["id"])


async def adjust_account(
    app: App, customer_id: str, *, points: int, growth: int, reason: str, adjustment_id: str
) -> None:
    """Correct points and growth by hand, for managers; the same `adjustment_id` corrects once."""
    body = {"reason": reason, "points": points, "growth": growth, "id": adjustment_id}
    await ask(app, f"/api/customers/{customer_id}/adjustments", body)
    app.loop.wake(at_once=True)


async def post_return(app: App, order_id: str, line_ids: Collection[str], return_id: str) -> ReturnFigures:
    """Take lines of an order back; what that did. The same `return_id` returns once."""
    body = {"line_ids": sorted(line_ids), "id": return_id}
    answer = await ask(app, f"/api/orders/{order_id}/returns", body)
    app.loop.wake(at_once=True)
    return ReturnFigures(**{each.name: answer[each.name] for each in fields(ReturnFigures)})


def _cost(app: App, gift_id: str | None) -> int:
    if gift_id is None:
        return 0
    now_ms = app.now_ms()
    version = app.read(lambda session: version_at(versions_of(session, gift_id), now_ms))
    terms = version or app.read(lambda session: session.get(Gift, gift_id))
    return terms.points if terms else 0
