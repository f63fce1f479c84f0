"""The few facts a device remembers about itself, each under its key."""

from typing import Any, Literal

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

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


def read(connection: Connection, key: Key) -> Any:
    """The value last written under `key`, or None."""
    return connection.execute(select(STATE.c.value).where(STATE.c.key == key)).scalar_one_or_none()


def write(connection: Connection, **values: Any) -> None:
    """Remember `values` (JSON) under their keys, in the connection's transaction."""
    statement = insert(STATE)
    statement = statement.on_conflict_do_update(
        index_elements=["key"], set_={"value": statement.excluded.value}
    )
    connection.execute(statement, [{"key": key, "value": value} for key, value in values.items()])
