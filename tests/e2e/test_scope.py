"""What a salesperson may not see is refused by the server itself, whatever is asked and however, and is written down."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import cache

import httpx
import pytest

from tests.e2e.leads import FreshLead
from tests.e2e.people import COLLEAGUE, MANAGER, SELLER, STRANGER
from tests.e2e.running_server import RunningServer

_SYNC = "/api/sync"
LogIn = Callable[[str], httpx.Client]


@pytest.fixture(scope="module")
def log_in(server: RunningServer) -> Iterator[LogIn]:
    """HTTP as a person, by their code: one device each."""
    with ExitStack() as stack:
        yield cache(lambda code: stack.enter_context(closing(server.client(code))))


def _log_lines(server: RunningServer, answer: httpx.Response) -> list[dict[str, object]]:
    """What the server wrote about this request."""
    lines = [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]
    return [line for line in lines if line.get("request_id") == answer.headers["x-request-id"]]


def _staff_id(server: RunningServer, code: str) -> str:
    return str(server.row("SELECT id FROM staff WHERE code = :code", code=code)["id"])


def _round(**more: object) -> dict[str, object]:
    """A round of a sync that sends nothing, as a plain client writes it."""
    return {"device_now_ms": time.time_ns() // 1_000_000, "protocol": 1, **more}


def _rows_handed_out(client: httpx.Client, table: str) -> list[dict[str, object]]:
    """All rows of a table that a whole first sync hands out."""
    found: list[dict[str, object]] = []
    cursor, more = "", True
    while more:
        answer = client.post(_SYNC, json=_round(cursor=cursor)).json()
        for page in answer["rows"]:
            if page["table"] == table:
                found += [dict(zip(page["columns"], row, strict=True)) for row in page["rows"]]
        cursor, more = answer["cursor"], answer["more"]
    return found


@pytest.mark.parametrize("who", [COLLEAGUE, STRANGER])
def test_asking_the_server_for_a_colleagues_lead_is_refused_and_logged(
    server: RunningServer, log_in: LogIn, fresh_lead: FreshLead, who: str
) -> None:
    lead = fresh_lead(SELLER)
    answer = log_in(who).get(f"/api/leads/{lead.id}")

    assert answer.status_code == 403
    assert answer.json() == {"code": "not_yours", "details": {}}
    [attempt] = [line for line in _log_lines(server, answer) if line["event"] == "scope_refused"]
    assert attempt["staff_id"] == _staff_id(server, who)
    assert (attempt["table"], attempt["row_id"]) == ("lead", lead.id)
    assert log_in(SELLER).get(f"/api/leads/{lead.id}").json()["name"] == lead.name
    assert log_in(MANAGER).get(f"/api/leads/{lead.id}").is_success


def test_a_sync_with_a_forged_scope_is_refused_whole_and_logged(
    server: RunningServer, log_in: LogIn, fresh_lead: FreshLead
) -> None:
    lead, victim = fresh_lead(SELLER), _staff_id(server, SELLER)
    thief = _staff_id(server, COLLEAGUE)
    forged = f"staff:{victim}"
    change = {
        "table": "lead", "row": lead.id, "kind": "put", "fields": {"owner_id": thief}, "seen": {"owner_id": victim},
    }  # fmt: skip
    unit = {"id": "f" * 32, "action": "edit_lead", "at_ms": time.time_ns() // 1_000_000, "changes": [change]}
    answer = log_in(COLLEAGUE).post(_SYNC, json=_round(scopes=[forged, f"staff:{thief}"], units=[unit]))

    assert answer.status_code == 403
    assert answer.json() == {"code": "forbidden_scope", "details": {}}
    [attempt] = [line for line in _log_lines(server, answer) if line["event"] == "scope_forged"]
    assert attempt["staff_id"] == thief
    assert attempt["scopes"] == [forged]
    assert server.row("SELECT owner_id FROM lead WHERE id = :id", id=lead.id)["owner_id"] == victim


def test_a_colleagues_cursor_opens_nothing(server: RunningServer, log_in: LogIn) -> None:
    cursor = log_in(SELLER).post(_SYNC, json=_round()).json()["cursor"]
    answer = log_in(COLLEAGUE).post(_SYNC, json=_round(cursor=cursor))

    owners = {
        row[page["columns"].index("owner_id")]
        for page in answer.json().get("rows", [])
        if page["table"] == "lead"
        for row in page["rows"]
    }
    assert _staff_id(server, SELLER) not in owners


def test_a_whole_sync_hands_out_ones_own_leads_and_all_of_them(server: RunningServer, log_in: LogIn) -> None:
    mine = _staff_id(server, COLLEAGUE)
    handed_out = _rows_handed_out(log_in(COLLEAGUE), "lead")

    assert {row["owner_id"] for row in handed_out} == {mine}
    stored = server.rows("SELECT id FROM lead WHERE owner_id = :mine", mine=mine)
    assert sorted(str(row["id"]) for row in handed_out) == sorted(row["id"] for row in stored)


def test_an_edit_of_a_colleagues_lead_is_refused_and_changes_nothing(
    server: RunningServer, log_in: LogIn, fresh_lead: FreshLead
) -> None:
    lead = fresh_lead(SELLER)
    change = {
        "table": "lead", "row": lead.id, "kind": "put", "fields": {"budget_fen": 1}, "seen": {"budget_fen": None},
    }  # fmt: skip
    unit = {"id": "e" * 32, "action": "edit_lead", "at_ms": time.time_ns() // 1_000_000, "changes": [change]}
    answer = log_in(COLLEAGUE).post(_SYNC, json=_round(units=[unit], pull=False))

    [result] = answer.json()["results"]
    assert result["outcome"] == "refused"
    assert server.row("SELECT budget_fen FROM lead WHERE id = :id", id=lead.id)["budget_fen"] is None
