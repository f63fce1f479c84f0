"""Devices as the hub knows them, and what they are called, for people who read what came from which."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from sync import bulk
from sync.hub.tables import SyncDevice

_DEVICE = SyncDevice.__table__  # type: ignore[attr-defined]


class KnownDevice(NamedTuple):
    """What of a device's row in `SyncDevice` every round asks for; see there."""

    id: str
    staff_id: str
    revoked_at_ms: int | None
    last_seen_at_ms: int | None
    caught_up_at_ms: int | None
    skew_ms: int
    pending: int
    refused: int
    app_version: str
    order: str
    granted: list[str]
    lost: dict[str, int]


COLUMNS = tuple(_DEVICE.c[name] for name in KnownDevice._fields)
"""The columns of a `KnownDevice`, for whoever asks for one together with something else."""

_KNOWN = select(*COLUMNS).where(_DEVICE.c.id == bindparam("device"))
_LOCKED = _KNOWN.with_for_update()


def known(connection: Connection, device_id: str, *, locked: bool) -> KnownDevice | None:
    """The device of that identifier; locked, one request of a device is answered at a time."""
    rows = bulk.fetch_lasting(connection, _LOCKED if locked else _KNOWN, {"device": device_id})
    return KnownDevice._make(rows[0]) if rows else None


def names(connection: Connection, device_ids: Iterable[object]) -> dict[str, str]:
    """The names of these devices by identifier; the server itself and unknown ones have none."""
    wanted = [str(device_id) for device_id in set(device_ids) if device_id]
    found = select(_DEVICE.c.id, _DEVICE.c.name).where(_DEVICE.c.id.in_(wanted))
    return {row.id: row.name for row in connection.execute(found)} if wanted else {}
