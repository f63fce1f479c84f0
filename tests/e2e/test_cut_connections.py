"""The journey again with the connection cut in the middle of the sync: the same end, and nothing twice."""

import pytest

from tests.e2e.agreement import everybody_agrees, lead_at, sold_once
from tests.e2e.conftest import MakeTablet
from tests.e2e.faulty_network import Cut
from tests.e2e.inbox import conflict_about_budget, wait_for_pending
from tests.e2e.lead_page import (
    change_needs,
    change_notes,
    find_by_initials,
    find_by_name,
    log_visit,
    shown,
    wait_for_budget,
)
from tests.e2e.leads import FreshLead
from tests.e2e.people import MANAGER, SELLER
from tests.e2e.running_server import RunningServer
from tests.e2e.sale_page import sell, two_articles
from tests.e2e.tablet import Tablet

SECONDS = 30.0
"""Time enough for the retries: the first comes after two seconds at most, the third after eight."""
MINE, THEIRS = 68_000, 52_000
DEPOSIT = 500
STEPS = {
    "before the push": (Cut.BEFORE_THE_SERVER,),
    "after the push, before its answer": (Cut.BEFORE_THE_ANSWER,),
    "during the pull": (Cut.WITHIN_THE_ANSWER,),
    "at each step in turn": (Cut.BEFORE_THE_SERVER, Cut.BEFORE_THE_ANSWER, Cut.WITHIN_THE_ANSWER),
}


@pytest.fixture(scope="module")
def pair(tablet: MakeTablet) -> tuple[Tablet, Tablet]:
    """The seller's and the manager's tablet, logged in."""
    a, b = tablet("seller"), tablet("manager")
    for each, person in ((a, SELLER), (b, MANAGER)):
        each.start()
        each.log_in(person)
    return a, b


@pytest.mark.parametrize("cuts", STEPS.values(), ids=STEPS)
def test_a_sync_that_is_cut_ends_as_one_that_is_not(
    server: RunningServer, pair: tuple[Tablet, Tablet], fresh_lead: FreshLead, cuts: tuple[Cut, ...]
) -> None:
    a, b = pair
    lead, articles = fresh_lead(SELLER), two_articles(server)
    notes = f"{lead.notes}\n周末再来"

    a.go_offline()
    find_by_initials(a, lead)
    visit = log_visit(a, "看了布艺沙发")
    change_needs(a, budget_yuan=MINE)
    change_notes(a, notes)
    sell(a, articles, phone=_unused_phone(server), deposit_yuan=DEPOSIT)
    find_by_initials(a, lead)
    find_by_name(b, lead)
    change_needs(b, budget_yuan=THEIRS, category="布艺沙发")
    wait_for_pending(b, 0)

    before = a.network.traffic.snapshot()
    for number, cut in enumerate(cuts, start=1):
        a.network.cut_sync(cut, number)
    a.go_online()
    wait_for_budget(a, THEIRS, SECONDS)
    b.wait_until(lambda: len(shown(b).happened) == 2, "the other tablet to show visit and order", SECONDS)
    wait_for_pending(a, 0)
    assert a.network.traffic.cut[len(before.cut) :] == list(cuts)
    assert a.network.traffic.begun - before.begun > len(cuts)

    everybody_agrees(server, lead.id, a, b)
    merged = lead_at(server, lead.id)
    assert (merged["budget_fen"], merged["category"], merged["notes"]) == (THEIRS * 100, "布艺沙发", notes)
    assert visit in shown(b).happened
    sold_once(server, lead.id, articles, DEPOSIT)

    conflict = conflict_about_budget(a, lead.id, MINE, THEIRS)
    assert conflict == conflict_about_budget(b, lead.id, MINE, THEIRS)
    a.tap(f"take-{conflict}")
    b.wait_until_gone(f"conflict-{lead.id}-budget_fen")
    assert lead_at(server, lead.id)["budget_fen"] == MINE * 100
    sold_once(server, lead.id, articles, DEPOSIT)


def _unused_phone(server: RunningServer) -> str:
    """A number that no customer has, so that the sale makes a new member."""
    taken = {row["phone"] for row in server.rows("SELECT phone FROM customer")}
    return next(number for number in (f"1390002{end:04}" for end in range(10_000)) if number not in taken)
