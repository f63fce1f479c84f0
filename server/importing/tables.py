"""What an import remembers: what it was told last time, and its jobs. None of it is synced."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Index, Text
from sqlmodel import Field, SQLModel


class ImportedRow(SQLModel, table=True):
    """What one mapping said about one row when it was last imported.

    Importing the same again changes nothing, whatever people did to the row meanwhile; only what the source itself
    changed since is written.
    """

    __tablename__ = "import_row"
    __table_args__ = (Index("ix_import_row_company", "company_id", "mapping"),)
    row_id: str = Field(primary_key=True, max_length=40)
    mapping: str = Field(primary_key=True, max_length=80)
    company_id: str = Field(max_length=40)
    table_name: str
    said: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class ImportJob(SQLModel, table=True):
    """One import asked for over HTTP: how far it is and what came of it. `errors` is the finished errors file."""

    __tablename__ = "import_job"
    id: str = Field(primary_key=True, max_length=40)
    company_id: str = Field(max_length=40, index=True)
    staff_id: str = Field(max_length=40)
    dry_run: bool = False
    state: str = "waiting"
    rows_read: int = 0
    rows_total: int = 0
    report: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    errors: str = Field(default="", sa_type=Text)
    started_at_ms: int = Field(sa_type=BigInteger)
    touched_at_ms: int = Field(sa_type=BigInteger)
    finished_at_ms: int | None = Field(default=None, sa_type=BigInteger)
