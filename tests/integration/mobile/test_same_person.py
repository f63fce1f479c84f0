"""One person enrolled on several devices: one customer, one gift, everything adds up (R19, R4)."""

from pathlib import Path

import pytest
from sqlmodel import select

from shared_models.loyalty.tables import PointsEntry
from shared_models.sales.tables import Customer, Lead
from sync.conflict import Conflict
from tests.integration.mobile.points_devices import Device, at_server
from tests.integration.server.company import Company
from tests.integration.server.till import Till


@pytest.fixture
def gifted(company: Company) -> Company:
    from shared_models.people.tables import Role, Staff

    with company.services.database.writing() as session:
        session.get_one(Staff, company.ids["O001"]).role = Role.COMPANY_MANAGER
    Till.of(company, "O001").post("/schemes", rules={"welcome_gift": 30})
    return company


def entries(company: Company) -> list[tuple[str, int, int]]:
    with company.services.database.reading() as session:
        return sorted((line.kind, line.points, line.growth) for line in session.exec(select(PointsEntry)))


def test_a_second_gift_granted_offline_is_entered_and_taken_back(gifted: Company, tmp_path: Path):
    device = Device.of(gifted, "S001", tmp_path)
    offline = device.enrol("13500002222")
    device.sell(offline.customer_id, 7_520)
    online = Till.of(gifted).enrol("+86 135-0000-2222")
    assert (offline.welcome, device.figures(offline.customer_id, "balance")) == (30, (105,))

    device.sync(answers_lost=1)

    assert at_server(gifted, offline.customer_id, "customer_id", "balance", "growth", "debt", "orders") == (
        online,
        105,
        105,
        0,
        1,
    )
    assert entries(gifted) == [
        ("activity", 30, 30),
        ("activity", 30, 30),
        ("base", 75, 75),
        ("reversal", -30, -30),
    ]


def test_both_identifiers_answer_on_the_device_too(gifted: Company, tmp_path: Path):
    device = Device.of(gifted, "S001", tmp_path)
    offline = device.enrol("13500002222").customer_id
    online = Till.of(gifted).enrol("13500002222")
    device.sync()

    assert device.figures(offline, "customer_id", "balance") == (online, 30)
    assert device.enrol("135 0000 2222").customer_id == online


def test_what_is_done_later_to_the_other_identifier_arrives_at_the_one_customer(
    gifted: Company, tmp_path: Path
):
    first, second = Device.of(gifted, "S001", tmp_path), Device.of(gifted, "S002", tmp_path)
    mine = first.enrol("13500002222").customer_id
    first.sync()
    yours = second.enrol("13500002222").customer_id
    second.sell(yours, 10_000)
    second.push_unheard()
    second.sell(yours, 20_000)
    with second.app.action("edit") as session:
        session.get_one(Customer, yours).address = "深南大道 1 号"
    second.sync()

    assert at_server(gifted, yours, "customer_id", "balance", "orders") == (mine, 330, 2)
    with gifted.services.database.reading() as session:
        assert session.get_one(Customer, mine).address == "深南大道 1 号"
    assert second.app.replica.refused_units() == []


def test_what_the_two_rows_say_differently_goes_to_the_inbox(gifted: Company, tmp_path: Path):
    first, second = Device.of(gifted, "S001", tmp_path), Device.of(gifted, "S002", tmp_path)
    mine = first.enrol("13500002222").customer_id
    with first.app.action("edit") as session:
        customer = session.get_one(Customer, mine)
        customer.address, customer.attributes = "旧址", {"floor": "oak"}
    gifted.clock.forward(seconds=60)
    yours = second.enrol("13500002222").customer_id
    with second.app.action("edit") as session:
        customer = session.get_one(Customer, yours)
        customer.address, customer.attributes = "新址", {"style": "rustic"}
    first.sync()
    second.sync()

    with gifted.services.database.reading() as session:
        customer = session.get_one(Customer, mine)
        conflicts = [
            (each.field, each.kept_value(), each.lost_value()) for each in session.exec(select(Conflict))
        ]
    assert customer.address == "新址"
    assert customer.attributes == {"floor": "oak", "style": "rustic"}
    assert conflicts == [("address", "新址", "旧址")]


def test_two_members_who_turn_out_to_be_one_have_one_account(gifted: Company, tmp_path: Path):
    device = Device.of(gifted, "S001", tmp_path)
    wrong, right = device.enrol("13500002222").customer_id, device.enrol("13500003333").customer_id
    device.sell(wrong, 10_000)
    device.sell(right, 20_000)
    device.sync()
    with device.app.action("edit") as session:
        session.get_one(Customer, right).phone = "13500002222"
    device.sync()

    assert at_server(gifted, right, "customer_id", "balance", "growth", "orders") == (wrong, 330, 330, 2)
    assert device.figures(right, "balance", "orders") == (330, 2)


def test_a_lead_of_the_double_is_a_lead_of_the_one_customer(gifted: Company, tmp_path: Path):
    device = Device.of(gifted, "S001", tmp_path)
    offline = device.enrol("13500002222").customer_id
    with device.app.action("link") as session:
        session.get_one(Lead, gifted.ids["lead"]).customer_id = offline
    online = Till.of(gifted).enrol("13500002222")
    device.sync()

    with gifted.services.database.reading() as session:
        assert session.get_one(Lead, gifted.ids["lead"]).customer_id == online
