"""Every night: files of photos that nobody finished sending, or that no row names any more, are removed."""

from typing import Any

from sqlmodel import Session

from server.domain.photos.parts import named
from server.domain.photos.store import PhotoStore
from server.jobs.job import Job, nightly
from server.settings import Settings
from shared_models.moments import HOUR_MS


def run(session: Session, now_ms: int) -> dict[str, Any]:
    """Nothing in the database."""
    del session, now_ms
    return {}


def tidy(session: Session, now_ms: int, settings: Settings) -> dict[str, Any]:
    """Remove what has been useless for `photo_grace_hours`; how many files went."""
    before_ms = now_ms - settings.photo_grace_hours * HOUR_MS
    return {"removed": PhotoStore(settings.data_dir).tidy(before_ms, lambda some: named(session, some))}


JOB = Job("photo_files", run, nightly(3, 45), tidy)
