"""When each job is due, for all processes of the server together. Not synced."""

from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field, SQLModel


class JobRun(SQLModel, table=True):
    """The last run of a job by the clock and what it did; the process that holds the row's lock runs the job."""

    __tablename__ = "job_run"
    name: str = Field(primary_key=True, max_length=40)
    due_at_ms: int = Field(sa_type=BigInteger)
    ran_at_ms: int | None = Field(default=None, sa_type=BigInteger)
    done: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
