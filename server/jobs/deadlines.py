"""Every few minutes: leads that nobody has reached within a day are escalated (R14)."""

from typing import Any

from sqlmodel import Session

from server.domain.leads.escalating import escalate_overdue
from server.jobs.job import Job, every


def run(session: Session, now_ms: int) -> dict[str, Any]:
    """Escalate what is overdue; the leads that were, first due first."""
    return {"escalated": escalate_overdue(session, now_ms)}


JOB = Job("deadlines", run, every(minutes=5))
