"""The whole journey: a tablet that works offline, is killed, and comes back while another one has changed the same lead."""

import time
from typing import Any

from tests.e2e.conftest import MakeTablet
from tests.e2e.lead_page import (
    change_needs,
    change_notes,
    differences,
    find_by_initials,
    find_by_name,
    log_visit,
    shown,
    wait_for_budget,
)
from tests.e2e.leads import FreshLead
from tests.e2e.people import MANAGER, SELLER
from tests.e2e.running_server import RunningServer
from tests.e2e.tablet import Tablet

SECONDS = 15.0
"""What "within seconds" means on a busy machine."""
MINE, THEIRS = 68_000, 52_000
NOTES = "周末带家人再来\n喜欢浅色布艺"


def test_work_done_offline_survives_a_kill_and_meets_a_colleagues_change_without_loss(
    server: RunningServer, tablet: MakeTablet, fresh_lead: FreshLead, record_property: Any
) -> None:
    lead = fresh_lead(SELLER)
    lead_id = lead.id
    a, b = tablet("a"), tablet("b")
    a.start()
    a.log_in(SELLER)
    b.start()
    b.log_in(MANAGER)

    a.go_offline()
    find_by_initials(a, lead)
    visit = log_visit(a, "看了布艺沙发")
    change_needs(a, budget_yuan=MINE)
    change_notes(a, NOTES)
    pending = 3
    _wait_for_pending(a, pending)

    a.kill()
    a.start(offline=True)
    _wait_for_pending(a, pending)
    find_by_initials(a, lead)
    wait_for_budget(a, MINE)
    a.wait_until(lambda: visit in shown(a).happened, "the visit after the restart")
    assert _stored_notes(a) == NOTES
    assert server.rows("SELECT id FROM followup WHERE id = :id", id=visit) == []

    find_by_name(b, lead)
    change_needs(b, budget_yuan=THEIRS, category="布艺沙发")
    _wait_for_pending(b, 0)

    begun = time.monotonic()
    a.go_online()
    wait_for_budget(a, THEIRS, SECONDS)
    b.wait_until(lambda: visit in shown(b).happened, "the other tablet to show the visit", SECONDS)
    _wait_for_pending(a, 0)
    record_property("seconds_from_online_to_agreement", round(time.monotonic() - begun, 2))
    _agree(server, lead_id, a, b)
    assert _server_lead(server, lead_id)["budget_fen"] == THEIRS * 100
    assert _server_lead(server, lead_id)["category"] == "布艺沙发"
    assert _server_lead(server, lead_id)["notes"] == NOTES

    conflict = _conflict_shown(a, lead_id)
    assert conflict == _conflict_shown(b, lead_id)
    a.tap(f"take-{conflict}")
    a.wait_until_gone(f"conflict-{lead_id}-budget_fen")
    b.wait_until_gone(f"conflict-{lead_id}-budget_fen")
    find_by_initials(a, lead)
    find_by_name(b, lead)
    wait_for_budget(a, MINE)
    wait_for_budget(b, MINE, SECONDS)
    _wait_for_pending(a, 0)
    assert _server_lead(server, lead_id)["budget_fen"] == MINE * 100
    _agree(server, lead_id, a, b)


def _wait_for_pending(tablet: Tablet, count: int) -> None:
    """Wait until the pill at the top of the list says so; it says no number when nothing waits."""
    words = f"{count} 条待同步" if count else "已同步"
    tablet.wait_until(lambda: words in tablet.spoken("status"), f"the status to say {words!r}", SECONDS)


def _stored_notes(tablet: Tablet) -> str:
    return shown(tablet).notes


def _server_lead(server: RunningServer, lead_id: str) -> dict[str, Any]:
    return server.row("SELECT * FROM lead WHERE id = :id", id=lead_id)


def _agree(server: RunningServer, lead_id: str, *tablets: Tablet) -> None:
    """Each tablet shows the lead as the server has it, field by field, and all show the same."""
    happened = {
        row["id"]
        for row in server.rows(
            "SELECT id FROM followup WHERE lead_id = :id UNION ALL SELECT id FROM sales_order WHERE lead_id = :id",
            id=lead_id,
        )
    }
    for each in tablets:
        row = _server_lead(server, lead_id)
        each.wait_until(
            lambda each=each, row=row: not differences(shown(each), row, happened), "the server's values"
        )
    assert len({shown(each) for each in tablets}) == 1


def _conflict_shown(tablet: Tablet, lead_id: str) -> str:
    """The identifier of the conflict about the budget in the inbox, which shows both values."""
    tablet.tap("go-sync")
    tablet.wait_for(f"conflict-{lead_id}-budget_fen")
    words = tablet.spoken(f"conflict-{lead_id}-budget_fen")
    assert f"¥{MINE:,}" in words
    assert f"¥{THEIRS:,}" in words
    [take] = tablet.identifiers("take-")
    return take.removeprefix("take-")
