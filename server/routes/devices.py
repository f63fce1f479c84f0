"""All devices for those in charge: who uses them, how they stand, and wiping, resyncing or locking one out."""

from typing import Any

import structlog
from litestar import Request, Router, get, post
from litestar.datastructures import State
from litestar.params import FromPath
from msgspec import Struct

from server.domain.devices import Overview, device_in_charge, devices_in_charge
from server.services import Services, Wired
from server.sightings import write_sightings
from sync.hub import Caller, orders

_log = structlog.get_logger()


class DeviceBody(Struct):
    """How one device stands. Moments are milliseconds since the epoch, `lag_ms` since it last had everything."""

    id: str
    staff_id: str
    staff_name: str
    store_id: str | None
    name: str
    platform: str
    app_version: str
    registered_at_ms: int
    last_seen_at_ms: int | None
    lag_ms: int | None
    skew_ms: int
    pending: int
    refused: int
    storage_bytes: int
    order: str
    wiped_at_ms: int | None
    revoked_at_ms: int | None


@get("/", sync_to_thread=True)
def all_devices(services: Wired, request: Request[Caller, Any, State]) -> list[DeviceBody]:
    """The devices of the caller's store, or of the company; for managers and the office."""
    write_sightings(services)
    now_ms = services.now_ms()
    with services.database.reading() as session:
        return [_body(each, now_ms) for each in devices_in_charge(session, request.user)]


@post("/{device_id:str}/wipe", status_code=204, sync_to_thread=True)
def wipe(device_id: FromPath[str], services: Wired, request: Request[Caller, Any, State]) -> None:
    """Have the device delete everything it holds when it next calls, after it has sent what is pending."""
    _order(services, request.user, device_id, "wipe")


@post("/{device_id:str}/resync", status_code=204, sync_to_thread=True)
def resync(device_id: FromPath[str], services: Wired, request: Request[Caller, Any, State]) -> None:
    """Have the device fetch its copy anew when it next calls; what is pending is sent first."""
    _order(services, request.user, device_id, "resync")


@post("/{device_id:str}/revoke", status_code=204, sync_to_thread=True)
def revoke(device_id: FromPath[str], services: Wired, request: Request[Caller, Any, State]) -> None:
    """Lock the device out from its next request on; what it has not sent stays on it."""
    with services.database.reading() as session:
        device_in_charge(session, request.user, device_id)
    services.login_desk.revoke(device_id, now_ms=services.now_ms())
    _log.warning("device_revoked", about_device=device_id)


def _order(services: Services, caller: Caller, device_id: str, order: orders.Order) -> None:
    with services.database.writing() as session:
        device_in_charge(session, caller, device_id)
        orders.give(session, device_id, order)
    _log.warning("device_ordered", about_device=device_id, order=order)
    services.broadcaster.publish(frozenset({f"device:{device_id}"}))


def _body(overview: Overview, now_ms: int) -> DeviceBody:
    device, staff = overview.device, overview.staff
    caught_up = device.caught_up_at_ms
    return DeviceBody(
        id=device.id,
        staff_id=staff.id,
        staff_name=staff.name,
        store_id=staff.store_id,
        name=device.name,
        platform=device.platform,
        app_version=device.app_version,
        registered_at_ms=device.registered_at_ms,
        last_seen_at_ms=device.last_seen_at_ms,
        lag_ms=None if caught_up is None else max(0, now_ms - caught_up),
        skew_ms=device.skew_ms,
        pending=device.pending,
        refused=device.refused,
        storage_bytes=device.storage_bytes,
        order=device.order,
        wiped_at_ms=device.wiped_at_ms,
        revoked_at_ms=device.revoked_at_ms,
    )


device_routes = Router("/api/devices", route_handlers=[all_devices, wipe, resync, revoke], tags=["devices"])
