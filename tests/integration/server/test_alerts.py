"""Alerts: raised once, and seen by those in charge alone."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from server.domain.alerts import alert_id_of, raise_alert
from shared_models.office.tables import Alert, AlertKind, AlertState
from sync.hub.recorder import recording
from tests.integration.server.company import COMPANY, START_MS, Company
from tests.integration.server.tablet import Tablet


def raised(session: Session, *, store_id: str | None, about_id: str = "r1") -> Alert:
    with recording(session, author="server", at_ms=START_MS):
        return raise_alert(
            session,
            company_id=COMPANY,
            store_id=store_id,
            kind=AlertKind.LATE_SPEND,
            about_table="redemption",
            about_id=about_id,
            details={"points": 200},
            at_ms=START_MS,
        )


def alerts_on(company: Company, code: str) -> list[str]:
    tablet = Tablet.of(company, code)
    tablet.sync()
    with tablet.replica.reading() as session:
        return sorted(session.scalars(select(Alert.about_id)))


def test_the_same_thing_is_told_once(company: Company):
    for _ in range(2):
        with company.services.database.writing() as session:
            raised(session, store_id=company.ids["north"])

    with company.services.database.reading() as session:
        assert session.exec(select(func.count(col(Alert.id)))).one() == 1


def test_an_alert_that_was_settled_is_not_opened_by_raising_it_again(company: Company):
    with company.services.database.writing() as session:
        raised(session, store_id=company.ids["north"]).state = AlertState.SETTLED
    with company.services.database.writing() as session:
        assert raised(session, store_id=company.ids["north"]).state == AlertState.SETTLED


def test_an_alert_reaches_the_stores_manager_and_the_office_and_nobody_else(company: Company):
    with company.services.database.writing() as session:
        raised(session, store_id=company.ids["north"])
        raised(session, store_id=None, about_id="r2")

    assert alerts_on(company, "M001") == ["r1"]
    assert alerts_on(company, "O001") == ["r1", "r2"]
    assert alerts_on(company, "S001") == []


def test_a_manager_settles_an_alert_on_a_tablet(company: Company):
    with company.services.database.writing() as session:
        raised(session, store_id=company.ids["north"])
    tablet = Tablet.of(company, "M001")
    tablet.sync()
    alert_id = alert_id_of(AlertKind.LATE_SPEND, "redemption", "r1")
    with tablet.replica.action("settle_alert") as session:
        session.get_one(Alert, alert_id).state = AlertState.SETTLED
    tablet.sync()

    with company.services.database.reading() as session:
        assert session.get_one(Alert, alert_id).state == AlertState.SETTLED
