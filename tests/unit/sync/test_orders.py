"""What a manager has a device do: wipe itself or fetch its copy anew, once it has sent everything."""

from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine
from sqlmodel import Session

from sync import wire
from sync.hub import orders
from sync.hub.tables import SyncDevice

NOW_MS = 1_780_000_000_000


def request(**said) -> wire.Request:
    return wire.Request(NOW_MS, **said)


@pytest.fixture
def session():
    engine = create_engine("sqlite://")
    SyncDevice.__table__.create(engine)
    with Session(engine) as session:
        for device_id in ("A", "B"):
            session.add(
                SyncDevice(
                    id=device_id, company_id="acme", staff_id="amy", registered_at_ms=NOW_MS, pending=4
                )
            )
        session.commit()
        yield session
    engine.dispose()


def stands(session: Session, device_id: str = "A") -> tuple:
    session.expire_all()
    device = session.get_one(SyncDevice, device_id)
    return device.order, device.wiped_at_ms, device.revoked_at_ms, device.pending


def obeyed(session: Session, order: str, asked: wire.Request) -> str:
    return orders.obey(session.connection(), SimpleNamespace(id="A", order=order), asked, NOW_MS)


def test_an_order_is_for_one_device_and_a_later_one_counts(session):
    orders.give(session, "A", "resync")
    orders.give(session, "A", "wipe")
    assert (stands(session)[0], stands(session, "B")[0]) == ("wipe", "")


def test_a_device_that_says_it_has_deleted_everything_is_locked_out(session):
    orders.give(session, "A", "wipe")
    assert obeyed(session, "wipe", request(obeyed="wipe")) == ""
    assert stands(session) == ("", NOW_MS, NOW_MS, 0)
    assert stands(session, "B") == ("", None, None, 4)


@pytest.mark.parametrize(
    ("order", "asked"),
    [
        ("wipe", request()),
        ("wipe", request(cursor="x")),
        ("resync", request(cursor="x")),
        ("resync", request(pull=False)),
        ("resync", request(cursor="x", obeyed="wipe")),
        ("", request(obeyed="wipe")),
    ],
)
def test_an_order_stands_until_the_device_shows_that_it_was_carried_out(session, order, asked):
    orders.give(session, "A", order)
    assert obeyed(session, order, asked) == order
    assert stands(session) == (order, None, None, 4)


def test_a_device_that_begins_anew_has_resynced(session):
    orders.give(session, "A", "resync")
    assert obeyed(session, "resync", request()) == ""
    assert stands(session) == ("", None, None, 4)


def test_nothing_is_ordered_of_a_device_that_still_has_something_to_send():
    for order in ("wipe", "resync"):
        assert orders.page_for(order, request(pull=False)) is None
        assert orders.told(order, request(pull=False)) == ""


def test_who_is_to_wipe_is_told_and_handed_nothing():
    page = orders.page_for("wipe", request(cursor="x"))
    assert page is not None
    assert (page.rows, page.more, page.begins_anew) == ([], False, False)
    assert orders.told("wipe", request()) == "wipe"


def test_who_is_to_resync_is_sent_to_the_beginning():
    page = orders.page_for("resync", request(cursor="x"))
    assert page is not None
    assert (page.more, page.begins_anew) == (True, True)
    assert orders.told("resync", request()) == ""


def test_who_has_obeyed_is_handed_nothing_more_and_without_an_order_everything_goes_on_as_usual():
    page = orders.page_for("", request(obeyed="wipe"))
    assert page is not None
    assert (page.rows, page.more, page.begins_anew) == ([], False, False)
    assert orders.page_for("", request()) is None
    assert orders.told("", request()) == ""
