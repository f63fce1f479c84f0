"""Points set aside by the scheme's rule when a member checks in (R11): quiet, at most one lease, given back by the next sync."""

import asyncio
from pathlib import Path

import pytest
from sqlmodel import select

from mobile.state import counter_actions, points_actions
from mobile.state.check_in import check_in, follow_rule
from mobile.state.errors import Unreachable
from mobile.state.sync_state import Phase
from server.domain.loyalty.opening import OpeningLot
from shared_models.loyalty.tables import Lease, LeaseState, Scheme
from shared_models.moments import day_bounds_ms, local_date
from shared_models.sales.tables import Lead
from sync.hub.recorder import recording
from tests.integration.mobile.points_devices import Device, at_server
from tests.integration.server.company import COMPANY, Company
from tests.integration.server.taken_over import take_over
from tests.integration.server.till import Till

HOUR_S = 3_600


@pytest.fixture
def member(company: Company) -> str:
    return take_over(company, "13900000091", [OpeningLot("all", 900)], growth=900)


@pytest.fixture
def other(company: Company) -> str:
    return take_over(company, "13900000092", [OpeningLot("all", 5_000)], growth=900)


@pytest.fixture
def scheme(company: Company) -> None:
    Till.of(company, "O001").post("/schemes", rules={}, practice={"lease_when": "check_in"})


@pytest.fixture
def tablet(company: Company, scheme: None, member: str, other: str, tmp_path: Path) -> Device:
    return on_line(Device.of(company, "S001", tmp_path))


def on_line(device: Device) -> Device:
    device.app.sync.enter(Phase.IDLE)
    return device


def come(device: Device, member: str) -> None:
    asyncio.run(check_in(device.app, member))


def open_leases(company: Company) -> list[tuple[str, int]]:
    with company.services.database.reading() as session:
        chosen = select(Lease).where(Lease.state == LeaseState.OPEN).order_by(Lease.granted_at_ms, Lease.id)
        return [(each.customer_id, each.points) for each in session.exec(chosen)]


def granted(company: Company) -> int:
    """How many leases there ever were."""
    with company.services.database.reading() as session:
        return len(session.exec(select(Lease)).all())


def test_a_member_who_checks_in_can_redeem_when_the_network_goes(
    company: Company, tablet: Device, member: str
):
    come(tablet, member)
    assert tablet.figures(member, "available") == (900,)
    tablet.sync()  # the app syncs all the time while there is a network
    tablet.app.network_changed(is_up=False)
    tablet.redeem(member, 300)
    assert tablet.figures(member, "available") == (600,)
    tablet.sync()
    assert at_server(company, member, "balance", "leased", "debt") == (600, 0, 0)
    assert open_leases(company) == []


def test_the_lease_is_as_large_as_the_scheme_says_or_what_is_free(
    company: Company, tablet: Device, member: str, other: str
):
    come(tablet, other)
    come(tablet, member)
    assert open_leases(company) == [(other, 1_000), (member, 900)]


def test_however_often_a_member_checks_in_there_is_one_lease_also_when_an_answer_was_lost(
    company: Company, tablet: Device, other: str
):
    asyncio.run(points_actions.take_lease(tablet.app, other, 1_000, at_most=True))
    with tablet.app.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM lease")  # as if the answer had never come
    for _ in range(3):
        come(tablet, other)
        assert granted(company) == 1
        tablet.sync()
    assert open_leases(company) == [(other, 1_000)]
    assert tablet.figures(other, "available") == (1_000,)


def test_the_next_member_frees_the_points_of_the_one_before_with_the_next_sync(
    company: Company, tablet: Device, member: str, other: str
):
    come(tablet, other)
    tablet.sync()
    assert at_server(company, other, "leased") == (1_000,)
    come(tablet, member)
    tablet.sync()
    assert open_leases(company) == [(member, 900)]
    assert at_server(company, other, "leased") == (0,)


def test_what_somebody_reserved_by_hand_outlasts_the_next_member(
    company: Company, tablet: Device, member: str, other: str
):
    asyncio.run(counter_actions.reserve_points(tablet.app, other, 2_000))
    come(tablet, other)
    come(tablet, member)
    tablet.sync()
    assert open_leases(company) == [(other, 2_000), (member, 900)]


def test_points_that_somebody_gave_back_stay_free_until_the_member_checks_in_again(
    company: Company, tablet: Device, member: str, other: str
):
    come(tablet, other)
    assert asyncio.run(counter_actions.release_points(tablet.app, other)) == 1_000
    tablet.sync()
    asyncio.run(follow_rule(tablet.app))
    come(tablet, other)  # still the same visit
    assert open_leases(company) == []
    come(tablet, member)
    come(tablet, other)
    assert open_leases(company) == [(member, 900), (other, 1_000)]


def test_without_a_network_nothing_is_asked_and_nothing_is_said(
    company: Company, tablet: Device, member: str
):
    tablet.app.network_changed(is_up=False)
    come(tablet, member)
    assert (open_leases(company), tablet.app.checked_in.failures) == ([], {})


def test_a_server_that_does_not_answer_is_noted_in_the_lease_s_place_and_forgotten_when_it_does(
    company: Company, tablet: Device, member: str, monkeypatch: pytest.MonkeyPatch
):
    async def unreachable(*_: object) -> None:
        raise Unreachable

    with monkeypatch.context() as cut:
        cut.setattr(tablet.app.server, "post", unreachable)
        come(tablet, member)
    assert (tablet.app.checked_in.failures, tablet.app.checked_in.asking) == ({member: "unreachable"}, "")
    asyncio.run(follow_rule(tablet.app))  # as after every sync
    assert (tablet.app.checked_in.failures, open_leases(company)) == ({}, [(member, 900)])


def test_points_that_went_elsewhere_meanwhile_are_noted_quietly(
    company: Company, tablet: Device, member: str
):
    Till.of(company).post("/redemptions", customer_id=member, points=900)
    come(tablet, member)
    assert (tablet.app.checked_in.failures, open_leases(company)) == ({member: "points"}, [])


def test_nobody_but_those_who_serve_takes_a_lease_by_looking(
    company: Company, tablet: Device, member: str, tmp_path: Path
):
    come(on_line(Device.of(company, "O001", tmp_path)), member)
    assert open_leases(company) == []
    come(on_line(Device.of(company, "M001", tmp_path)), member)
    assert open_leases(company) == [(member, 900)]


def test_a_scheme_that_says_nothing_of_it_leaves_leases_to_the_hand(
    company: Company, member: str, tmp_path: Path
):
    come(on_line(Device.of(company, "S001", tmp_path)), member)
    assert open_leases(company) == []


def test_the_time_out_frees_what_was_set_aside_as_ever(company: Company, tablet: Device, member: str):
    come(tablet, member)
    company.clock.forward(seconds=72 * HOUR_S)
    assert at_server(company, member, "available") == (900,)
    assert tablet.figures(member, "available") == (0,)
    tablet.sync()
    come(tablet, member)
    assert open_leases(company) == [(member, 900)]


def test_a_scheme_with_a_practice_that_is_not_known_is_refused_and_one_from_a_newer_server_is_read(
    company: Company, member: str, tmp_path: Path
):
    office = Till.of(company, "O001")
    assert office.refused("/schemes", rules={}, practice={"lease_when": "always"}) == "scheme"
    assert office.refused("/schemes", rules={}, practice={"colour": 1}) == "scheme"
    office.post("/schemes", rules={"lease_points": 200}, practice={"lease_when": "check_in"})
    office.post("/schemes", rules={"lease_points": 300})
    tablet = on_line(Device.of(company, "S001", tmp_path))
    come(tablet, member)
    assert open_leases(company) == [(member, 300)]


def lead_of(device: Device, member: str, due_at_ms: int, **values: str) -> Lead:
    return Lead(
        company_id=COMPANY,
        store_id="store",
        owner_id=device.app.replica.staff_id,
        customer_id=member,
        name="周杰",
        inquired_at_ms=1,
        next_due_at_ms=due_at_ms,
        **values,
    )


def test_who_is_due_today_has_points_set_aside_ahead_until_the_day_ends(
    company: Company, tablet: Device, member: str, other: str
):
    Till.of(company, "O001").post(
        "/schemes", rules={"lease_points": 400}, practice={"lease_when": "due_today"}
    )
    first_ms, end_ms = day_bounds_ms(local_date(company.clock.now_ms))
    with company.services.database.writing() as session, recording(session, author="server", at_ms=1):
        session.add(lead_of(tablet, other, end_ms - 1))
        session.add(lead_of(tablet, member, end_ms))
        session.add(lead_of(tablet, member, first_ms, stage="lost"))
    for _ in range(2):
        tablet.sync()
        asyncio.run(follow_rule(tablet.app))  # as after every sync
    assert open_leases(company) == [(other, 400)]
    assert tablet.app.checked_in.due == {other}

    come(tablet, member)  # who is at the counter takes nothing from who is due
    tablet.sync()
    assert open_leases(company) == [(other, 400), (member, 400)]

    company.clock.forward(seconds=(end_ms - company.clock.now_ms) // 1_000 + 1)
    tablet.app.checked_in.customer_id = ""
    asyncio.run(follow_rule(tablet.app))
    tablet.sync()
    assert open_leases(company) == [(member, 400)]
    assert tablet.app.checked_in.due == {member}


def test_at_the_check_in_alone_nobody_has_points_set_aside_ahead(
    company: Company, tablet: Device, other: str
):
    with company.services.database.writing() as session, recording(session, author="server", at_ms=1):
        session.add(lead_of(tablet, other, company.clock.now_ms))
    tablet.sync()
    asyncio.run(follow_rule(tablet.app))
    assert open_leases(company) == []


def test_a_scheme_that_this_app_cannot_read_sets_nothing_aside_and_stops_no_sync(
    company: Company, tablet: Device, member: str
):
    with company.services.database.writing() as session, recording(session, author="server", at_ms=1):
        rules, practice = {"colour": 1}, {"lease_when": "check_in"}
        now_ms = company.clock.now_ms
        session.add(
            Scheme(company_id=COMPANY, version=9, valid_from_ms=now_ms, rules=rules, practice=practice)
        )
    tablet.sync()
    come(tablet, member)
    assert (open_leases(company), tablet.app.checked_in.failures) == ([], {})
