"""What devices are called, for people who read what came from which."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from sync.hub.tables import SyncDevice

_DEVICE = SyncDevice.__table__  # type: ignore[attr-defined]


def names(connection: Connection, device_ids: Iterable[object]) -> dict[str, str]:
    """The names of these devices by identifier; the server itself and unknown ones have none."""
    wanted = [str(device_id) for device_id in set(device_ids) if device_id]
    found = select(_DEVICE.c.id, _DEVICE.c.name).where(_DEVICE.c.id.in_(wanted))
    return {row.id: row.name for row in connection.execute(found)} if wanted else {}
