"""Coupons: issued at the server, used at a counter without a network, expired by the night, counted in the figures."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from mobile.state.coupon_office import (
    Issue,
    Outlook,
    fetch_kinds,
    fetch_latest,
    issue_coupons,
    preview_coupons,
)
from mobile.state.queries.coupons import coupons_of, usable_coupons
from server.domain.loyalty.coupons import expire_coupons
from shared_models.errors import RuleError
from shared_models.ids import derived_id
from shared_models.loyalty.tables import Coupon
from shared_models.moments import DAY_MS, days_after, local_date
from sync.conflict import Conflict
from sync.device import outbox
from sync.hub.recorder import recording
from tests.integration.mobile.points_devices import Device
from tests.integration.server.company import START_MS, Company
from tests.integration.server.taken_over import take_over
from tests.integration.server.till import Till

TODAY = local_date(START_MS)
DAYS = f"first_day={TODAY}&last_day={TODAY}"


@pytest.fixture
def member(company: Company) -> str:
    return take_over(company, "13900000095", [])


@pytest.fixture
def device(company: Company, member: str, tmp_path: Path) -> Device:
    del member
    return Device.of(company, "S001", tmp_path)


def issue(company: Company, member: str, issue_id: str = "autumn", **terms: Any) -> str:
    """The identifier of the coupon that the member got."""
    body = {"customer_ids": [member], "amount_fen": 10_000, "campaign": "SEP", "valid_until": TODAY} | terms
    assert Till.of(company).post("/coupons", id=issue_id, **body) == {"issued": 1}
    return derived_id("coupon", issue_id, member)


def usable(device: Device, member: str) -> list[str]:
    return device.app.read(
        lambda session: [each.id for each in usable_coupons(session, member, device.app.now_ms())]
    )


def coupon_at_server(company: Company, coupon_id: str) -> Coupon:
    with company.services.database.reading() as session:
        return session.get_one(Coupon, coupon_id)


def programme(company: Company) -> dict[str, Any]:
    answer = company.client.get(f"/api/figures/programme?{DAYS}", headers=company.headers("O001"))
    return dict(answer.json()["coupons"])


def test_a_coupon_used_without_a_network_names_its_order_and_is_not_offered_again(
    device: Device, company: Company, member: str
):
    coupon_id = issue(company, member)
    issue_again = {"customer_ids": [member], "amount_fen": 10_000, "campaign": "SEP", "valid_until": TODAY}
    assert Till.of(company).post("/coupons", id="autumn", **issue_again) == {"issued": 1}
    device.sync()
    assert usable(device, member) == [coupon_id]

    order_id, priced = device.sell(member, 50_000, coupon="100", coupon_id=coupon_id, campaign="SEP")
    assert priced.due_fen == 40_000
    assert usable(device, member) == []
    device.sync()

    used = coupon_at_server(company, coupon_id)
    assert (used.state, used.order_id, used.settled_at_ms) == ("used", order_id, START_MS)
    counted = programme(company)
    assert (counted["issued"], counted["used"], counted["expired"]) == (1, 1, 0)
    [campaign] = company.client.get("/api/campaigns", headers=company.headers("O001")).json()
    assert (campaign["code"], campaign["coupons_issued"], campaign["coupons_used"]) == ("SEP", 1, 1)
    assert campaign["sales"]["sales_fen"] == 40_000


def test_the_night_lets_a_coupon_expire_but_not_one_that_was_used_in_time_and_not_heard_of(
    device: Device, company: Company, member: str
):
    used, unused = issue(company, member), issue(company, member, "second")
    device.sync()
    order_id, _ = device.sell(member, 50_000, coupon="100", coupon_id=used)

    with company.services.database.writing() as session, recording(session, author="server", at_ms=1):
        assert expire_coupons(session, START_MS) == 0  # its last day is not over
        assert expire_coupons(session, START_MS + DAY_MS) == 2
        assert expire_coupons(session, START_MS + DAY_MS) == 0
    device.sync()

    assert coupon_at_server(company, unused).state == "expired"
    late = coupon_at_server(company, used)
    assert (late.state, late.order_id) == ("used", order_id)
    assert programme(company)["expired"] == 1


def test_a_coupon_used_on_two_tablets_is_a_conflict_that_a_person_sees(
    device: Device, company: Company, member: str, tmp_path: Path
):
    coupon_id = issue(company, member)
    (tmp_path / "other").mkdir()
    other = Device.of(company, "M001", tmp_path / "other")
    device.sync()
    first, _ = device.sell(member, 50_000, coupon="100", coupon_id=coupon_id)
    second, _ = other.sell(member, 60_000, coupon="100", coupon_id=coupon_id)
    device.sync()
    other.sync()

    with company.services.database.reading() as session:
        conflicts = session.exec(select(Conflict).where(Conflict.about_id == coupon_id)).all()
    assert [each.field for each in conflicts] == ["order_id"]
    assert coupon_at_server(company, coupon_id).order_id in {first, second}


def test_a_coupon_that_is_gone_or_somebody_elses_is_not_used(device: Device, company: Company, member: str):
    other = take_over(company, "13900000096", [])
    coupon_id = issue(company, other)
    device.sync()
    with pytest.raises(RuleError, match="coupon_gone"):
        device.sell(member, 50_000, coupon="100", coupon_id=coupon_id)
    device.clock.ahead_ms = DAY_MS
    with pytest.raises(RuleError, match="coupon_gone"):
        device.sell(other, 50_000, coupon="100", coupon_id=coupon_id)
    assert [each.state for each in device.app.read(lambda session: coupons_of(session, other))] == ["issued"]


def test_the_office_issues_to_a_tier_and_nobody_issues_nothing(company: Company, member: str):
    office = Till.of(company, "O001")
    assert office.post("/coupons", tier="S1", amount_fen=500) == {"issued": 1}
    assert coupons_count(company, member) == 1
    terms = {"customer_ids": [member], "amount_fen": 500}
    assert office.refused("/coupons", **terms | {"amount_fen": 0}) == "coupon_amount"
    yesterday = days_after(TODAY, -1)
    assert office.refused("/coupons", **terms | {"valid_until": yesterday}) == "coupon_days"
    assert Till.of(company).refused("/coupons", tier="S1", amount_fen=500) == "not_yours"


def coupons_count(company: Company, member: str) -> int:
    with company.services.database.reading() as session:
        return len(session.exec(select(Coupon).where(Coupon.customer_id == member)).all())


def test_the_server_refuses_a_coupon_for_an_order_of_somebody_else(
    device: Device, company: Company, member: str
):
    coupon_id = issue(company, member)
    other = take_over(company, "13900000097", [])
    device.sync()
    order_id, _ = device.sell(other, 50_000)
    with device.app.action("use_coupon") as session:
        coupon = session.get_one(Coupon, coupon_id)
        coupon.state, coupon.order_id = "used", order_id
    device.sync()

    assert coupon_at_server(company, coupon_id).state == "issued"
    [refused] = device.app.read(lambda session: outbox.units(session.connection(), outbox.REFUSED))
    assert refused.code == "coupon_other"


def test_the_office_sees_what_it_would_issue_issues_it_once_and_sees_what_became_of_it(
    company: Company, member: str, tmp_path: Path
):
    office = Device.of(company, "O001", tmp_path)
    wanted = Issue("winter", 10_000, TODAY, "SEP", tier="S1")

    assert asyncio.run(preview_coupons(office.app, wanted)) == Outlook(1, 0, 0, 10_000)
    assert asyncio.run(fetch_kinds(office.app)) == []
    assert [asyncio.run(issue_coupons(office.app, wanted)) for _ in range(2)] == [1, 1]

    [kind] = asyncio.run(fetch_kinds(office.app))
    assert (kind.amount_fen, kind.valid_until, kind.issued, kind.to_use) == (10_000, TODAY, 1, 1)
    [holder] = asyncio.run(fetch_latest(office.app, kind))
    assert (holder.customer_id, holder.state, holder.issued_by) == (member, "issued", "赵敏")
    endless = Issue("endless", 500, None, "", customer_id=member)
    asyncio.run(issue_coupons(office.app, endless))
    assert [each.valid_until for each in asyncio.run(fetch_kinds(office.app))] == [None, TODAY]
    assert len(asyncio.run(fetch_latest(office.app, asyncio.run(fetch_kinds(office.app))[0]))) == 1
