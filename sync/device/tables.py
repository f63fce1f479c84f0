"""What a device keeps beside its copy of the rows. None of it is synced.

The copy itself stands in the business's own tables, with pending changes already applied to it.
"""

from sqlalchemy import JSON, BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, String, Table

METADATA = MetaData()

OUTBOX = Table(
    "sync_outbox",
    METADATA,
    # AUTOINCREMENT: plain SQLite would use a number again once the table is empty, and the order of units would lie.
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("unit", String, nullable=False, unique=True),
    Column("action", String, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("code", String, nullable=False, default=""),
    Column("details", JSON, nullable=False, default=dict),
    Column("schema", Integer, nullable=False, server_default="1"),
    sqlite_autoincrement=True,
)
"""Units not yet confirmed (state `pending`), and those refused, held or dropped, word for word with the reason."""

OUTBOX_CHANGE = Table(
    "sync_outbox_change",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("seq", Integer, nullable=False, index=True),
    Column("tbl", String, nullable=False),
    Column("row_id", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("seen", JSON, nullable=False),
    Index("ix_sync_outbox_change_row", "tbl", "row_id"),
)
"""The rows that each unit wrote."""

BASE = Table(
    "sync_base",
    METADATA,
    Column("tbl", String, primary_key=True),
    Column("row_id", String, primary_key=True),
    Column("body", JSON, nullable=True),
    sqlite_with_rowid=False,  # the key is the table: no index beside it
)
"""The hub's version of rows that have pending changes; an empty body means that the hub has no such row."""

STALE = Table(
    "sync_stale",
    METADATA,
    Column("tbl", String, primary_key=True),
    Column("row_id", String, primary_key=True),
)
"""Rows held from before the copy was begun anew that have not come again yet; empty at all other times."""

UNKNOWN = Table(
    "sync_unknown",
    METADATA,
    Column("tbl", String, primary_key=True),
    Column("row_id", String, primary_key=True),
    Column("body", JSON, nullable=False),
)
"""What a newer server sent and this version of the app has no column or table for, as values by column."""

STATE = Table(
    "sync_state",
    METADATA,
    Column("key", String, primary_key=True),
    Column("value", JSON, nullable=True),
)
"""Who this device is, where its copy stands, when it last synced, how wrong its clock is."""

CONTENT = Table(
    "sync_content",
    METADATA,
    Column("row_id", String, primary_key=True),
    Column("part", String, primary_key=True),
    Column("tbl", String, nullable=False),
    Column("sha256", String, nullable=False),
    Column("size", Integer, nullable=False),
    Column("state", String, nullable=False, index=True),
    Column("first", Boolean, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("used_at_ms", BigInteger, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("retry_at_ms", BigInteger, nullable=False),
    Column("code", String, nullable=False),
)
"""Bytes that rows name by their hash, one item each (`sync.lane.Item`)."""

CONTENT_PIECE = Table(
    "sync_content_piece",
    METADATA,
    Column("row_id", String, primary_key=True),
    Column("part", String, primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("bytes", LargeBinary, nullable=False),
)
"""The bytes themselves, in the pieces in which they came."""
