"""Versions of a gift at the server: planned, in force from their moment on, never altered, and remembered by redemptions."""

from typing import Any

import pytest
from sqlmodel import select

from server.domain.loyalty.opening import OpeningLot
from server.jobs.job import jobs, run_job
from shared_models.loyalty.tables import Gift, GiftVersion, Redemption
from sync.hub.recorder import recording
from tests.integration.server.company import COMPANY, Company
from tests.integration.server.taken_over import opened
from tests.integration.server.till import Till

DAY_S = 86_400
LAMP: dict[str, Any] = {"name": "台灯", "points": 300, "value_fen": 49_900, "stock": 3}


@pytest.fixture
def office(company: Company) -> Till:
    return Till.of(company, "O001")


@pytest.fixture
def member(company: Company) -> str:
    return opened(company, company.ids["customer"], OpeningLot("all", 5_000))


def versions_of(company: Company, gift_id: str = "lamp") -> list[tuple[int, int, int]]:
    with company.services.database.reading() as session:
        found = session.exec(
            select(GiftVersion).where(GiftVersion.gift_id == gift_id).order_by(GiftVersion.version)
        )
        return [(each.version, each.points, each.begins_at_ms) for each in found]


def judged_by(company: Company, redemption_id: str) -> tuple[int, int | None]:
    """What a redemption took, and the number of the gift's version that it was judged by."""
    with company.services.database.reading() as session:
        redemption = session.get_one(Redemption, redemption_id)
        version = session.get(GiftVersion, redemption.gift_version_id) if redemption.gift_version_id else None
        return redemption.points, version and version.version


def gift_of(company: Company) -> Gift:
    with company.services.database.reading() as session:
        return session.get_one(Gift, "lamp")


def test_a_change_makes_the_next_version_and_the_one_before_stays_as_it_was(company: Company, office: Till):
    begun_ms = company.clock.now_ms
    office.post("/gifts", **LAMP, id="lamp")
    company.clock.forward(seconds=60)
    changed = office.post("/gifts/lamp", **LAMP | {"points": 400})
    assert changed["points"] == 400
    assert versions_of(company) == [(1, 300, begun_ms), (2, 400, begun_ms + 60_000)]


def test_a_change_of_the_stock_alone_or_sent_again_makes_no_version(company: Company, office: Till):
    office.post("/gifts", **LAMP, id="lamp")
    assert office.post("/gifts/lamp", **LAMP | {"stock": 9, "seen_stock": 3})["stock"] == 9
    assert len(versions_of(company)) == 1
    for _ in range(2):
        office.post("/gifts/lamp", **LAMP | {"points": 400, "seen_stock": 3})
    assert len(versions_of(company)) == 2


def test_a_planned_version_costs_nobody_anything_before_its_moment_and_everybody_from_then_on(
    company: Company, office: Till, member: str
):
    office.post("/gifts", **LAMP, id="lamp")
    start_ms = company.clock.now_ms + DAY_S * 1_000
    planned = office.post(
        "/gifts/lamp", **LAMP | {"points": 400, "name": "铜灯", "seen_stock": 3}, begins_at_ms=start_ms
    )
    assert (planned["points"], planned["name"]) == (300, "台灯")
    before = Till.of(company).post("/redemptions", customer_id=member, gift_id="lamp")
    company.clock.forward(seconds=DAY_S - 1)
    last = Till.of(company).post("/redemptions", customer_id=member, gift_id="lamp")
    company.clock.forward(seconds=1)
    after = Till.of(company).post("/redemptions", customer_id=member, gift_id="lamp")
    assert [judged_by(company, each["id"]) for each in (before, last, after)] == [
        (300, 1),
        (300, 1),
        (400, 2),
    ]
    assert (
        Till.of(company).refused("/redemptions", customer_id=member, gift_id="lamp", points=399) == "points"
    )


def test_the_gift_itself_says_what_holds_once_the_version_has_begun_for_devices_that_read_no_versions(
    company: Company, office: Till
):
    office.post("/gifts", **LAMP, id="lamp")
    start_ms = company.clock.now_ms + 60_000
    office.post("/gifts/lamp", **LAMP | {"points": 400, "seen_stock": 3}, begins_at_ms=start_ms)
    assert run_job(company.services, jobs()["gifts"]) == {"changed": 0}
    company.clock.forward(seconds=60)
    assert gift_of(company).points == 300
    assert run_job(company.services, jobs()["gifts"]) == {"changed": 1}
    assert run_job(company.services, jobs()["gifts"]) == {"changed": 0}
    assert (gift_of(company).points, gift_of(company).stock) == (400, 3)


def test_a_change_from_now_on_leaves_what_is_planned(company: Company, office: Till, member: str):
    office.post("/gifts", **LAMP, id="lamp")
    start_ms = company.clock.now_ms + DAY_S * 1_000
    office.post("/gifts/lamp", **LAMP | {"points": 400, "seen_stock": 3}, begins_at_ms=start_ms)
    office.post("/gifts/lamp", **LAMP | {"points": 350, "seen_stock": 3})
    now = Till.of(company).post("/redemptions", customer_id=member, gift_id="lamp")
    company.clock.forward(seconds=DAY_S)
    later = Till.of(company).post("/redemptions", customer_id=member, gift_id="lamp")
    assert (judged_by(company, now["id"]), judged_by(company, later["id"])) == ((350, 3), (400, 2))


def test_what_is_planned_is_judged_by_the_scheme_of_its_day_and_never_begins_in_the_past(
    company: Company, office: Till
):
    office.post("/gifts", **LAMP, id="lamp")
    now_ms = company.clock.now_ms
    office.post("/schemes", rules={"gift_floor_percent": "20000"}, valid_from_ms=now_ms + 1_000)
    assert office.refused("/gifts/lamp", **LAMP, begins_at_ms=now_ms - 1) == "valid_from"
    assert office.refused("/gifts/lamp", **LAMP, begins_at_ms=now_ms + 1_000) == "gift_value"
    office.post("/gifts/lamp", **LAMP | {"points": 299}, begins_at_ms=now_ms)
    assert len(versions_of(company)) == 2


def test_nobody_gives_more_points_than_they_were_told(company: Company, office: Till, member: str):
    office.post("/gifts", **LAMP, id="lamp")
    office.post("/gifts/lamp", **LAMP | {"points": 400, "seen_stock": 3})
    till = Till.of(company)
    wish = {"customer_id": member, "gift_id": "lamp"}
    assert till.refused("/redemptions", **wish, seen_points=300) == "gift_changed"
    assert till.figures(member, "balance") == (5_000,)
    assert till.post("/redemptions", **wish, seen_points=400)["points"] == 400
    assert till.post("/redemptions", **wish, points=450, seen_points=300)["points"] == 450


def test_a_gift_from_before_there_were_versions_keeps_what_it_said_as_the_first(
    company: Company, office: Till, member: str
):
    with company.services.database.writing() as session, recording(session, author="server", at_ms=1):
        session.add(Gift(id="lamp", company_id=COMPANY, **LAMP))
    old = Till.of(company).post("/redemptions", customer_id=member, gift_id="lamp")
    now_ms = company.clock.now_ms
    office.post("/gifts/lamp", **LAMP | {"points": 400, "seen_stock": 3})
    new = Till.of(company).post("/redemptions", customer_id=member, gift_id="lamp")
    assert versions_of(company) == [(1, 300, 0), (2, 400, now_ms)]
    assert (judged_by(company, old["id"]), judged_by(company, new["id"])) == ((300, None), (400, 2))


def test_why_a_redemption_took_so_many_points_names_the_version(company: Company, office: Till, member: str):
    office.post("/gifts", **LAMP, id="lamp")
    office.post("/gifts/lamp", **LAMP | {"points": 400, "seen_stock": 3})
    till = Till.of(company)
    made = till.post("/redemptions", customer_id=member, gift_id="lamp")
    with company.services.database.reading() as session:
        from shared_models.loyalty.tables import PointsEntry

        entry = session.exec(select(PointsEntry).where(PointsEntry.redemption_id == made["id"])).first()
    assert entry is not None
    why = company.client.get(f"/api/points-entries/{entry.id}/explanation", headers=till.headers).json()
    assert (why["gift"]["version"], why["gift"]["points"], why["gift"]["name"]) == (2, 400, "台灯")
