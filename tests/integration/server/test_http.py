"""Reading rows, errors, health, the API's description, and what is logged."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from server.errors import STATUS_AND_CODE
from shared_models.people.tables import Staff
from shared_models.sales.tables import Lead
from tests.integration.server.company import (
    LEAD_NAME,
    LEAD_PHONE,
    NAMES,
    PASSWORD,
    Company,
    make_settings,
    running_company,
)


def log_lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]


@pytest.mark.parametrize(
    ("code", "what", "status"),
    [
        ("S001", "lead", 200),
        ("S002", "lead", 403),
        ("S101", "lead", 403),
        ("M001", "lead", 200),
        ("O001", "lead", 200),
        ("S002", "customer", 200),
        ("S101", "customer", 403),
        ("S002", "order", 200),
        ("S101", "order", 403),
        ("O001", "order", 200),
    ],
)
def test_a_row_is_read_by_those_whose_scopes_cover_it(company: Company, code: str, what: str, status: int):
    answer = company.client.get(f"/api/{what}s/{company.ids[what]}", headers=company.headers(code))

    assert answer.status_code == status
    if status == 200:
        assert answer.json()["id"] == company.ids[what]
    else:
        assert answer.json() == {"code": "not_yours", "details": {}}


def test_asking_for_a_colleagues_lead_is_refused_and_logged(
    company: Company, capsys: pytest.CaptureFixture[str]
):
    headers = company.headers("S002")
    capsys.readouterr()

    company.client.get(f"/api/leads/{company.ids['lead']}", headers=headers)

    (attempt,) = [line for line in log_lines(capsys) if line["event"] == "scope_refused"]
    assert attempt["level"] == "warning"
    assert (attempt["staff_id"], attempt["table"], attempt["row_id"]) == (
        company.ids["S002"],
        "lead",
        company.ids["lead"],
    )


def test_a_lead_that_changed_hands_is_read_by_its_new_owner_alone(company: Company):
    before, after = company.headers("S001"), company.headers("S002")
    with company.services.database.writing() as session:
        session.get_one(Lead, company.ids["lead"]).owner_id = company.ids["S002"]

    url = f"/api/leads/{company.ids['lead']}"
    assert company.client.get(url, headers=before).status_code == 403
    assert company.client.get(url, headers=after).status_code == 200


def test_a_transfer_to_another_store_counts_at_once(company: Company):
    headers, url = company.headers("S002"), f"/api/customers/{company.ids['customer']}"
    assert company.client.get(url, headers=headers).status_code == 200
    with company.services.database.writing() as session:
        session.get_one(Staff, company.ids["S002"]).store_id = company.ids["south"]

    assert company.client.get(url, headers=headers).status_code == 403


def test_a_row_that_does_not_exist_is_not_found(company: Company):
    answer = company.client.get("/api/leads/nothing", headers=company.headers())

    assert (answer.status_code, answer.json()) == (404, {"code": "not_found", "details": {}})


def test_every_route_that_is_not_declared_open_asks_for_a_log_in(company: Company):
    open_routes = {
        ("/api/auth/login", "post"),
        ("/api/auth/refresh", "post"),
        ("/api/health", "get"),
        ("/api/ready", "get"),
        ("/api/demo", "get"),
        ("/api/members/code", "post"),
        ("/api/members/login", "post"),
    }
    described = company.client.get("/api/openapi.json").json()["paths"]
    routes = {(path, method) for path, methods in described.items() for method in methods}
    assert open_routes < routes
    assert ("/api/live", "get") in routes

    for path, method in routes - open_routes:
        answer = company.client.request(method, re.sub(r"\{\w+\}", "1", path))
        # HEAD is answered without a body.
        code = "not_logged_in" if method == "head" else answer.json()["code"]
        assert (answer.status_code, code) == (401, "not_logged_in"), path


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"code": 1, "password": "x", "device": {}}', b'{"code": "S001"}', b"\xff\xfe"],
)
def test_a_body_that_cannot_be_read_is_a_clear_refusal_without_echo(company: Company, body: bytes):
    answer = company.client.post(
        "/api/auth/login", content=body, headers={"content-type": "application/json"}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")


def test_a_body_that_is_too_large_is_refused(tmp_path: Path):
    settings = make_settings(f"sqlite:///{tmp_path / 'hub.db'}", tmp_path, max_body_bytes=2_000)
    with running_company(settings) as company:
        body = {"code": "S001", "password": "x" * 3_000, "device": {}}
        answer = company.client.post("/api/auth/login", json=body)
        streamed = company.client.post("/api/auth/login", content=iter([b"x" * 1_500] * 2))

    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert streamed.status_code == 413


def test_a_method_that_a_route_does_not_have_is_named_so(company: Company):
    answer = company.client.get("/api/auth/login")

    assert (answer.status_code, answer.json()["code"]) in {(405, "method_not_allowed"), (404, "not_found")}
    assert company.client.put("/api/auth/login").status_code == 405


def test_a_fault_of_ours_tells_nothing_but_the_requests_number(
    company: Company, capsys: pytest.CaptureFixture[str]
):
    headers = company.headers()
    with company.services.database.writing() as session:
        session.execute(text("ALTER TABLE lead RENAME COLUMN phone TO telephone"))

    answer = company.client.get(f"/api/leads/{company.ids['lead']}", headers=headers)

    assert answer.status_code in {500, 503}
    assert answer.json()["details"] == {"request_id": answer.headers["x-request-id"]}
    failures = [line for line in log_lines(capsys) if line["event"] == "request_failed"]
    assert failures[0]["request_id"] == answer.headers["x-request-id"]
    assert "visibility.py" in str(failures[0]["at"])


def test_every_error_of_the_table_has_a_status_of_its_own_kind():
    assert all(400 <= status < 600 for status, _ in STATUS_AND_CODE.values())


def test_healthy_and_ready(company: Company):
    assert company.client.get("/api/health").json() == {"status": "ok"}
    assert company.client.get("/api/ready").json() == {"status": "ready"}


def test_a_server_with_an_older_database_is_not_ready(company: Company):
    with company.services.database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'earlier'"))

    answer = company.client.get("/api/ready")

    assert (answer.status_code, answer.json()["code"]) == (503, "migrations_missing")


def test_requests_are_logged_by_route_with_who_and_how_long(
    company: Company, capsys: pytest.CaptureFixture[str]
):
    tokens = company.tokens("S001")
    capsys.readouterr()
    company.client.get(
        f"/api/leads/{company.ids['lead']}?phone={LEAD_PHONE}",
        headers={"Authorization": f"Bearer {tokens['access_token']}"},
    )

    (line,) = [line for line in log_lines(capsys) if line["event"] == "request"]
    assert (line["route"], line["method"], line["status"]) == ("/api/leads/{lead_id}", "GET", 200)
    assert (line["staff_id"], line["device_id"]) == (company.ids["S001"], tokens["device_id"])
    assert line["duration_ms"] > 0
    assert len(line["request_id"]) == 32


def test_logs_hold_no_phone_numbers_names_passwords_or_tokens(
    company: Company, capsys: pytest.CaptureFixture[str]
):
    secrets = [PASSWORD, LEAD_PHONE, LEAD_NAME, *NAMES.values(), "平板一"]
    for code in ("S001", "S002"):
        tokens = company.tokens(code)
        secrets += [tokens["access_token"], tokens["refresh_token"]]
        headers = {"Authorization": f"Bearer {tokens['access_token']}"}
        for what in ("lead", "customer", "order"):
            company.client.get(f"/api/{what}s/{company.ids[what]}?name={LEAD_NAME}", headers=headers)
        company.client.get(f"/api/leads/{LEAD_PHONE}", headers=headers)
        company.client.get(f"/api/{LEAD_PHONE}", headers=headers)
        company.client.post("/api/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        company.client.post("/api/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
    company.log_in(LEAD_PHONE, "secret of mine")
    company.client.post(
        "/api/auth/login", json={"code": LEAD_PHONE, "password": LEAD_NAME, "device": LEAD_PHONE}
    )
    with company.services.database.writing() as session:
        session.execute(text("ALTER TABLE lead RENAME COLUMN name TO called"))
    company.client.get(f"/api/leads/{company.ids['lead']}", headers=headers)

    captured = capsys.readouterr()
    written = captured.err + captured.out
    assert written.count('"event": "request"') > 12
    assert [secret for secret in [*secrets, "secret of mine"] if secret in written] == []
