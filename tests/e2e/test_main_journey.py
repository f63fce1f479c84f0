"""The whole journey: a tablet that works offline, is killed, and comes back while another one has changed the same lead."""

import time
from typing import Any

from tests.e2e.conftest import MakeTablet
from tests.e2e.inbox import conflict_about_budget, wait_for_pending
from tests.e2e.lead_page import (
    change_needs,
    change_notes,
    differences,
    find_by_initials,
    find_by_name,
    log_visit,
    read_notes,
    shown,
    wait_for_budget,
)
from tests.e2e.leads import FreshLead
from tests.e2e.people import MANAGER, SELLER
from tests.e2e.running_server import RunningServer
from tests.e2e.sale_page import Article, sell, two_articles
from tests.e2e.tablet import Tablet

SECONDS = 15.0
"""What "within seconds" means on a busy machine."""
MINE, THEIRS = 68_000, 52_000
DEPOSIT = 500
PHONE = "13900010001"
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
    articles = two_articles(server)
    sell(a, articles, phone=PHONE, deposit_yuan=DEPOSIT)
    pending = 4
    find_by_initials(a, lead)
    wait_for_pending(a, pending)

    a.kill()
    a.start(offline=True)
    wait_for_pending(a, pending)
    find_by_initials(a, lead)
    wait_for_budget(a, MINE)
    a.wait_until(lambda: len(shown(a).happened) == 2, "the visit and the order after the restart")
    assert visit in shown(a).happened
    assert read_notes(a) == NOTES
    assert server.rows("SELECT id FROM followup WHERE id = :id", id=visit) == []

    find_by_name(b, lead)
    change_needs(b, budget_yuan=THEIRS, category="布艺沙发")
    wait_for_pending(b, 0)

    begun = time.monotonic()
    a.go_online()
    wait_for_budget(a, THEIRS, SECONDS)
    b.wait_until(lambda: len(shown(b).happened) == 2, "the other tablet to show visit and order", SECONDS)
    wait_for_pending(a, 0)
    record_property("seconds_from_online_to_agreement", round(time.monotonic() - begun, 2))
    _agree(server, lead_id, a, b)
    assert _server_lead(server, lead_id)["budget_fen"] == THEIRS * 100
    assert _server_lead(server, lead_id)["category"] == "布艺沙发"
    assert _server_lead(server, lead_id)["notes"] == NOTES

    _sold_once(server, lead_id, articles)

    conflict = conflict_about_budget(a, lead_id, MINE, THEIRS)
    assert conflict == conflict_about_budget(b, lead_id, MINE, THEIRS)
    a.tap(f"take-{conflict}")
    a.wait_until_gone(f"conflict-{lead_id}-budget_fen")
    b.wait_until_gone(f"conflict-{lead_id}-budget_fen")
    find_by_initials(a, lead)
    find_by_name(b, lead)
    wait_for_budget(a, MINE)
    wait_for_budget(b, MINE, SECONDS)
    wait_for_pending(a, 0)
    assert _server_lead(server, lead_id)["budget_fen"] == MINE * 100
    _agree(server, lead_id, a, b)
    _sold_once(server, lead_id, articles)


def _sold_once(server: RunningServer, lead_id: str, articles: tuple[Article, ...]) -> None:
    """One order of these articles, one payment, and its points in the ledger once, as the member's account says (R1)."""
    order = server.row("SELECT * FROM sales_order WHERE lead_id = :id", id=lead_id)
    lines = server.rows("SELECT * FROM orderline WHERE order_id = :id", id=order["id"])
    assert sorted(line["net_fen"] for line in lines) == sorted(article.price_fen for article in articles)
    payment = server.row("SELECT * FROM payment WHERE order_id = :id", id=order["id"])
    assert payment["amount_fen"] == DEPOSIT * 100
    entry = server.row("SELECT * FROM pointsentry WHERE order_id = :id", id=order["id"])
    assert (entry["kind"], entry["points"], entry["growth"]) == ("base", DEPOSIT, DEPOSIT)
    member = server.row("SELECT * FROM memberaccount WHERE customer_id = :id", id=order["customer_id"])
    assert (member["balance"], member["growth"], member["debt"]) == (DEPOSIT, DEPOSIT, 0)
    lead = _server_lead(server, lead_id)
    assert (lead["customer_id"], lead["stage"]) == (order["customer_id"], "won")


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
        assert read_notes(each) == row["notes"]
        each.wait_until(
            lambda each=each, row=row: not differences(shown(each), row, happened), "the server's values"
        )
    assert len({shown(each) for each in tablets}) == 1
