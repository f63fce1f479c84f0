"""A device syncs, over a network that loses answers; a device's clock is set."""

from typing import Any

from mobile.state.errors import Unreachable
from mobile.state.exchange import sync_once
from tests.scenarios.actions import Clock, Sync
from tests.scenarios.values import UNSET
from tests.scenarios.verbs.registry import on_device
from tests.scenarios.world import Device, World


@on_device(Sync)
async def sync(_world: World, device: Device, action: Sync) -> dict[str, Any]:
    """Push and pull; the first pushes' answers are lost, the others beyond the first heard one are mere doubles."""
    lost = action.times - 1 if action.lost_acks is UNSET else action.lost_acks
    network = device.network
    network.is_up = True
    try:
        network.loses_answer = True
        for _ in range(lost):
            await _unheard(device)
        network.loses_answer = False
        if lost < action.times:
            network.extra_deliveries = action.times - lost - 1
            await sync_once(device.app)
            return {"skew_flagged": device.app.sync.skew_flagged}
        return {"skew_flagged": None}
    finally:
        network.is_up = network.loses_answer = False


async def _unheard(device: Device) -> None:
    try:
        await sync_once(device.app)
    except Unreachable:
        return
    raise AssertionError("the device synced although its answer was lost")


@on_device(Clock)
async def clock(_world: World, device: Device, action: Clock) -> dict[str, Any]:
    """From now on the device's clock shows true time and so many minutes."""
    device.clock.minutes = action.minutes
    return {}
