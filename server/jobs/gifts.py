"""Every minute: a gift whose next version has begun repeats it, for whoever reads no versions."""

from typing import Any

from sqlmodel import Session

from server.domain.loyalty.gifts import begin_versions
from server.jobs.job import Job, every


def run(session: Session, now_ms: int) -> dict[str, Any]:
    """Bring the gifts up to date."""
    return {"changed": begin_versions(session, now_ms)}


JOB = Job("gifts", run, every(1))
