"""Versions of gifts on devices without a network: what they hold decides, and the server judges by the same version."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from mobile.state import points_actions
from mobile.state.gift_office import change_gift, offer_gift
from mobile.state.queries.explanation import explain_entry
from mobile.state.queries.gifts import gift_offers
from mobile.state.queries.redemptions import gift_record, redemption_record
from server.domain.loyalty.opening import OpeningLot
from shared_models.errors import RuleError
from shared_models.loyalty.scheme import DEFAULT_TIERS
from shared_models.loyalty.tables import Gift, GiftVersion, PointsEntry, Redemption
from sync.device import outbox
from tests.integration.mobile.points_devices import Device, at_server
from tests.integration.server.company import Company
from tests.integration.server.taken_over import take_over

DAY_S = 86_400
LAMP: dict[str, Any] = {"name": "台灯", "points": 300, "value_fen": 49_900, "stock": 5}


@pytest.fixture
def member(company: Company) -> str:
    return take_over(company, "13900000072", [OpeningLot("all", 5_000)], growth=900)


@pytest.fixture
def office(company: Company, member: str, tmp_path: Path) -> Device:
    device = Device.of(company, "O001", tmp_path)
    asyncio.run(offer_gift(device.app, LAMP | {"id": "lamp"}))
    device.sync()
    return device


@pytest.fixture
def tablet(company: Company, office: Device, tmp_path: Path) -> Device:
    return Device.of(company, "S001", tmp_path)


def plan(office: Device, points: int, *, in_s: int | None = None) -> None:
    at_ms = None if in_s is None else office.app.now_ms() + in_s * 1_000
    terms = LAMP | {"points": points, "seen_stock": 5, "begins_at_ms": at_ms}
    asyncio.run(change_gift(office.app, "lamp", terms))


def cost_here(device: Device) -> int:
    now_ms = device.app.now_ms()
    offers = device.app.read(lambda session: gift_offers(session, 900, DEFAULT_TIERS, [], now_ms))
    return next(each.terms.points for each in offers if each.gift.id == "lamp")


def redeemed(company: Company, redemption_id: str) -> tuple[int, int]:
    with company.services.database.reading() as session:
        redemption = session.get_one(Redemption, redemption_id)
        assert redemption.gift_version_id
        return redemption.points, session.get_one(GiftVersion, redemption.gift_version_id).version


def test_a_tablet_without_a_network_takes_the_planned_price_from_its_moment_on(
    company: Company, office: Device, tablet: Device, member: str
):
    plan(office, 400, in_s=DAY_S)
    tablet.sync()
    tablet.lease(member, 2_000)
    before = points_actions.redeem(tablet.app, member, gift_id="lamp")
    assert cost_here(tablet) == 300
    company.clock.forward(seconds=DAY_S)
    assert cost_here(tablet) == 400
    with pytest.raises(RuleError, match="points"):
        points_actions.redeem(tablet.app, member, 399, gift_id="lamp")
    after = points_actions.redeem(tablet.app, member, gift_id="lamp")
    tablet.sync()
    assert (redeemed(company, before), redeemed(company, after)) == ((300, 1), (400, 2))
    assert at_server(company, member, "balance") == (4_300,)


def test_a_tablet_that_has_not_heard_of_a_change_keeps_the_version_it_held(
    company: Company, office: Device, tablet: Device, member: str
):
    tablet.lease(member, 2_000)
    company.clock.forward(seconds=60)
    plan(office, 400)
    company.clock.forward(seconds=60)
    made = points_actions.redeem(tablet.app, member, gift_id="lamp")
    tablet.sync()
    assert redeemed(company, made) == (300, 1)
    assert cost_here(tablet) == 400
    entry_id = tablet.app.read(
        lambda session: session.scalars(
            select(PointsEntry.id).where(PointsEntry.redemption_id == made)
        ).first()
    )
    why = tablet.app.read(lambda session: explain_entry(session, str(entry_id)))
    assert why is not None
    assert why.gift_version is not None
    assert (why.gift_version.version, why.gift_version.points) == (1, 300)
    record = tablet.app.read(lambda session: redemption_record(session, made, tablet.app.now_ms()))
    assert record is not None
    assert record.version is not None
    assert record.version.version == 1


def test_an_app_that_names_no_version_is_judged_by_the_one_of_that_moment(
    company: Company, office: Device, tablet: Device, member: str
):
    tablet.lease(member, 2_000)
    with tablet.app.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM giftversion")  # an older app has no such table
    made = points_actions.redeem(tablet.app, member, gift_id="lamp")
    company.clock.forward(seconds=60)
    plan(office, 400)
    tablet.sync()
    assert redeemed(company, made) == (300, 1)


@pytest.mark.parametrize(
    ("named", "points", "code"), [("lamp", 299, "points"), ("vase", 300, "unknown"), ("", 300, "unknown")]
)
def test_a_device_that_gives_less_than_its_version_costs_or_names_another_gift_s_is_refused(
    company: Company, office: Device, tablet: Device, member: str, named: str, points: int, code: str
):
    asyncio.run(offer_gift(office.app, LAMP | {"id": "vase"}))
    tablet.sync()
    tablet.lease(member, 2_000)
    lease_id = next(iter(points_actions.leases_held(tablet.app)))
    chosen = select(GiftVersion.id).where(GiftVersion.gift_id == (named or "lamp"))
    version = tablet.app.read(lambda session: session.scalars(chosen).one())
    with tablet.app.action("redeem") as session:
        redemption = Redemption(
            company_id=tablet.app.replica.company_id,
            customer_id=member,
            staff_id=tablet.app.replica.staff_id,
            gift_id="lamp" if named else None,
            gift_version_id=version,
            points=points,
            lease_points={lease_id: points},
            redeemed_at_ms=tablet.app.now_ms(),
        )
        session.add(redemption)
    tablet.sync()
    (unit,) = tablet.app.replica.refused_units()
    assert unit.code == code
    with company.services.database.reading() as session:
        assert session.get_one(Gift, "lamp").stock == 5


def test_the_office_sees_all_versions_the_newest_first_and_what_holds_now(
    company: Company, office: Device, tablet: Device
):
    plan(office, 400, in_s=DAY_S)
    office.sync()
    now_ms = office.app.now_ms()
    record = office.app.read(
        lambda session: gift_record(
            session, "lamp", outbox.units(session.connection(), outbox.PENDING), now_ms
        )
    )
    assert record is not None
    assert [(each.version, each.points) for each in record.versions] == [(2, 400), (1, 300)]
    assert (record.item.terms.points, record.item.left) == (300, 5)
