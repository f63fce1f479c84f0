"""Members and orders as a device shows them: the copy of its last sync, and its own pending operations on top."""

from typing import Any

from mobile.state import points_actions
from mobile.state.queries.customers import customer_meant
from tests.scenarios.clock import moment_at
from tests.scenarios.observation_format import MemberSeen, OrderSeen
from tests.scenarios.observations.loyalty import order_figures
from tests.scenarios.observations.registry import on_device
from tests.scenarios.verbs.on_devices import order_points
from tests.scenarios.world import Device, World


@on_device(MemberSeen)
async def member(world: World, device: Device, seen: MemberSeen) -> dict[str, Any]:
    """How a member stands as far as this device knows."""
    app = device.app
    member_id = world.names.system("member", seen.member)
    shown = points_actions.figures(app, member_id)
    if shown is None:
        return {}
    other_id = world.names.system("member", seen.same_as) if isinstance(seen.same_as, str) else ""
    customer = app.read(lambda session: customer_meant(session, member_id))
    other = app.read(lambda session: customer_meant(session, other_id))
    is_same = customer is not None and other is not None and customer.id == other.id
    return {
        "balance": shown.balance,
        "available": shown.available,
        "leased": shown.leased,
        "debt": shown.debt,
        "growth": shown.growth,
        "tier": shown.tier,
        "to_next": shown.to_next,
        "orders": shown.orders,
        "redemptions": shown.redemptions,
        "fields": customer.attributes if customer else {},
        "same_as": seen.same_as if is_same else None,
        "as_of": moment_at(shown.as_of_ms),
    }


@on_device(OrderSeen)
async def order(world: World, device: Device, seen: OrderSeen) -> dict[str, Any]:
    """An order as far as this device knows."""
    order_id = world.names.system("order", seen.order)
    figures = device.app.read(lambda session: order_figures(world, session, order_id, seen.order))
    return {**figures, "points": order_points(device.app, order_id)} if figures else {}
