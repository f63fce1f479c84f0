"""The few facts a device remembers about itself, each under its key."""

from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, select

from sync import bulk
from sync.device.tables import STATE

Key = Literal[
    "device_id",
    "obeyed",
    "sends_all",
    "staff_id",
    "company_id",
    "cursor",
    "last_sync_at_ms",
    "skew_ms",
    "schema",
    "remaining",
    "release",
    "keeps_unknown",
    "server_schema",
]

# Made once: every round asks these, and making a statement costs more than SQLite takes to answer it.
_ONE = select(STATE.c.value).where(STATE.c.key == bindparam("key"))
_ALL = select(STATE.c.key, STATE.c.value)


def read(connection: Connection, key: Key) -> Any:
    """The value last written under `key`, or None."""
    found = bulk.fetch_lasting(connection, _ONE, {"key": key})
    return found[0][0] if found else None


def read_all(connection: Connection) -> dict[str, Any]:
    """Everything that is remembered, by key."""
    return dict(bulk.fetch_lasting(connection, _ALL))


def write(connection: Connection, **values: Any) -> None:
    """Remember `values` (JSON) under their keys, in the connection's transaction."""
    bulk.put(connection, STATE, ("key", "value"), list(values.items()))


_LITTLE_MS = {"skew_ms": 1_000, "last_sync_at_ms": 30_000}
"""What may differ before it is worth a write, since each write waits for the disk: a round without news does none."""


def write_changed(connection: Connection, kept: Mapping[str, Any], **values: Any) -> None:
    """Remember those of `values` that differ from what is `kept`; moments only when they moved by more than a little."""
    changed = {key: value for key, value in values.items() if _differs(key, kept.get(key), value)}
    if changed:
        write(connection, **changed)


def _differs(key: str, kept: Any, value: Any) -> bool:
    if isinstance(kept, int) and key in _LITTLE_MS:
        return abs(int(value) - kept) > _LITTLE_MS[key]
    return bool(kept != value)
