"""The yearly review on real books: each year counts what happened in it, once, and is never touched again (R9)."""

import pytest
from sqlmodel import select

from server.domain.designers import levels, reviews
from server.domain.designers.roster import known_designer
from server.jobs.job import jobs, run_job
from shared_models.designers.tables import Designer, DesignerLevelChange, DesignerYear
from shared_models.errors import RuleError
from tests.integration.server.company import COMPANY, Company
from tests.integration.server.studio import Studio

LEVELS = {
    "levels": [
        {"name": "L1", "lower": None, "upper": "200000.00", "rate_percent": "2"},
        {"name": "L2", "lower": "100000.00", "upper": "500000.00", "rate_percent": "4"},
        {"name": "L3", "lower": "500000.00", "upper": None, "rate_percent": "6"},
    ],
    "return_window_days": 10,
    "protect_joining_year": True,
    "review_after_days": 5,
}


@pytest.fixture
def studio(company: Company) -> Studio:
    studio = Studio(company).at("2025-05-01T10:00:00+08:00")
    studio.publish(LEVELS)
    return studio


def closed_years(studio: Studio) -> list[dict]:
    with studio.company.services.database.reading() as session:
        rows = session.exec(select(DesignerYear).order_by(DesignerYear.year)).all()
        return [row.model_dump() for row in rows]


def test_a_review_moves_one_step_and_the_new_rate_waits_for_the_next_year(studio: Studio):
    studio.take_in("far above", "L1", joined=2020)
    studio.take_in("on the bound", "L1", joined=2020)
    studio.take_in("below", "L3", joined=2020)
    studio.take_in("newcomer", "L2", joined=2025)
    studio.sell("o1", "far above", a="930000.00")
    studio.sell("o2", "on the bound", a="200000.00")
    studio.sell("o3", "newcomer", a="20000.00")

    given = studio.at("2026-01-04T10:00:00+08:00").review(2025)

    assert given == {"far above": "L2", "on the bound": "L1", "below": "L2", "newcomer": "L2"}
    assert studio.year("far above", 2025) == ("L1", "2", "930000.00", "18600.00")
    assert studio.year("far above", 2026) == ("L2", "4", "0.00", "0.00")


def test_a_return_counts_in_the_year_in_which_it_happens(studio: Studio):
    for name in ("in time", "too late"):
        studio.take_in(name, "L2", joined=2020)
        studio.sell(name, name, a="90000.00", b="30000.00")
    studio.at("2025-12-31T23:59:59+08:00").give_back("in time", "b")
    assert studio.at("2026-01-01T00:00:00+08:00").give_back("too late", "b") == "-1200.00"

    given = studio.at("2026-01-04T10:00:00+08:00").review(2025)

    assert given == {"in time": "L1", "too late": "L2"}
    assert studio.year("in time", 2025)[2:] == ("90000.00", "3600.00")
    assert studio.year("too late", 2025)[2:] == ("120000.00", "4800.00")
    assert studio.year("too late", 2026)[2:] == ("-30000.00", "-1200.00")


def test_a_review_can_be_repeated_and_changes_nothing(studio: Studio):
    studio.take_in("a", "L1", joined=2020)
    studio.sell("o1", "a", a="200000.01")
    first = studio.at("2026-01-04T10:00:00+08:00").review(2025)
    before = closed_years(studio)
    again = studio.at("2026-02-04T10:00:00+08:00").review(2025)

    assert first == again == {"a": "L2"}
    assert closed_years(studio) == before


def test_what_becomes_known_after_its_year_was_closed_counts_in_the_year_now_open(studio: Studio):
    studio.take_in("a", "L1", joined=2020)
    studio.sell("o1", "a", pay="400.00", a="1000.00")
    studio.at("2026-01-04T10:00:00+08:00").review(2025)
    before = closed_years(studio)
    studio.at("2025-12-30T10:00:00+08:00").pay("o1", "600.00")

    assert studio.year("a", 2025)[2:] == ("400.00", "8.00")
    assert studio.year("a", 2026)[2:] == ("600.00", "12.00")
    assert closed_years(studio) == before


def test_a_year_that_is_not_over_cannot_be_closed(studio: Studio):
    studio.take_in("a", "L1")
    with pytest.raises(RuleError) as refused:
        studio.at("2025-12-31T23:59:59+08:00").review(2025)
    assert refused.value.code == "year_open"


def test_a_year_before_a_closed_one_is_closed_with_it(studio: Studio):
    studio.take_in("a", "L2", joined=2020)
    studio.at("2026-01-04T10:00:00+08:00").review(2025)
    assert studio.review(2024) == {"a": "L2"}
    assert [row["year"] for row in closed_years(studio)] == [2025]


def test_who_joins_after_a_year_is_not_reviewed_for_it(studio: Studio):
    studio.at("2026-01-02T10:00:00+08:00").take_in("new", "L2", joined=2026)
    assert studio.review(2025) == {}
    assert studio.year("new", 2026)[0] == "L2"


@pytest.mark.parametrize(
    ("history", "level"), [("200000.00", "L1"), ("500000.00", "L2"), ("500000.01", "L3")]
)
def test_somebody_new_is_placed_by_what_they_referred_before(studio: Studio, history: str, level: str):
    studio.take_in("p", history=history, joined=2025)
    assert studio.year("p", 2025)[0] == level
    assert studio.year("p", 2025)[2:] == ("0.00", "0.00")


def test_a_review_is_undone_by_a_recorded_correction_alone(studio: Studio):
    designer_id = studio.take_in("a", "L2", joined=2020)
    studio.at("2026-01-04T10:00:00+08:00").review(2025)
    before = closed_years(studio)
    with studio.acting() as session:
        designer = known_designer(session, COMPANY, designer_id)
        about = {"year": 2026, "level": "L2", "staff_id": studio.company.ids["O001"], "now_ms": studio.now_ms}
        levels.correct_level(session, designer, reason="病假", **about)

    assert studio.year("a", 2026)[0] == "L2"
    assert studio.review(2025) == {"a": "L2"}
    assert closed_years(studio) == before
    with studio.company.services.database.reading() as session:
        last = session.exec(
            select(DesignerLevelChange).where(DesignerLevelChange.cause == "correction")
        ).one()
        assert (last.reason, last.staff_id) == ("病假", studio.company.ids["O001"])
        assert session.get_one(Designer, designer_id).level == "L2"


@pytest.mark.parametrize(
    ("change", "code"),
    [({"reason": " "}, "reason"), ({"level": "L9"}, "level"), ({"year": 2027}, "year_open")],
)
def test_a_correction_needs_a_reason_a_known_level_and_a_closed_year_before_it(
    studio: Studio, change: dict, code: str
):
    designer_id = studio.take_in("a", "L2", joined=2020)
    studio.at("2026-01-04T10:00:00+08:00").review(2025)
    wanted = {"year": 2026, "level": "L2", "reason": "病假"} | change
    with pytest.raises(RuleError) as refused, studio.acting() as session:
        levels.correct_level(
            session,
            known_designer(session, COMPANY, designer_id),
            staff_id="x",
            now_ms=studio.now_ms,
            **wanted,
        )
    assert refused.value.code == code


def test_a_new_version_keeps_every_level_that_somebody_holds(studio: Studio):
    studio.take_in("a", "L3")
    with pytest.raises(RuleError) as refused:
        studio.publish({"levels": LEVELS["levels"][:2]})
    assert (refused.value.code, refused.value.details) == ("level", {"level": "L3"})


def test_a_new_rate_holds_for_the_orders_sold_under_it(studio: Studio):
    studio.take_in("a", "L1")
    studio.sell("before", "a", a="100.00", b="100.00")
    studio.at("2025-06-01T10:00:00+08:00").publish({"levels": [{"name": "L1", "rate_percent": "10"}]})
    studio.sell("after", "a", a="100.00")

    assert studio.year("a", 2025)[3] == "14.00"
    assert studio.give_back("before", "b") == "-2.00"


def test_the_regular_job_leaves_time_for_late_syncs(studio: Studio):
    studio.take_in("a", "L3", joined=2020)
    job = jobs()["review_designers"]
    assert job.run is reviews.review_when_due
    studio.at("2026-01-05T23:59:59+08:00")
    assert run_job(studio.company.services, job) == {"year": 2025, "reviewed": 0}
    studio.at("2026-01-06T00:00:00+08:00")
    assert run_job(studio.company.services, job) == {"year": 2025, "reviewed": 1}
    assert studio.year("a", 2026)[0] == "L2"
