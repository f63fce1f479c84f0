"""Activity grants at the server: in the ledger once for each event, capped for each person, explained (L-08)."""

import pytest
from sqlmodel import select

from server.domain.loyalty.verification import differences
from shared_models.loyalty.tables import ActivityGrant, PointsEntry
from tests.integration.server.company import Company
from tests.integration.server.till import Till

VISIT = {"id": "visit", "name": "到店打卡", "points": 100, "cap": 250}


@pytest.fixture
def office(company: Company) -> Till:
    return Till.of(company, "O001")


def grant(till: Till, customer_id: str, event: str) -> int:
    return int(till.post("/activities/visit/grants", customer_id=customer_id, event=event)["points"])


def test_a_member_gets_each_event_once_up_to_the_cap_and_the_ledger_says_for_what(
    company: Company, office: Till
):
    office.post("/activities", **VISIT)
    manager = Till.of(company)
    member = manager.enrol("13900000061")

    assert [grant(manager, member, event) for event in ("05-01", "05-02", "05-03")] == [100, 100, 50]
    again = manager.refused("/activities/visit/grants", customer_id=member, event=" 05-02 ")
    full = manager.refused("/activities/visit/grants", customer_id=member, event="05-04")

    assert (again, full) == ("activity_granted", "activity_cap")
    assert manager.figures(member, "balance", "growth") == (250, 250)
    with company.services.database.reading() as session:
        assert list(differences(session)) == []
        entries = session.exec(select(PointsEntry).where(PointsEntry.customer_id == member)).all()
        assert sorted((entry.kind, entry.points, entry.rule) for entry in entries) == [
            ("activity", 50, "到店打卡 · 05-03"), ("activity", 100, "到店打卡 · 05-01"), ("activity", 100, "到店打卡 · 05-02"),
        ]  # fmt: skip
        assert {entry.staff_id for entry in entries} == {company.ids["M001"]}
        assert len(session.exec(select(ActivityGrant)).all()) == 3


def test_an_activity_is_changed_for_what_comes_and_not_for_what_was(company: Company, office: Till):
    office.post("/activities", **VISIT)
    manager = Till.of(company)
    member = manager.enrol("13900000062")
    grant(manager, member, "a")
    office.post("/activities", **VISIT | {"points": 10, "active": True})
    assert grant(manager, member, "b") == 10
    office.post("/activities", **VISIT | {"active": False})
    assert manager.refused("/activities/visit/grants", customer_id=member, event="c") == "activity_over"
    assert manager.figures(member, "balance") == (110,)


def test_who_is_no_member_and_what_is_no_activity_get_nothing(company: Company, office: Till):
    office.post("/activities", **VISIT)
    manager = Till.of(company)
    customer = company.ids["customer"]
    assert manager.refused("/activities/visit/grants", customer_id=customer, event="a") == "unknown"
    assert manager.refused("/activities/none/grants", customer_id=customer, event="a") == "not_found"
    assert office.refused("/activities", **VISIT | {"cap": 99}) == "activity_points"
