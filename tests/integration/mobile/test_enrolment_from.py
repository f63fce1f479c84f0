"""A scheme that asks for purchases before somebody may join: at the server, and on a device without a network (T-04)."""

from pathlib import Path

import pytest

from mobile.state.queries.purchases import bought_fen
from server.domain.loyalty.schemes import publish_scheme
from shared_models.errors import RuleError
from shared_models.sales.tables import Customer
from sync.hub.recorder import recording
from tests.integration.mobile.points_devices import Device
from tests.integration.server.company import COMPANY, START_MS, Company
from tests.integration.server.till import Till

PHONE = "13900000088"


@pytest.fixture
def device(company: Company, tmp_path: Path) -> Device:
    with company.services.database.writing() as session, recording(session, author="server", at_ms=1):
        publish_scheme(session, COMPANY, {"enrol_from": "1000"}, now_ms=START_MS, valid_from_ms=START_MS)
        session.add(
            Customer(id="buyer", company_id=COMPANY, store_id=company.ids["north"], name="孙", phone=PHONE)
        )
    return Device.of(company, "S001", tmp_path)


def enrolled_at_server(company: Company) -> bool:
    with company.services.database.reading() as session:
        return session.get_one(Customer, "buyer").enrolled_at_ms is not None


def test_the_sale_that_completes_the_purchases_enrols_and_earns_and_the_one_before_does_not(
    device: Device, company: Company
):
    with pytest.raises(RuleError, match="enrol_from"):
        device.enrol(PHONE)
    _, priced = device.sell("buyer", 60_000)
    assert (priced.points.in_full, priced.party.missing_to_enrol_fen(priced.paid_now_fen)) == (0, 40_000)
    assert device.app.read(lambda session: bought_fen(session, "buyer")) == 60_000
    device.sync()
    assert not enrolled_at_server(company)

    _, priced = device.sell("buyer", 40_000)
    assert priced.points.in_full == 400
    assert device.figures("buyer", "balance", "tier") == (400, "S1")
    device.sync()
    assert enrolled_at_server(company)
    assert Till.of(company).figures("buyer", "balance", "spent_fen") == (400, 100_000)


def test_the_server_enrols_who_has_bought_enough_and_tells_the_others_what_is_missing(
    device: Device, company: Company
):
    till = Till.of(company)
    assert till.refused("/customers", phone=PHONE) == "enrol_from"
    assert till.refused("/customers", phone="13900000089") == "enrol_from"
    till.sell("buyer", 100_000)
    assert till.post("/customers", phone=PHONE)["customer_id"] == "buyer"
    device.sync()
    assert device.enrol(PHONE).customer_id == "buyer"


def test_goods_that_came_back_do_not_count(device: Device, company: Company):
    till = Till.of(company)
    sold = till.sell("buyer", 60_000, 50_000)
    till.post(f"/orders/{sold['id']}/returns", line_ids=[f"{'buyer'[:24]}{50_000:08}"])
    assert till.refused("/customers", phone=PHONE) == "enrol_from"
    device.sync()
    assert device.app.read(lambda session: bought_fen(session, "buyer")) == 60_000
