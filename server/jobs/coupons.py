"""Every night: coupons expire."""

from typing import Any

from sqlmodel import Session

from server.domain.loyalty.coupons import expire_coupons
from server.jobs.job import Job, nightly


def run(session: Session, now_ms: int) -> dict[str, Any]:
    """Let coupons expire whose last day has passed."""
    return {"expired": expire_coupons(session, now_ms)}


JOB = Job("coupons", run, nightly(0, 15))
