"""Running a job at once, for those in charge of the company."""

from typing import Any

from litestar import Request, Router, post
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from sqlmodel import Session

from server.auth.errors import NotYours
from server.jobs.job import jobs, run_job
from server.services import Wired
from shared_models.people.tables import Role, Staff
from sync.hub import Caller


@post("/{name:str}", status_code=200, sync_to_thread=True)
def run_now(name: FromPath[str], services: Wired, request: Request[Caller, Any, State]) -> dict[str, Any]:
    """Run a job now; the answer says what it did, as figures by name."""
    with services.database.reading() as session:
        _require_company_manager(session, request.user)
    job = jobs().get(name)
    if job is None:
        raise NotFoundException
    return run_job(services, job)


def _require_company_manager(session: Session, caller: Caller) -> None:
    staff = session.get(Staff, caller.staff_id)
    if staff is None or staff.role != Role.COMPANY_MANAGER:
        raise NotYours("job", "")


job_routes = Router("/api/jobs", route_handlers=[run_now], tags=["jobs"])
