"""Running the jobs that are due, in one of the server's processes at a time."""

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from server.jobs.job import Job, jobs, recorded, wake
from server.jobs.tables import JobRun
from server.repeating import repeating
from server.services import Services

_TICK_S = 30.0

_log = structlog.get_logger()


def scheduling(services: Services) -> AbstractAsyncContextManager[None]:
    """Look for jobs that are due twice a minute, until the block ends; one that is running is let finish."""
    return repeating(lambda: run_due(services, jobs().values()), _TICK_S)


def run_due(services: Services, among: Iterable[Job]) -> list[str]:
    """Run those jobs that are due and that no other process is running; the names of those that were run.

    A job that fails is undone, logged, and due again at its next time; it does not keep the others from running.
    """
    return [job.name for job in among if _run_if_due(services, job)]


def _run_if_due(services: Services, job: Job) -> bool:
    now_ms = services.now_ms()
    if not _take_turn(services, job, now_ms):
        return False
    try:
        with services.database.writing() as session:
            done = recorded(services, session, job, now_ms)
            session.get_one(JobRun, job.name).done = done
    except Exception:  # noqa: BLE001 - the next job and the next time come all the same
        _log.exception("job_failed", job=job.name)
        return True
    wake(services, session)
    _log.info("job_done", job=job.name, **done)
    return True


def _take_turn(services: Services, job: Job, now_ms: int) -> bool:
    """Whether it is this process's turn to run the job now; a job seen for the first time waits for its time."""
    try:
        with services.database.writing() as session:
            row = _locked(session, job)
            if row is None:
                session.add(JobRun(name=job.name, due_at_ms=job.next_after(now_ms)))
                return False
            if row.due_at_ms > now_ms:
                return False
            row.due_at_ms, row.ran_at_ms = job.next_after(now_ms), now_ms
            return True
    except IntegrityError:  # another process has just entered the job
        return False


def _locked(session: Session, job: Job) -> JobRun | None:
    return session.exec(select(JobRun).where(col(JobRun.name) == job.name).with_for_update()).one_or_none()
