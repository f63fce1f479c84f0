"""A tablet whose stored files were damaged or have no more room: said clearly, nothing confirmed lost, well again."""

from collections.abc import Callable
from pathlib import Path

from tests.e2e import stored_files
from tests.e2e.conftest import MakeTablet
from tests.e2e.inbox import wait_for_pending
from tests.e2e.lead_page import find_by_initials, log_visit
from tests.e2e.leads import FreshLead, Lead
from tests.e2e.people import SELLER
from tests.e2e.running_server import RunningServer
from tests.e2e.tablet import START_S, Tablet

QUOTA_BYTES = 5_000_000
MOST_VISITS = 40
"""So many are more than fit into what the last extension of the files left."""


def test_damaged_files_are_noticed_the_unsent_work_is_rescued_and_the_rest_comes_again(
    server: RunningServer, tablet: MakeTablet, fresh_lead: FreshLead
) -> None:
    lead = fresh_lead(SELLER)
    shaken = tablet("shaken")
    shaken.start()
    shaken.log_in(SELLER)
    done: list[str] = []
    for damage in (stored_files.flip_bits, stored_files.cut):
        _damage_with_unsent_work(shaken, lead, damage, done)
        assert _visits(server, lead) == sorted(done)
        _equals_the_server(shaken)

    shaken.kill()
    stored_files.overwrite(shaken.profile)
    shaken.start()
    shaken.wait_for("announcement")
    words = shaken.spoken("announcement")
    assert "损坏" in words
    assert "?" in words  # nobody can say how much there was
    shaken.tap("announcement-ok")
    shaken.log_in(SELLER)
    _equals_the_server(shaken)
    assert _visits(server, lead) == sorted(done)


def _damage_with_unsent_work(
    tablet: Tablet, lead: Lead, damage: Callable[[Path], None], done: list[str]
) -> None:
    tablet.go_offline()
    find_by_initials(tablet, lead)
    done += [log_visit(tablet, f"第{number}次") for number in range(2)]
    wait_for_pending(tablet, 2)
    tablet.kill()
    damage(tablet.profile)
    tablet.start(offline=True)
    tablet.wait_for("announcement")
    words = tablet.spoken("announcement")
    assert "损坏" in words
    assert "2 条没发出的记录都救回来了" in words
    tablet.tap("announcement-ok")
    tablet.wait_for("first-pending")
    assert tablet.number("first-pending") == 2
    tablet.go_online()
    tablet.wait_for("today-ready", seconds=START_S)
    wait_for_pending(tablet, 0)


def _equals_the_server(tablet: Tablet) -> None:
    """The check on the sync screen finds every record equal."""
    tablet.tap("go-sync")
    tablet.wait_for("sync")
    tablet.scroll_to_end("sync")
    tablet.tap("proof-check")
    tablet.wait_for("proof-equal")


def _visits(server: RunningServer, lead: Lead) -> list[str]:
    rows = server.rows("SELECT id FROM followup WHERE lead_id = :id", id=lead.id)
    return sorted(row["id"] for row in rows)


def test_without_room_what_cannot_be_kept_is_told_and_what_was_confirmed_arrives_once(
    server: RunningServer, tablet: MakeTablet, fresh_lead: FreshLead
) -> None:
    lead = fresh_lead(SELLER)
    full = tablet("full")
    full.start()
    full.log_in(SELLER)
    full.go_offline()
    find_by_initials(full, lead)
    kept = [log_visit(full, "空间还够")]
    full.limit_storage(QUOTA_BYTES)
    refused = _log_until_full(full, kept)
    assert "空间满了" in full.spoken_page()
    assert refused not in full.spoken("lead")
    wait_for_pending(full, len(kept))

    full.kill()
    full.start(offline=True)
    wait_for_pending(full, len(kept))
    find_by_initials(full, lead)
    kept.append(log_visit(full, "又有空间了"))
    full.go_online()
    wait_for_pending(full, 0)
    assert _visits(server, lead) == sorted(kept)


def _log_until_full(tablet: Tablet, kept: list[str]) -> str:
    """Log visits until the tablet says that it has no room, the kept ones noted; the note that was not kept."""
    for number in range(MOST_VISITS):
        note = f"第{number}次" + "很长的备注" * 400
        before = set(tablet.identifiers("follow-up-"))
        tablet.tap("log")
        tablet.tap("channel-store_visit")
        tablet.tap("outcome-high")
        tablet.enter("log-note", note)
        tablet.tap("save-log")
        tablet.wait_until(
            lambda before=before: (
                "空间满了" in tablet.spoken_page() or set(tablet.identifiers("follow-up-")) - before
            ),
            "the visit to be kept or not",
        )
        if "空间满了" in tablet.spoken_page():
            return note
        kept += [each.removeprefix("follow-up-") for each in set(tablet.identifiers("follow-up-")) - before]
    tablet.fail(f"{MOST_VISITS} long notes fitted into {QUOTA_BYTES} bytes")
    return ""
