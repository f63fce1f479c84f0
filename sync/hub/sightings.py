"""When devices were last seen and how they stood then, written for many of them at once.

Nothing depends on the moment at which that is written down: a device that is thought to have been away longer than it was
is waited for longer. So the devices of a showroom that are woken by one edit cost one transaction and not one each.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Lock

from sqlalchemy import bindparam, func, update
from sqlalchemy.orm import Session

from sync.hub.tables import SyncDevice

_DEVICE = SyncDevice.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Sighting:
    """A device called at `seen_at_ms`; `caught_up_at_ms` is when it had everything, None if it did not this time."""

    seen_at_ms: int
    skew_ms: int
    storage_bytes: int
    caught_up_at_ms: int | None = None


class Sightings:
    """The latest sighting of each device that is not written yet, in one process; used from any thread."""

    def __init__(self) -> None:
        """Start with none."""
        self._lock = Lock()
        self._latest: dict[str, Sighting] = {}

    def note(self, device_id: str, sighting: Sighting) -> None:
        """Remember this one in the place of an earlier one, of which only the catching up stays true."""
        with self._lock:
            earlier = self._latest.get(device_id)
            if earlier is not None and sighting.caught_up_at_ms is None:
                sighting = replace(sighting, caught_up_at_ms=earlier.caught_up_at_ms)
            self._latest[device_id] = sighting

    def take(self) -> dict[str, Sighting]:
        """All that is not written yet, by device; from now on it is the caller's to write."""
        with self._lock:
            taken, self._latest = self._latest, {}
        return taken


_WRITE = (
    update(_DEVICE)
    .where(_DEVICE.c.id == bindparam("device"))
    .values(
        last_seen_at_ms=bindparam("seen"),
        skew_ms=bindparam("skew"),
        storage_bytes=bindparam("storage"),
        caught_up_at_ms=func.coalesce(bindparam("caught_up"), _DEVICE.c.caught_up_at_ms),
    )
)


def write(session: Session, sightings: Mapping[str, Sighting]) -> None:
    """Write these; commits nothing. In the order of the devices, so that two processes wait instead of deadlocking."""
    rows = [
        {
            "device": device_id,
            "seen": each.seen_at_ms,
            "skew": each.skew_ms,
            "storage": each.storage_bytes,
            "caught_up": each.caught_up_at_ms,
        }
        for device_id, each in sorted(sightings.items())
    ]
    if rows:
        session.connection().execute(_WRITE, rows)
