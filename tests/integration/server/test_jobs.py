"""Jobs: run when they are due, by one process at a time, and whenever somebody in charge asks."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlmodel import Session, select

from server.jobs.job import Job, every, jobs, nightly, run_job
from server.jobs.scheduler import run_due
from server.jobs.tables import JobRun
from shared_models.moments import DAY_MS, HOUR_MS, parse_moment
from shared_models.people.tables import Role, Staff, Store
from tests.integration.server.company import COMPANY, Company
from tests.integration.server.tablet import Tablet

MORNING = parse_moment("2026-03-01T10:00:00+08:00")


def opening_a_store(session: Session, now_ms: int) -> dict[str, Any]:
    session.add(Store(company_id=COMPANY, name="new"))
    session.flush()
    return {"opened": 1}


def failing(session: Session, now_ms: int) -> dict[str, Any]:
    opening_a_store(session, now_ms)
    raise ValueError("half done")


OPENING = Job("opening", opening_a_store, every(60))
FAILING = Job("failing", failing, every(60))


def stores(company: Company) -> int:
    with company.services.database.reading() as session:
        return len(session.exec(select(Store).where(Store.name == "new")).all())


def test_a_job_is_due_at_its_local_time_each_day():
    at_three = nightly(3)

    assert at_three(MORNING) == MORNING + 17 * HOUR_MS
    assert at_three(MORNING + 17 * HOUR_MS) == MORNING + 17 * HOUR_MS + DAY_MS
    assert nightly(23, 30)(MORNING) == MORNING + 13 * HOUR_MS + HOUR_MS // 2


def test_a_job_waits_for_its_time_and_then_runs_once(company: Company):
    assert run_due(company.services, [OPENING]) == []
    company.clock.forward(seconds=3_599)
    assert run_due(company.services, [OPENING]) == []
    company.clock.forward(seconds=1)
    assert run_due(company.services, [OPENING]) == ["opening"]
    assert run_due(company.services, [OPENING]) == []
    assert stores(company) == 1


def test_processes_that_look_at_once_run_a_due_job_once(company: Company):
    run_due(company.services, [OPENING])
    company.clock.forward(seconds=3_600)
    with ThreadPoolExecutor(4) as threads:
        ran = list(threads.map(lambda _: run_due(company.services, [OPENING]), range(4)))

    assert sorted(ran) == [[], [], [], ["opening"]]
    assert stores(company) == 1


def test_a_job_that_fails_leaves_nothing_and_holds_up_nobody(company: Company):
    both = [FAILING, OPENING]
    run_due(company.services, both)
    company.clock.forward(seconds=3_600)

    assert run_due(company.services, both) == ["failing", "opening"]
    assert stores(company) == 1
    assert run_due(company.services, both) == []


def test_what_a_job_did_is_kept(company: Company):
    run_due(company.services, [OPENING])
    company.clock.forward(seconds=3_600)
    run_due(company.services, [OPENING])

    with company.services.database.reading() as session:
        row = session.get_one(JobRun, "opening")
    assert (row.done, row.ran_at_ms) == ({"opened": 1}, company.clock.now_ms)


def test_what_a_job_writes_reaches_the_devices(company: Company):
    tablet = Tablet.of(company, "S001")
    tablet.sync()
    run_job(company.services, OPENING)
    tablet.sync()

    with tablet.replica.reading() as session:
        assert "new" in set(session.scalars(select(Store.name)))


@pytest.mark.parametrize(
    ("role", "name", "status"),
    [
        (Role.COMPANY_MANAGER, "opening", 200),
        (Role.COMPANY_MANAGER, "unheard_of", 404),
        (Role.OFFICE, "opening", 403),
        (Role.STORE_MANAGER, "opening", 403),
    ],
)
def test_a_company_manager_alone_runs_a_job_at_once(
    company: Company, monkeypatch: pytest.MonkeyPatch, role: Role, name: str, status: int
):
    monkeypatch.setattr("server.routes.jobs.jobs", lambda: {**jobs(), "opening": OPENING})
    with company.services.database.writing() as session:
        session.get_one(Staff, company.ids["O001"]).role = role

    answer = company.client.post(f"/api/jobs/{name}", headers=company.headers("O001"))

    assert answer.status_code == status
    assert stores(company) == (status == 200)
