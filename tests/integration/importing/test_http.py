"""Importing over HTTP: who may, what they see, what they get back."""

import csv
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.importing.sources import made_up, order_row, orders_csv
from tests.integration.server.company import Company, make_settings, running_company


@pytest.fixture
def company(migrated_url: str, tmp_path: Path) -> Iterator[Company]:
    with running_company(make_settings(migrated_url, tmp_path)) as running:
        yield running


def send(company: Company, headers: dict[str, str], files: dict[str, bytes], **form: str) -> Any:
    parts = [("files", (name, content, "text/csv")) for name, content in files.items()]
    return company.client.post("/api/imports", headers=headers, files=parts, data=form)


def finished(company: Company, headers: dict[str, str], job_id: str) -> dict[str, Any]:
    """Ask until the job has ended, as a screen does."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        answer = company.client.get(f"/api/imports/{job_id}", headers=headers)
        assert answer.status_code == 200, answer.text
        if answer.json()["state"] not in {"waiting", "reading", "comparing", "writing"}:
            return dict(answer.json())
        time.sleep(0.05)
    raise AssertionError("the import did not end")


def test_the_office_tries_an_import_then_runs_it_and_fetches_what_was_refused(company: Company) -> None:
    headers = company.headers("O001")
    files, counts = made_up(orders=40, leads=9)
    del files["superstore_raw_three_tables.csv"]
    tried = finished(company, headers, send(company, headers, files, dry_run="true").json()["id"])
    assert tried["state"] == "done"
    assert tried["report"]["dry_run"]
    assert tried["report"]["tables"]["sales_order"]["created"] == counts.orders
    assert tried["report"]["preview"]["customer"]

    done = finished(company, headers, send(company, headers, files).json()["id"])
    assert done["progress"] == 1
    assert done["report"]["tables"]["lead"]["created"] == counts.leads
    errors = company.client.get(f"/api/imports/{done['id']}/errors.csv", headers=headers)
    assert errors.headers["content-type"].startswith("text/csv")
    lines = list(csv.DictReader(io.StringIO(errors.content.decode("utf-8-sig"))))
    assert len(lines) == counts.repeated_returns
    assert {line["code"] for line in lines} == {"duplicate"}


def test_a_file_of_an_unknown_kind_is_refused_at_once(company: Company) -> None:
    answer = send(company, company.headers("O001"), {"x.csv": b"a,b\n1,2\n"})
    assert answer.status_code == 422
    assert answer.json()["code"] == "header_unknown"
    assert "x.csv" in answer.json()["details"]["zh"]


def test_nobody_but_the_back_office_may_import_or_look(company: Company) -> None:
    office = company.headers("O001")
    job_id = send(company, office, {"orders.csv": orders_csv(order_row())}).json()["id"]
    finished(company, office, job_id)
    for code in ("S001", "M001"):
        headers = company.headers(code)
        assert send(company, headers, {"orders.csv": orders_csv(order_row())}).status_code == 403
        assert company.client.get(f"/api/imports/{job_id}", headers=headers).status_code == 403
        assert company.client.get(f"/api/imports/{job_id}/errors.csv", headers=headers).status_code == 403
    assert company.client.get("/api/imports/none", headers=office).status_code == 404
    assert send(company, {}, {"orders.csv": orders_csv(order_row())}).status_code == 401


def test_a_job_whose_process_is_gone_says_so(company: Company) -> None:
    from sqlmodel import select

    from server.importing.jobs import LOST_AFTER_MS, Importer, open_job
    from shared_models.people.tables import Staff

    headers = company.headers("O001")
    with company.services.database.reading() as session:
        office = session.exec(select(Staff).where(Staff.code == "O001")).one()
    job_id = open_job(company.services, Importer(office.id, office.company_id), [], dry_run=False)
    assert company.client.get(f"/api/imports/{job_id}", headers=headers).json()["state"] == "waiting"
    company.clock.forward(seconds=LOST_AFTER_MS / 1000 + 1)
    headers = company.headers("O001")
    assert company.client.get(f"/api/imports/{job_id}", headers=headers).json()["state"] == "interrupted"
