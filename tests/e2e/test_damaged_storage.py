"""A tablet whose stored files were damaged: said clearly, nothing confirmed lost, well again."""

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
