"""The whole journey: a tablet that works offline, is killed, and comes back while another one has changed the same lead."""

import time
from typing import Any

from tests.e2e.agreement import everybody_agrees, lead_at, sold_once
from tests.e2e.conftest import MakeTablet
from tests.e2e.inbox import conflict_about_budget, wait_for_pending
from tests.e2e.lead_page import (
    change_needs,
    change_notes,
    find_by_initials,
    find_by_name,
    log_visit,
    read_notes,
    shown,
    wait_for_budget,
)
from tests.e2e.leads import FreshLead, Lead
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
    articles = two_articles(server)
    visit = _work(a, lead, articles)
    find_by_initials(a, lead)
    wait_for_pending(a, 4)

    a.kill()
    a.start(offline=True)
    wait_for_pending(a, 4)
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
    everybody_agrees(server, lead_id, a, b)
    merged = lead_at(server, lead_id)
    assert (merged["budget_fen"], merged["category"], merged["notes"]) == (THEIRS * 100, "布艺沙发", NOTES)
    sold_once(server, lead_id, articles, DEPOSIT)

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
    assert lead_at(server, lead_id)["budget_fen"] == MINE * 100
    everybody_agrees(server, lead_id, a, b)
    sold_once(server, lead_id, articles, DEPOSIT)


def _work(tablet: Tablet, lead: Lead, articles: tuple[Article, ...]) -> str:
    """A visit logged, budget and notes changed, two articles sold; the identifier of the visit."""
    find_by_initials(tablet, lead)
    visit = log_visit(tablet, "看了布艺沙发")
    change_needs(tablet, budget_yuan=MINE)
    change_notes(tablet, NOTES)
    sell(tablet, articles, phone=PHONE, deposit_yuan=DEPOSIT)
    return visit
