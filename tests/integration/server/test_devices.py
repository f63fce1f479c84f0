"""Those in charge see every device of theirs, and can have one wiped, fetched anew or locked out."""

import pytest
from sqlmodel import select

from shared_models.sales.tables import Lead
from sync.hub.tables import SyncDevice, SyncOperation
from tests.integration.server.tablet import Tablet


@pytest.fixture
def tablet(company):
    tablet = Tablet.of(company, "S001")
    tablet.replica.app_version = "1.2.0"
    tablet.sync()
    return tablet


def test_a_store_manager_sees_the_devices_of_their_store_and_how_they_stand(company, tablet):
    Tablet.of(company, "S101").sync()
    company.clock.forward(seconds=90)
    seen = {each["staff_id"]: each for each in devices(company, "M001").json()}
    assert company.ids["S101"] not in seen
    mine = seen[company.ids["S001"]]
    assert (mine["name"], mine["platform"], mine["app_version"]) == ("平板一", "web", "1.2.0")
    assert (mine["pending"], mine["refused"], mine["skew_ms"], mine["lag_ms"]) == (0, 0, 0, 90_000)
    assert mine["storage_bytes"] > 10_000
    everybody = {each["staff_id"] for each in devices(company, "O001").json()}
    assert {company.ids["S101"], company.ids["S001"]} <= everybody


def test_a_salesperson_sees_no_devices_and_nobody_touches_those_of_another_store(company, tablet):
    assert devices(company, "S001").status_code == 403
    other = Tablet.of(company, "S101").replica.device_id
    for order in ("wipe", "resync", "revoke"):
        assert tell(company, "M001", other, order).status_code == 403
        assert tell(company, "S002", tablet.replica.device_id, order).status_code == 403
        assert tell(company, "M001", "none", order).status_code == 404


def test_a_wiped_device_sends_what_is_pending_then_holds_nothing_and_is_locked_out(company, tablet):
    with tablet.replica.action("edit_lead") as session:
        session.get(Lead, company.ids["lead"]).region = "宝安"
    assert tell(company, "M001", tablet.replica.device_id, "wipe").status_code == 204
    tablet.sync()
    assert stored(company, Lead, company.ids["lead"]).region == "宝安"
    assert tablet.replica.is_wiped
    with tablet.replica.reading() as session:
        assert session.get(Lead, company.ids["lead"]) is None
    device = stored(company, SyncDevice, tablet.replica.device_id)
    assert (device.order, device.wiped_at_ms, device.revoked_at_ms) == ("", company.clock(), company.clock())
    answer = company.client.post("/api/sync", headers=tablet.headers, content=b"")
    assert answer.json()["code"] == "device_revoked"


def test_what_waits_behind_a_refused_unit_reaches_the_hub_before_the_device_is_wiped(company, tablet):
    foreign = Lead(company_id="acme", store_id="none", owner_id="nobody", name="x", inquired_at_ms=1)
    with tablet.replica.action("refused") as session:
        session.add(foreign)
    with tablet.replica.action("blocked") as session:
        session.get(Lead, foreign.id).region = "宝安"
    tablet.sync()
    assert tablet.replica.status().pending == 1
    tell(company, "M001", tablet.replica.device_id, "wipe")
    tablet.sync()
    assert tablet.replica.is_wiped
    with company.services.database.reading() as session:
        kept = {(each.action, each.outcome) for each in session.exec(select(SyncOperation))}
    assert {("refused", "refused"), ("blocked", "refused")} <= kept


def test_a_device_told_to_resync_fetches_everything_again_once(company, tablet):
    with tablet.replica.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM lead")
    tell(company, "O001", tablet.replica.device_id, "resync")
    assert tablet.sync().received > 0
    with tablet.replica.reading() as session:
        assert session.get(Lead, company.ids["lead"]) is not None
    assert tablet.sync().received == 0


def test_a_revoked_device_is_locked_out_and_keeps_what_it_has(company, tablet):
    assert tell(company, "M001", tablet.replica.device_id, "revoke").status_code == 204
    answer = company.client.post("/api/sync", headers=tablet.headers, content=b"")
    assert (answer.status_code, answer.json()["code"]) == (401, "device_revoked")
    assert not tablet.replica.is_wiped


def devices(company, code: str):
    return company.client.get("/api/devices", headers=company.headers(code))


def tell(company, code: str, device_id: str, order: str):
    return company.client.post(f"/api/devices/{device_id}/{order}", headers=company.headers(code))


def stored(company, model, row_id):
    with company.services.database.reading() as session:
        return session.get_one(model, row_id)
