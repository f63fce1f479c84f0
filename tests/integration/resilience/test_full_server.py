"""A server whose disk is full says so, applies nothing by halves, and goes on once there is room."""

import pytest
from sqlalchemy import event, text
from sqlalchemy.pool import Pool

from mobile.text import en_errors, zh_errors
from sync import wire
from sync.schema import catalogue
from sync.sqlite import driver
from tests.databases import migrated_sqlite_url
from tests.integration.server.company import COMPANY, make_settings, running_company


@pytest.fixture
def company(tmp_path):
    with running_company(
        make_settings(migrated_sqlite_url(tmp_path), tmp_path, log_level="ERROR")
    ) as running:
        yield running


@pytest.fixture
def disk(tmp_path, company):
    """Set `pages` to bound the file; 0 lifts the bound."""

    class Disk:
        pages = 0

    def bound(connection, _record, _proxy) -> None:
        connection.cursor().execute(f"PRAGMA max_page_count = {Disk.pages or 1_000_000}").close()

    event.listen(Pool, "checkout", bound)
    yield Disk
    event.remove(Pool, "checkout", bound)


def pages_of(path) -> int:
    connection = driver.connect(str(path))
    try:
        return connection.apsw.pragma("page_count")
    finally:
        connection.close()


def counts(company) -> dict[str, int]:
    with company.services.database.reading() as session:
        tables = [*catalogue(), "sync_operation", "sync_feed", "sync_row_state"]
        return {name: session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in tables}


def test_a_push_that_does_not_fit_is_answered_with_a_code_and_applied_whole_later(company, disk, tmp_path):
    headers = {**company.headers(), "Content-Type": wire.JSON}
    visits = [visit(company, number) for number in range(40)]
    request = wire.Request(company.clock.now_ms, visits, pull=True, limit=10)
    disk.pages = pages_of(tmp_path / "hub.db")
    before = counts(company)
    answer = company.client.post("/api/sync", content=wire.encode(request, wire.JSON), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "server_full")
    assert counts(company) == before
    for sentences in (zh_errors.SENTENCES, en_errors.SENTENCES):
        assert "error.server_full" in sentences

    disk.pages = 0
    answer = company.client.post("/api/sync", content=wire.encode(request, wire.JSON), headers=headers)
    assert [result["outcome"] for result in answer.json()["results"]] == ["applied"] * 40
    assert counts(company)["followup"] == before["followup"] + 40


def visit(company, number: int) -> wire.Unit:
    fields = {"company_id": COMPANY, "lead_id": company.ids["lead"], "note": "看了三款沙发" * 200}
    row = f"visit-{number}"
    change = wire.Change("followup", row, "put", {"id": row, **fields})
    return wire.Unit(f"unit-{number}", "log_follow_up", company.clock.now_ms, [change])
