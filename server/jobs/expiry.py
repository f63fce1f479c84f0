"""Every night: points expire."""

from typing import Any

from sqlmodel import Session

from server.domain.loyalty.expiry import expire_points
from server.jobs.job import Job, nightly


def run(session: Session, now_ms: int) -> dict[str, Any]:
    """Expire what is left in lots whose last day has passed."""
    return {"expired": expire_points(session, now_ms)}


JOB = Job("expiry", run, nightly(0, 10))
