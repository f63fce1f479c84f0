"""A job: what it does and when it is due, and the one way to run it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from sqlmodel import Session

import server.jobs
from server.services import Services
from server.settings import Settings
from shared_models.moments import HOUR_MS, day_bounds_ms, local_date
from sync.hub.recorder import SERVER, recording, take_told

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Job:
    """Work that is done at set times. `run(session, now_ms)` may be repeated at any moment without doing harm.

    What it writes reaches the devices. It gives what it did, as figures by name, for the log and for whoever asked for
    it. `next_after` is the moment it is due again after one at which it was run. `on_files(session, now_ms, settings)` is
    its work on files of the data folder, after that in the database.
    """

    name: str
    run: Callable[[Session, int], dict[str, Any]]
    next_after: Callable[[int], int]
    on_files: Callable[[Session, int, Settings], dict[str, Any]] | None = None


def every(minutes: int) -> Callable[[int], int]:
    """Due again after so many minutes."""
    return lambda at_ms: at_ms + minutes * _MINUTE_MS


def nightly(hour: int, minute: int = 0) -> Callable[[int], int]:
    """Due once a business day, at this local time."""

    def next_after(at_ms: int) -> int:
        today, tomorrow = day_bounds_ms(local_date(at_ms))
        of_day = hour * HOUR_MS + minute * _MINUTE_MS
        return today + of_day if at_ms < today + of_day else tomorrow + of_day

    return next_after


@cache
def jobs() -> Mapping[str, Job]:
    """Every job by its name: the `JOB` of each module of `server.jobs` that has one."""
    modules = (import_module(found.name) for found in iter_modules(server.jobs.__path__, "server.jobs."))
    found = [module.JOB for module in modules if hasattr(module, "JOB")]
    return {job.name: job for job in sorted(found, key=lambda job: job.name)}


def run_job(services: Services, job: Job) -> dict[str, Any]:
    """Run a job now, whole or not at all, and wake the devices that it has news for; what it did."""
    with services.database.writing() as session:
        done = recorded(services, session, job, services.now_ms())
    wake(services, session)
    return done


def recorded(services: Services, session: Session, job: Job, now_ms: int) -> dict[str, Any]:
    """Run a job in the session's transaction, its writes signed by the server."""
    with recording(session, author=SERVER, at_ms=now_ms):
        done = job.run(session, now_ms)
    return done | (job.on_files(session, now_ms, services.settings) if job.on_files else {})


def wake(services: Services, session: Session) -> None:
    """Tell the devices concerned of what a session has committed."""
    told = take_told(session)
    if told:
        services.broadcaster.publish(told)
