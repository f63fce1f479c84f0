"""Commissions on real books: posted with each payment and return, settled once, carried when negative (R10)."""

import pytest
from sqlmodel import col, select

from server.domain.designers.commissions import credit_payment
from server.domain.designers.statement_pdf import statement_pdf
from server.jobs.job import jobs, run_job
from shared_models.designers.tables import CommissionEntry, CommissionStatement, Referral
from shared_models.errors import RuleError
from shared_models.sales.tables import Customer, Lead, Order, Payment
from tests.integration.server.company import COMPANY, LEAD_PHONE, Company
from tests.integration.server.studio import Studio
from tests.integration.server.tablet import Tablet

LEVELS = {
    "levels": [{"name": "only", "lower": None, "upper": None, "rate_percent": "5"}],
    "return_window_days": 10,
}


@pytest.fixture
def studio(company: Company) -> Studio:
    studio = Studio(company).at("2026-03-01T10:00:00+08:00")
    studio.publish(LEVELS)
    studio.take_in("d", "only")
    studio.take_in("q", "only")
    return studio


def test_a_commission_waits_for_the_return_window_and_shrinks_with_every_return(studio: Studio):
    studio.sell("o1", "d", a="50000.05", b="50000.05", service="900.00")
    assert studio.owed("d") == {"pending": "5000.01", "payable": "0.00", "paid": "0.00", "carry": "0.00"}
    assert studio.at("2026-03-11T09:59:59+08:00").owed("d")["pending"] == "5000.01"
    assert studio.at("2026-03-11T10:00:00+08:00").owed("d")["payable"] == "5000.01"
    assert studio.at("2026-03-12T10:00:00+08:00").give_back("o1", "a") == "-2500.01"
    assert studio.owed("d")["payable"] == "2500.00"
    assert studio.at("2026-03-13T10:00:00+08:00").give_back("o1", "b") == "-2500.00"
    assert studio.owed("d") == {"pending": "0.00", "payable": "0.00", "paid": "0.00", "carry": "0.00"}
    assert studio.year("d", 2026)[2:] == ("0.00", "0.00")


def test_returning_a_service_changes_no_commission(studio: Studio):
    studio.sell("o1", "d", a="100.00", service="900.00")
    assert studio.give_back("o1", "service") == "0.00"


def test_statements_pay_once_and_carry_what_is_negative(studio: Studio):
    studio.at("2026-04-01T10:00:00+08:00").sell("o2", "q", a="7000.10", b="2400.00")
    assert studio.at("2026-04-05T10:00:00+08:00").settle("q") == ("0.00", "0.00", "0.00")
    assert studio.at("2026-04-30T10:00:00+08:00").settle("q") == ("470.01", "470.01", "0.00")
    assert studio.at("2026-04-30T10:30:00+08:00").settle("q") == ("0.00", "0.00", "0.00")
    assert studio.at("2026-05-02T10:00:00+08:00").give_back("o2", "a") == "-350.01"
    studio.at("2026-05-03T10:00:00+08:00").sell("o3", "q", a="3333.30")
    assert studio.owed("q") == {"pending": "166.67", "payable": "-350.01", "paid": "470.01", "carry": "0.00"}
    assert studio.at("2026-05-31T10:00:00+08:00").settle("q") == ("-183.34", "0.00", "-183.34")
    assert studio.settle("q") == ("-183.34", "0.00", "-183.34")
    studio.at("2026-06-01T10:00:00+08:00").sell("o4", "q", pay="1000.00", a="5000.00")
    studio.at("2026-06-08T10:00:00+08:00").pay("o4", "4000.00")
    assert studio.at("2026-06-18T09:59:59+08:00").owed("q")["pending"] == "250.00"
    assert studio.at("2026-06-30T10:00:00+08:00").settle("q") == ("66.66", "66.66", "0.00")
    assert studio.owed("q") == {"pending": "0.00", "payable": "0.00", "paid": "536.67", "carry": "0.00"}
    assert studio.year("q", 2026)[2:] == ("10733.30", "536.67")


def test_the_rate_of_the_order_outlives_a_new_level(studio: Studio):
    studio.publish(
        {
            "levels": [
                {"name": "only", "upper": "80000.00", "rate_percent": "3"},
                {"name": "better", "rate_percent": "6"},
            ]
        }
    )
    studio.sell("o1", "d", a="35000.00", b="53000.00")
    assert studio.at("2027-01-03T10:00:00+08:00").review(2026)["d"] == "better"
    studio.sell("o3", "d", a="10000.30")
    assert studio.owed("d") == {"pending": "600.02", "payable": "2640.00", "paid": "0.00", "carry": "0.00"}
    assert studio.at("2027-01-20T10:00:00+08:00").settle("d")[1] == "3240.02"
    assert studio.at("2027-02-01T10:00:00+08:00").give_back("o1", "a") == "-1050.00"
    assert studio.at("2027-02-28T10:00:00+08:00").settle("d") == ("-1050.00", "0.00", "-1050.00")
    assert studio.at("2027-03-02T10:00:00+08:00").give_back("o1", "b") == "-1590.00"
    assert studio.settle("d") == ("-2640.00", "0.00", "-2640.00")
    assert studio.year("d", 2027) == ("better", "6", "-77999.70", "-2039.98")
    assert studio.year("d", 2026) == ("only", "3", "88000.00", "2640.00")


def test_posting_a_payment_again_adds_nothing(studio: Studio):
    studio.sell("o1", "d", a="100.00")
    with studio.acting() as session:
        payment = session.exec(select(Payment)).one()
        assert credit_payment(session, payment, posted_at_ms=studio.now_ms) == 0
    assert studio.owed("d")["pending"] == "5.00"


def test_an_order_of_no_designer_earns_nobody_anything(studio: Studio):
    studio.sell("o1", None, a="100.00")
    with studio.company.services.database.reading() as session:
        assert session.exec(select(CommissionEntry)).all() == []
        assert session.get_one(Order, "o1").designer_rate_percent is None


def test_a_sale_that_names_a_stranger_is_refused(studio: Studio):
    studio.designers["stranger"] = "nobody"
    with pytest.raises(RuleError) as refused:
        studio.sell("o1", "stranger", a="100.00")
    assert refused.value.code == "missing_reference"


def test_the_monthly_job_settles_what_was_due_when_the_month_began_and_only_once(studio: Studio):
    job = jobs()["settle_commissions"]
    studio.sell("march", "d", a="1000.00")
    studio.at("2026-03-25T10:00:00+08:00").sell("late march", "d", a="2000.00")
    studio.at("2026-04-01T05:00:00+08:00")
    assert run_job(studio.company.services, job) == {"statements": 1}
    assert studio.owed("d") == {"pending": "100.00", "payable": "0.00", "paid": "50.00", "carry": "0.00"}
    studio.at("2026-04-10T05:00:00+08:00")
    assert run_job(studio.company.services, job) == {"statements": 0}
    studio.at("2026-05-01T05:00:00+08:00")
    assert run_job(studio.company.services, job) == {"statements": 1}
    assert studio.owed("d")["paid"] == "150.00"


def test_settling_by_hand_keeps_the_monthly_job_from_paying_again(studio: Studio):
    studio.sell("march", "d", a="1000.00")
    studio.at("2026-04-02T10:00:00+08:00").settle("d")
    assert run_job(studio.company.services, jobs()["settle_commissions"]) == {"statements": 0}
    assert studio.owed("d")["paid"] == "50.00"


def claim(studio: Studio, tablet: Tablet, designer: str, phone: str = LEAD_PHONE) -> str:
    with tablet.replica.action("register_referral") as session:
        referral = Referral(
            company_id=COMPANY, designer_id=studio.designers[designer], store_id=studio.company.ids["north"],
            client_name="欧阳", phone=phone, registered_by=tablet.replica.staff_id, claimed_at_ms=tablet.replica.now_ms(),
        )  # fmt: skip
        session.add(referral)
    return referral.id


def standings(studio: Studio) -> dict[str, str | None]:
    names = {designer_id: name for name, designer_id in studio.designers.items()}
    with studio.company.services.database.reading() as session:
        return {names[row.designer_id]: row.standing for row in session.exec(select(Referral)).all()}


def test_of_two_claims_on_one_client_the_earlier_owns_whichever_syncs_first(studio: Studio):
    first = Tablet.of(studio.company, "S001")
    claim(studio, first, "d")
    studio.at("2026-03-02T10:00:00+08:00")
    second = Tablet.of(studio.company, "S002")
    claim(studio, second, "q", f"+86 {LEAD_PHONE}")
    second.sync()
    assert standings(studio) == {"q": "owner"}
    studio.at("2026-03-03T10:00:00+08:00").sell("o1", None, a="1000.00")
    assert studio.owed("q")["pending"] == "50.00"

    first.log_in_again()
    first.sync()

    assert standings(studio) == {"d": "owner", "q": "superseded"}
    assert (studio.owed("q")["pending"], studio.owed("d")["pending"]) == ("0.00", "50.00")
    assert studio.give_back("o1", "a") == "-50.00"
    assert (studio.owed("q")["pending"], studio.owed("d")["pending"]) == ("0.00", "0.00")


def test_a_claim_after_the_sale_earns_nothing_of_it(studio: Studio):
    studio.sell("o1", None, a="1000.00")
    studio.at("2026-03-02T10:00:00+08:00")
    tablet = Tablet.of(studio.company, "S001")
    claim(studio, tablet, "d")
    tablet.sync()
    assert studio.owed("d")["pending"] == "0.00"
    studio.sell("o2", None, a="100.00")
    assert studio.owed("d")["pending"] == "5.00"


def test_a_sale_that_names_its_designer_belongs_to_them_whoever_claimed_the_client(studio: Studio):
    tablet = Tablet.of(studio.company, "S001")
    claim(studio, tablet, "d")
    tablet.sync()
    studio.sell("o1", "q", a="1000.00")
    assert (studio.owed("q")["pending"], studio.owed("d")["pending"]) == ("50.00", "0.00")


def test_a_claim_knows_its_client_as_soon_as_we_do(studio: Studio):
    tablet = Tablet.of(studio.company, "S001")
    tablet.sync()
    referral_id = claim(studio, tablet, "d", "13700001111")
    tablet.sync()
    with tablet.replica.action("enrol") as session:
        customer = Customer(
            company_id=COMPANY, store_id=studio.company.ids["north"], name="周", phone="13700001111"
        )
        session.add(customer)
    tablet.sync()
    with studio.company.services.database.reading() as session:
        assert session.get_one(Referral, referral_id).customer_id == customer.id


def test_a_client_whom_nobody_knows_becomes_a_lead_that_somebody_owns(studio: Studio):
    tablet = Tablet.of(studio.company, "S001")
    tablet.sync()
    referral_ids = [claim(studio, tablet, name, "13700001111") for name in ("d", "q")]
    known = claim(studio, tablet, "d")
    tablet.sync()
    with studio.company.services.database.reading() as session:
        [lead] = session.exec(select(Lead).where(Lead.phone == "13700001111")).all()
        assert {session.get_one(Referral, referral_id).lead_id for referral_id in referral_ids} == {lead.id}
        assert session.get_one(Referral, known).lead_id == studio.company.ids["lead"]
    assert lead.owner_id is not None
    assert (lead.name, lead.source, lead.inquired_at_ms) == ("欧阳", "referral", studio.now_ms)
    assert lead.next_due_at_ms == studio.now_ms + 24 * 3_600_000


def test_what_a_claim_is_about_cannot_be_changed_afterwards(studio: Studio):
    tablet = Tablet.of(studio.company, "S001")
    tablet.sync()
    referral_id = claim(studio, tablet, "d")
    tablet.sync()
    with tablet.replica.action("edit") as session:
        session.get_one(Referral, referral_id).phone = "13700001111"
    outcome = tablet.sync()
    assert outcome is not None
    with studio.company.services.database.reading() as session:
        assert session.get_one(Referral, referral_id).phone == LEAD_PHONE


def test_an_order_moved_to_another_designer_takes_its_commission_along(studio: Studio):
    studio.sell("o1", "d", a="1000.00")
    studio.at("2026-03-20T10:00:00+08:00").settle("d")
    tablet = Tablet.of(studio.company, "S001")
    tablet.sync()
    with tablet.replica.action("correct") as session:
        session.get_one(Order, "o1").designer_id = studio.designers["q"]
    tablet.sync()
    assert studio.owed("d") == {"pending": "0.00", "payable": "-50.00", "paid": "50.00", "carry": "0.00"}
    assert studio.owed("q")["payable"] == "50.00"


def test_a_statement_is_a_pdf_that_says_the_same_every_time(studio: Studio):
    studio.sell("o1", "d", a="1000.00")
    studio.at("2026-03-20T10:00:00+08:00").settle("d")
    with studio.company.services.database.reading() as session:
        statement = session.exec(select(CommissionStatement)).one()
        chinese, english = (statement_pdf(session, statement, language) for language in ("zh", "en"))
        again = statement_pdf(session, statement, "zh")
        settled = session.exec(
            select(CommissionEntry).where(col(CommissionEntry.statement_id) == statement.id)
        ).one()
    assert chinese.startswith(b"%PDF-")
    assert chinese == again != english
    assert settled.amount_fen == -statement.pay_fen == -5000
