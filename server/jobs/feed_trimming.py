"""Every night the feed forgets what every device in use has heard of."""

from typing import Any

from sqlmodel import Session

from server.jobs.job import Job, nightly
from sync.hub.trimming import trim


def run(session: Session, now_ms: int) -> dict[str, Any]:
    """Trim the feed; how many entries went."""
    return {"trimmed": trim(session, now_ms)}


JOB = Job("feed_trimming", run, nightly(3, 30))
