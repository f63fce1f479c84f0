"""A tablet whose browser has no more room: told clearly, nothing confirmed lost, at work again when there is room."""

from tests.e2e.conftest import MakeTablet
from tests.e2e.inbox import wait_for_pending
from tests.e2e.lead_page import find_by_initials, log_visit
from tests.e2e.leads import FreshLead, Lead
from tests.e2e.people import SELLER
from tests.e2e.running_server import RunningServer
from tests.e2e.storage import limited_storage
from tests.e2e.tablet import Tablet

QUOTA_BYTES = 5_000_000
MOST_VISITS = 20
"""So many are more than fit into what the last extension of the files left."""
LONG = "很长的备注" * 16_000


def test_without_room_what_cannot_be_kept_stays_in_the_sheet_and_what_was_confirmed_arrives_once(
    server: RunningServer, tablet: MakeTablet, fresh_lead: FreshLead
) -> None:
    lead = fresh_lead(SELLER)
    full = tablet("full")
    full.start()
    full.log_in(SELLER)
    full.go_offline()
    find_by_initials(full, lead)
    kept = [log_visit(full, "空间还够")]
    with limited_storage(full, QUOTA_BYTES):
        note = _log_until_full(full, kept)
        assert "空间满了" in full.spoken("announcement")
        full.tap("announcement-ok")
        full.wait_until_gone("announcement")
        assert full.read("log-note") == note
        full.go_online()
        full.wait_until(lambda: _visits(server, lead) == sorted(kept), "what was kept to be sent")

    full.tap("save-log")
    full.wait_until_gone("log-sheet")
    full.wait_until(lambda: _new(full, kept), "the visit to be in the timeline")
    kept += _new(full, kept)
    wait_for_pending(full, 0)
    assert _visits(server, lead) == sorted(kept)

    with limited_storage(full, QUOTA_BYTES):
        full.reopen()
        find_by_initials(full, lead)
        full.wait_until(lambda: _new(full, []), "the timeline to be shown")
        newest = _new(full, [])
        assert set(newest) == set(kept[-len(newest) :])
    kept.append(log_visit(full, "又有空间了"))
    wait_for_pending(full, 0)
    assert _visits(server, lead) == sorted(kept)


def _log_until_full(tablet: Tablet, kept: list[str]) -> str:
    """Log visits until the tablet says that it has no room, the kept ones noted; the note that was not kept."""

    def answered() -> bool:
        return bool(tablet.identifiers("announcement") or _new(tablet, kept))

    for number in range(MOST_VISITS):
        note = f"第{number}次" + LONG
        tablet.tap("log")
        tablet.tap("channel-store_visit")
        tablet.tap("outcome-high")
        tablet.enter("log-note", note)
        tablet.tap("save-log")
        tablet.wait_until(answered, "the visit to be kept or not")
        if tablet.identifiers("announcement"):
            return note
        tablet.wait_until_gone("log-sheet")
        kept.extend(_new(tablet, kept))
    tablet.fail(f"{MOST_VISITS} long notes fitted into {QUOTA_BYTES} bytes")
    return ""


def _new(tablet: Tablet, kept: list[str]) -> list[str]:
    """The visits on the screen that are not among the `kept`."""
    found = [each.removeprefix("follow-up-") for each in tablet.identifiers("follow-up-")]
    return [each for each in found if each not in kept]


def _visits(server: RunningServer, lead: Lead) -> list[str]:
    rows = server.rows("SELECT id FROM followup WHERE lead_id = :id", id=lead.id)
    return sorted(row["id"] for row in rows)
