"""A member checks in at a tablet with a network; when the network goes, the points set aside for them buy a gift."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from shared_models.ids import new_id
from tests.e2e.conftest import MakeTablet
from tests.e2e.inbox import wait_for_pending
from tests.e2e.people import SELLER
from tests.e2e.phones import member_with_points
from tests.e2e.running_server import RunningServer
from tests.e2e.tablet import Tablet

OFFICE, PHONE = "OFFICE-2", "13900030002"
OPENING, SET_ASIDE, PRICE = 3_000, 1_000, 300


@pytest.fixture
def at_check_in(server: RunningServer) -> Iterator[None]:
    """A scheme that sets points aside when a member checks in, for as long as the test lasts."""
    server.employ(OFFICE, "何文员", "office")
    _publish(server, "check_in")
    yield
    _publish(server, "by_hand")


def _publish(server: RunningServer, lease_when: str) -> None:
    with closing(server.client(OFFICE)) as office:
        scheme = {"rules": {"lease_points": SET_ASIDE}, "practice": {"lease_when": lease_when}}
        office.post("/api/schemes", json=scheme).raise_for_status()


@pytest.mark.usefixtures("at_check_in")
def test_a_member_who_checked_in_redeems_a_gift_without_a_network_by_the_version_that_the_tablet_held(
    server: RunningServer, tablet: MakeTablet
) -> None:
    member, gift = member_with_points(server, PHONE, "钱少少", OPENING), _gift(server)
    desk = tablet("desk")
    desk.start()
    desk.log_in(SELLER)
    _look_up(desk, member)
    desk.wait_until(lambda: f"{SET_ASIDE:,}" in desk.spoken("leases"), "points to be set aside by themselves")
    assert _leases(server, member) == [{"points": SET_ASIDE, "state": "open"}]

    desk.go_offline()
    _change_price(server, gift)
    desk.tap("redeem")
    desk.wait_for("redeem-confirm")
    desk.tap(f"gift-{gift}")
    desk.wait_until(lambda: str(PRICE) in desk.spoken("redeem-confirm"), "the button to say what is spent")
    desk.tap("redeem-confirm")
    desk.wait_until_gone("redeem-confirm")

    desk.go_online()
    wait_for_pending(desk, 0)
    redemption = server.row("SELECT * FROM redemption WHERE customer_id = :id", id=member)
    version = server.row("SELECT * FROM giftversion WHERE id = :id", id=redemption["gift_version_id"])
    assert (redemption["points"], version["version"], version["points"]) == (PRICE, 1, PRICE)
    account = server.row("SELECT * FROM memberaccount WHERE customer_id = :id", id=member)
    assert (account["balance"], account["debt"]) == (OPENING - PRICE, 0)


def _gift(server: RunningServer) -> str:
    gift_id = new_id()
    with closing(server.client(OFFICE)) as office:
        gift = {"id": gift_id, "name": "陶瓷花瓶", "points": PRICE, "value_fen": 9_900}
        office.post("/api/gifts", json=gift).raise_for_status()
    return gift_id


def _change_price(server: RunningServer, gift_id: str) -> None:
    with closing(server.client(OFFICE)) as office:
        dearer = {"name": "陶瓷花瓶", "points": 2 * PRICE, "value_fen": 9_900}
        office.post(f"/api/gifts/{gift_id}", json=dearer).raise_for_status()


def _look_up(tablet: Tablet, member: str) -> None:
    tablet.tap("go-customers")
    tablet.wait_for("customers")
    tablet.search("search", PHONE, rows="customer-", found=[member, "list"])
    tablet.tap(f"customer-{member}")
    tablet.wait_for("customer-points")


def _leases(server: RunningServer, member: str) -> list[dict[str, object]]:
    return server.rows("SELECT points, state FROM lease WHERE customer_id = :id", id=member)
