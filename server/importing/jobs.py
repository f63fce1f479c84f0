"""Imports asked for over HTTP: each runs in a thread, and any server process can say how far it is.

The outcome is stored in the transaction of the import itself, so that a job that says `done` is in the books.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import Update, update
from sqlmodel import Session, col

from server.importing.reading import SourceFile
from server.importing.refusals import FileRefusedError, errors_text
from server.importing.report import Report
from server.importing.run import draft_files, import_drafts
from server.importing.tables import ImportJob
from server.services import Services
from shared_models.ids import new_id
from sync.hub.recorder import take_told

LOST_AFTER_MS = 10 * 60 * 1000
"""A job that has said nothing for so long was cut off with its process; none of it was stored."""
_TOUCH_SECONDS = 0.5
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Importer:
    """Who imports, and into which company."""

    staff_id: str
    company_id: str


def open_job(services: Services, importer: Importer, sources: Sequence[SourceFile], *, dry_run: bool) -> str:
    """Note that an import was asked for; returns the job's identifier."""
    now_ms = services.now_ms()
    job = ImportJob(
        id=new_id(),
        company_id=importer.company_id,
        staff_id=importer.staff_id,
        dry_run=dry_run,
        rows_total=sum(source.text.count("\n") for source in sources),
        started_at_ms=now_ms,
        touched_at_ms=now_ms,
    )
    with services.database.writing() as session:
        session.add(job)
    return job.id


def run_job(
    services: Services, job_id: str, importer: Importer, sources: Sequence[SourceFile], *, dry_run: bool
) -> None:
    """Import, keeping the job's state up to date; whatever goes wrong ends the job, and nothing of it is stored."""
    try:
        drafts = draft_files(sources, importer.company_id, _Touch(services, job_id))
        _set(services, job_id, state="writing")
        with services.database.writing() as session:
            report = import_drafts(
                session,
                drafts,
                sources,
                now_ms=services.now_ms(),
                author=importer.staff_id,
                dry_run=dry_run,
            )
            _finish(session, job_id, report, services.now_ms())
            told = take_told(session)
        if told:
            services.broadcaster.publish(told)
    except FileRefusedError as refused:
        said = {"code": refused.code, "zh": refused.zh, "en": refused.en}
        _set(services, job_id, state="refused", report=said, finished_at_ms=services.now_ms())
    except Exception as error:
        _log.error("import_failed", job_id=job_id, error=type(error).__name__)
        _set(services, job_id, state="failed", finished_at_ms=services.now_ms())
        raise


def state_of(job: ImportJob, now_ms: int) -> str:
    """`waiting`, `reading`, `writing`, then `done`, `refused` or `failed`; `interrupted` when its process is gone."""
    is_running = job.finished_at_ms is None
    return "interrupted" if is_running and now_ms - job.touched_at_ms > LOST_AFTER_MS else job.state


class _Touch:
    """Writes down how far the reading is, twice a second at most."""

    def __init__(self, services: Services, job_id: str) -> None:
        self._services, self._job_id = services, job_id
        self._next = 0.0

    def __call__(self, step: str, done: int, _total: int) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _TOUCH_SECONDS
            _set(self._services, self._job_id, state=step, rows_read=done)


def _set(services: Services, job_id: str, **values: object) -> None:
    with services.database.writing() as session:
        session.exec(_update(job_id, touched_at_ms=services.now_ms(), **values))


def _finish(session: Session, job_id: str, report: Report, now_ms: int) -> None:
    values = {
        "state": "done",
        "report": report.as_json(),
        "errors": errors_text(report.refusals) if report.refusals else "",
        "rows_read": report.rows_read,
        "touched_at_ms": now_ms,
        "finished_at_ms": now_ms,
    }
    session.exec(_update(job_id, **values))


def _update(job_id: str, **values: object) -> Update:
    return update(ImportJob).where(col(ImportJob.id) == job_id).values(**values)
