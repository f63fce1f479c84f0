"""Importing over HTTP, for the back office: send files, watch the job, fetch what was refused."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import State, UploadFile
from litestar.enums import RequestEncodingType
from litestar.exceptions import NotFoundException, ValidationException
from litestar.params import Body, FromPath
from msgspec import Struct
from sqlmodel import Session

from server.auth.errors import NotYours
from server.importing.jobs import Importer, open_job, run_job, state_of
from server.importing.reading import SourceFile, open_source
from server.importing.refusals import FileRefusedError
from server.importing.tables import ImportJob
from server.services import Services, Wired
from shared_models.errors import RuleError
from shared_models.people.access import BACK_OFFICE
from shared_models.people.tables import Staff
from sync.hub import Caller

_running: set[asyncio.Task[None]] = set()
"""Jobs of this process: the event loop itself holds tasks only weakly."""


@dataclass
class ImportForm:
    """Files to import, in any order. `dry_run` reports what would happen; `mapping` says what the files are."""

    files: list[UploadFile]
    dry_run: bool = False
    mapping: str | None = None


class JobOpened(Struct):
    """An import was accepted and runs."""

    id: str


class JobBody(Struct):
    """How far an import is, and when it is done, its report. `progress` goes from 0 to 1 while the files are read."""

    id: str
    state: str
    dry_run: bool
    progress: float
    report: dict[str, Any]
    has_errors: bool


@post("/", status_code=202)
async def start_import(
    data: Annotated[ImportForm, Body(media_type=RequestEncodingType.MULTI_PART)],
    services: Wired,
    request: Request[Caller, Any, State],
) -> JobOpened:
    """Begin an import; refused at once when a file is of an unknown kind."""
    caller = request.user
    await sync_to_thread(_require_back_office, services, caller)
    contents = [(file.filename, await file.read()) for file in data.files]
    importer = Importer(caller.staff_id, caller.company_id)
    sources = await sync_to_thread(_opened, contents, data.mapping)
    job_id = await sync_to_thread(open_job, services, importer, sources, dry_run=data.dry_run)
    task = asyncio.create_task(
        sync_to_thread(run_job, services, job_id, importer, sources, dry_run=data.dry_run)
    )
    _running.add(task)
    task.add_done_callback(_forget)
    return JobOpened(job_id)


@get("/{job_id:str}", sync_to_thread=True)
def show_import(job_id: FromPath[str], services: Wired, request: Request[Caller, Any, State]) -> JobBody:
    """The state of an import of the caller's company."""
    with services.database.reading() as session:
        job = _job(session, request.user, job_id)
        state = state_of(job, services.now_ms())
    progress = 1.0 if state == "done" else min(1.0, job.rows_read / max(1, job.rows_total))
    return JobBody(job.id, state, job.dry_run, progress, job.report, bool(job.errors))


@get("/{job_id:str}/errors.csv", sync_to_thread=True)
def import_errors(
    job_id: FromPath[str], services: Wired, request: Request[Caller, Any, State]
) -> Response[str]:
    """The rows that were not loaded, each with its reason."""
    with services.database.reading() as session:
        job = _job(session, request.user, job_id)
    headers = {"Content-Disposition": 'attachment; filename="import-errors.csv"'}
    return Response(job.errors, media_type="text/csv; charset=utf-8", headers=headers)


def _forget(task: asyncio.Task[None]) -> None:
    """The job's own record says how it ended; its error was logged there and is taken note of here."""
    _running.discard(task)
    if not task.cancelled():
        task.exception()


def _require_back_office(services: Services, caller: Caller) -> None:
    with services.database.reading() as session:
        _refuse_others(session, caller)


def _refuse_others(session: Session, caller: Caller) -> None:
    staff = session.get(Staff, caller.staff_id)
    if staff is None or staff.role not in BACK_OFFICE:
        raise NotYours("import_job", "")


def _opened(contents: list[tuple[str, bytes]], mapping: str | None) -> list[SourceFile]:
    if not contents:
        raise ValidationException("there is no file to import")
    try:
        return [open_source(name, content, mapping or None) for name, content in contents]
    except FileRefusedError as refused:
        raise RuleError(refused.code, zh=refused.zh, en=refused.en) from refused


def _job(session: Session, caller: Caller, job_id: str) -> ImportJob:
    _refuse_others(session, caller)
    job = session.get(ImportJob, job_id)
    if job is None or job.company_id != caller.company_id:
        raise NotFoundException
    return job


import_routes = Router(
    "/api/imports", route_handlers=[start_import, show_import, import_errors], tags=["import"]
)
