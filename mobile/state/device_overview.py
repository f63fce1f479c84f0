"""All devices that a manager or the back office is in charge of, as the server knows them. Needs the network."""

from dataclasses import dataclass, fields
from typing import Literal

from mobile.state.application import App

Order = Literal["resync", "revoke", "wipe"]
"""Fetch the copy anew, lock out from now on, delete everything."""


@dataclass(frozen=True, slots=True)
class Device:
    """How one device stood when it was last seen.

    `lag_ms` is how long ago it had everything, `skew_ms` how far its clock is ahead; `order` is what it does when it
    next calls: `wipe`, `resync` or nothing.
    """

    id: str
    staff_name: str
    name: str
    platform: str
    app_version: str
    last_seen_at_ms: int | None
    lag_ms: int | None
    skew_ms: int
    pending: int
    refused: int
    storage_bytes: int
    order: str
    wiped_at_ms: int | None
    revoked_at_ms: int | None

    @property
    def is_locked(self) -> bool:
        """Whether it is locked out, so that nothing more can be done to it."""
        return self.revoked_at_ms is not None


async def fetch_devices(app: App) -> list[Device]:
    """The devices, by person. Raises `ServerRefusal`, `Unreachable`, `LogInNeeded`."""
    answer = await app.server.get_list("/api/devices", await app.session.access_token())
    known = [each.name for each in fields(Device)]
    return [Device(**{name: each[name] for name in known}) for each in answer]


async def order_device(app: App, device_id: str, order: Order) -> None:
    """Have the device do this when it next calls. Raises as `fetch_devices` does."""
    await app.server.post(f"/api/devices/{device_id}/{order}", {}, await app.session.access_token())
