"""Every minute: leases end whose time is up, and debt is repaid from what they held (R11)."""

from typing import Any

from sqlmodel import Session

from server.domain.loyalty.leases import end_expired
from server.jobs.job import Job, every


def run(session: Session, now_ms: int) -> dict[str, Any]:
    """Free what they still held."""
    return {"ended": end_expired(session, now_ms)}


JOB = Job("leases", run, every(1))
