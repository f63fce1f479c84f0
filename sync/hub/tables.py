"""What the hub keeps to sync: devices, the units it has answered, who last wrote each column, and the feed."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Index, LargeBinary
from sqlmodel import Field, SQLModel


class SyncDevice(SQLModel, table=True):
    """A registered device and how its copy stands, as far as the hub knows."""

    __tablename__ = "sync_device"
    id: str = Field(primary_key=True, max_length=40)
    company_id: str = Field(max_length=40, index=True)
    staff_id: str = Field(max_length=40, index=True)
    name: str = ""
    platform: str = ""
    registered_at_ms: int = Field(sa_type=BigInteger)
    revoked_at_ms: int | None = Field(None, sa_type=BigInteger)
    last_seen_at_ms: int | None = Field(None, sa_type=BigInteger)
    skew_ms: int = Field(0, sa_type=BigInteger)
    pending: int = 0
    refused: int = 0
    app_version: str = ""
    storage_bytes: int = Field(default=0, sa_type=BigInteger)
    caught_up_at_ms: int | None = Field(default=None, sa_type=BigInteger)
    """When it had last sent and received everything."""
    order: str = ""
    """What a manager has it do when it next calls: `wipe` or `resync`."""
    wiped_at_ms: int | None = Field(default=None, sa_type=BigInteger)
    granted: list[str] = Field(default_factory=list, sa_type=JSON)
    """Every scope the device was ever handed; one that it holds but no longer has is purged, not a forgery."""
    lost: dict[str, int] = Field(default_factory=dict, sa_type=JSON)
    """Those of them that its user has no longer, each with the moment when that ended."""


class SyncOperation(SQLModel, table=True):
    """A unit that a device sent, and the answer it got; sent again it gets the same answer."""

    __tablename__ = "sync_operation"
    device_id: str = Field(primary_key=True, max_length=40)
    unit_id: str = Field(primary_key=True, max_length=40)
    staff_id: str = Field(max_length=40)
    action: str
    outcome: str
    code: str = ""
    details: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    digest: bytes = Field(sa_type=LargeBinary)
    payload: bytes = Field(sa_type=LargeBinary)
    """The unit as it was sent (MessagePack), also where it was refused: nothing is lost."""
    at_ms: int = Field(sa_type=BigInteger)
    """Corrected moment of the action."""
    received_at_ms: int = Field(sa_type=BigInteger)


class SyncRowState(SQLModel, table=True):
    """Who wrote each column of a row last, and which scopes the row is in."""

    __tablename__ = "sync_row_state"
    tbl: str = Field(primary_key=True, max_length=40)
    row_id: str = Field(primary_key=True, max_length=40)
    scopes: list[str] = Field(default_factory=list, sa_type=JSON)
    stamps: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    """[ms, count, device, author] by column; under "" those of the insert."""


class SyncFeed(SQLModel, table=True):
    """The newest news of a row for a scope: it is in (`put`), it left (`exit`), it was deleted (`del`).

    Ordered by (xid, n). On PostgreSQL xid is the writing transaction, and only what lies below the oldest running one is
    handed out, so that transactions which commit out of order never make a cursor skip a row. On SQLite, with its single
    writer, xid is 0.
    """

    __tablename__ = "sync_feed"
    __table_args__ = (Index("ix_sync_feed_position", "scope", "xid", "n"),)
    scope: str = Field(primary_key=True, max_length=80)
    tbl: str = Field(primary_key=True, max_length=40)
    row_id: str = Field(primary_key=True, max_length=40)
    kind: str = Field(max_length=4)
    xid: int = Field(sa_type=BigInteger)
    n: int = Field(sa_type=BigInteger)
    at_ms: int = Field(sa_type=BigInteger)


class SyncCounter(SQLModel, table=True):
    """The last position given out in the feed."""

    __tablename__ = "sync_counter"
    name: str = Field(primary_key=True, max_length=20)
    n: int = Field(sa_type=BigInteger)
