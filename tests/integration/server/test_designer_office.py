"""What the back office decides about designers: claims, payments, articles; and what designers may say themselves."""

from pathlib import Path

import pytest
from sqlmodel import select

from mobile.state import designer_actions
from mobile.state.designer_actions import DesignerFile, EventPlan, FirmFile
from mobile.state.queries.designer_events import article_items, event_record
from mobile.state.queries.designer_office import claims_beside, firm_items, reviewed, statement_items
from shared_models.designers.tables import (
    CommissionEntry,
    CommissionPayout,
    Designer,
    DesignerInvitation,
    Recommendation,
    Referral,
)
from shared_models.errors import RuleError
from shared_models.stock.tables import Product
from tests.integration.mobile.points_devices import Device
from tests.integration.server.company import COMPANY, LEAD_PHONE, Company
from tests.integration.server.studio import Studio
from tests.integration.server.tablet import Tablet
from tests.integration.server.test_designers_http import MARCH, call, done, found_designers


@pytest.fixture
def studio(company: Company) -> Studio:
    return Studio(company).at(MARCH)


def claim(studio: Studio, code: str, designer_id: str, at: str) -> str:
    """A designer claims the client who is a customer already; from a phone of their own."""
    phone = Tablet.of(studio.at(at).company, code)
    with phone.replica.action("register_referral") as session:
        referral = Referral(
            company_id=COMPANY, designer_id=designer_id, store_id=studio.company.ids["north"], client_name="欧阳",
            phone=LEAD_PHONE, registered_by=designer_id, claimed_at_ms=phone.replica.now_ms(),
        )  # fmt: skip
        session.add(referral)
        session.flush()
        referral_id = referral.id
    phone.sync()
    return referral_id


def contested(studio: Studio) -> tuple[str, str, str, str]:
    """Two designers and their claims on one client, who then buys for 1,000 yuan."""
    first, second = found_designers(studio)
    claims = (
        claim(studio, "D001", first, "2026-03-02T10:00:00+08:00"),
        claim(studio, "D002", second, "2026-03-03T10:00:00+08:00"),
    )
    studio.at("2026-03-04T10:00:00+08:00").sell("o1", None, a="1000.00")
    return first, second, *claims


def earned(studio: Studio) -> dict[str, int]:
    with studio.company.services.database.reading() as session:
        entries = session.exec(select(CommissionEntry)).all()
        sums: dict[str, int] = {}
        for entry in entries:
            sums[entry.designer_id] = sums.get(entry.designer_id, 0) + entry.amount_fen
    return sums


def test_a_decision_gives_the_client_and_the_commission_to_the_other_designer(studio: Studio):
    first, second, early, late = contested(studio)
    assert earned(studio) == {first: 2_500}

    decided = done(studio, "POST", f"/referrals/{late}/decision", {"reason": " 客户指定 "})

    assert decided == {"designer_id": second}
    assert earned(studio) == {first: 0, second: 2_500}
    with studio.company.services.database.reading() as session:
        rows = {row.id: row for row in session.exec(select(Referral)).all()}
    assert (rows[early].standing, rows[late].standing) == ("superseded", "owner")
    assert (rows[late].decision, rows[late].decided_by) == ("客户指定", studio.company.ids["O001"])

    done(studio, "POST", f"/referrals/{early}/decision", {"reason": "更正"})
    assert earned(studio) == {first: 2_500, second: 0}


def test_a_decision_needs_a_reason_and_a_claim(studio: Studio):
    *_, late = contested(studio)
    assert call(studio, "POST", f"/referrals/{late}/decision", {"reason": " "}).json()["code"] == "reason"
    assert call(studio, "POST", "/referrals/nothing/decision", {"reason": "x"}).json()["code"] == "unknown"


def test_a_later_claim_does_not_undo_a_decision(studio: Studio):
    first, second, _, late = contested(studio)
    done(studio, "POST", f"/referrals/{late}/decision", {"reason": "客户指定"})
    claim(studio, "D001", first, "2026-03-05T10:00:00+08:00")
    assert earned(studio) == {first: 0, second: 2_500}


def test_a_statement_is_noted_as_paid_once_and_the_designer_sees_it(studio: Studio):
    own, _ = found_designers(studio)
    studio.sell("o1", "林晓", a="1000.00")
    studio.at("2026-03-20T10:00:00+08:00")
    statement = done(studio, "POST", "/designers/statements")["statements"][own]["id"]
    path = f"/designers/statements/{statement}/payout"

    paid = done(studio, "POST", path, {"reference": " B-17 "})
    again = done(studio, "POST", path, {"reference": "B-18"})

    assert paid == again
    assert (paid["amount_fen"], paid["reference"], paid["staff_id"]) == (
        2_500, "B-17", studio.company.ids["O001"],
    )  # fmt: skip
    phone = Tablet.of(studio.company, "D001")
    phone.sync()
    with phone.replica.reading() as session:
        assert session.scalars(select(CommissionPayout.statement_id)).all() == [statement]


def test_a_statement_that_pays_nothing_cannot_be_paid(studio: Studio):
    own, _ = found_designers(studio)
    studio.sell("o1", "林晓", a="1000.00")
    studio.at("2026-03-20T10:00:00+08:00")
    done(studio, "POST", "/designers/statements")
    studio.give_back("o1", "a")
    statement = done(studio, "POST", "/designers/statements")["statements"][own]["id"]
    answer = call(studio, "POST", f"/designers/statements/{statement}/payout", {})
    assert answer.json()["code"] == "nothing_to_pay"
    assert call(studio, "POST", "/designers/statements/none/payout", {}).json()["code"] == "unknown"


def test_an_article_stands_in_the_recommendations_once_and_may_be_paused(studio: Studio):
    with studio.acting() as session:
        session.add(Product(id="sofa", company_id=COMPANY, sku="A1", name="沙发", price_fen=100))
    done(studio, "POST", "/recommendations", {"product_id": "sofa", "words": "同款", "position": 2})
    done(studio, "POST", "/recommendations", {"product_id": "sofa", "words": "新词", "active": False})
    with studio.company.services.database.reading() as session:
        [row] = session.exec(select(Recommendation)).all()
    assert (row.words, row.position, row.active) == ("新词", 0, False)
    assert call(studio, "POST", "/recommendations", {"product_id": "none"}).json()["code"] == "unknown"


def test_a_designer_changes_how_they_are_reached_and_nothing_else_of_their_file(studio: Studio):
    own, _ = found_designers(studio)
    phone = Tablet.of(studio.company, "D001")
    phone.sync()
    for column, value in (("name", "大师"), ("styles", ["北欧"]), ("firm_id", None), ("contact", "wx-lin")):
        with phone.replica.action("edit_designer") as session:
            setattr(session.get_one(Designer, own), column, value)
        phone.sync()
    with studio.company.services.database.reading() as session:
        designer = session.get_one(Designer, own)
    assert (designer.name, designer.styles, designer.contact) == ("林晓", [], "wx-lin")


def test_a_designer_answers_an_invitation_and_neither_invites_nor_notes_who_came(
    studio: Studio, tmp_path: Path
):
    own, other = found_designers(studio)
    office = Device.of(studio.company, "O001", tmp_path)
    plan = EventPlan("夜游", "visit", studio.now_ms + 86_400_000)
    event_id = designer_actions.save_event(office.app, None, plan)
    assert designer_actions.invite(office.app, event_id, [own]) == 1
    assert designer_actions.invite(office.app, event_id, [own, other]) == 1
    office.sync()
    phone = Tablet.of(studio.company, "D001")
    phone.sync()

    answer(phone, own, "accepted")
    assert states(studio)[own] == "accepted"
    answer(phone, own, "attended")
    with phone.replica.action("invite") as session:
        session.add(DesignerInvitation(company_id=COMPANY, event_id="another", designer_id=own))
    phone.sync()

    assert states(studio) == {own: "accepted", other: "invited"}
    assert phone.replica.status().refused == 2
    office.sync()
    record = office.app.read(lambda session: event_record(session, event_id))
    assert record is not None
    assert [guest.invitation.state for guest in record.guests if guest.designer.id == own] == ["accepted"]


def answer(phone: Tablet, designer_id: str, state: str) -> None:
    with phone.replica.action("answer_invitation") as session:
        chosen = select(DesignerInvitation).where(DesignerInvitation.designer_id == designer_id)
        session.scalars(chosen).one().state = state
    phone.sync()


def states(studio: Studio) -> dict[str, str]:
    with studio.company.services.database.reading() as session:
        return {row.designer_id: row.state for row in session.exec(select(DesignerInvitation)).all()}


def test_the_office_keeps_files_firms_and_events_without_a_network_and_the_server_has_them_after_a_sync(
    studio: Studio, tmp_path: Path
):
    own, other = found_designers(studio)
    office = Device.of(studio.company, "O001", tmp_path)
    firm_id = designer_actions.save_firm(office.app, None, FirmFile(" 半山装饰 ", contact="吴总"))
    designer_actions.edit_designer(
        office.app, own, DesignerFile("林晓", "+86 139 0000 0001", "wx", ("北欧", "侘寂"), firm_id)
    )
    event_id = designer_actions.save_event(office.app, None, EventPlan("采风", "inspiration", studio.now_ms))
    designer_actions.invite(office.app, event_id, [own, other])
    office.sync()
    [invitation] = office.app.read(
        lambda session: session.scalars(
            select(DesignerInvitation.id).where(DesignerInvitation.designer_id == own)
        ).all()
    )
    designer_actions.note_attendance(office.app, invitation)
    designer_actions.add_expense(office.app, event_id, "大巴", 120_000)
    office.sync()

    second = Device.of(studio.company, "O001", tmp_path)
    [firm] = second.app.read(lambda session: firm_items(session, "半山"))
    assert (firm.firm.name, [designer.id for designer in firm.designers]) == ("半山装饰", [own])
    record = second.app.read(lambda session: event_record(session, event_id))
    assert record is not None
    assert (record.cost_fen, record.attended, len(record.guests), record.others) == (120_000, 1, 2, ())


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda app: designer_actions.save_firm(app, None, FirmFile(" ")), "designer_name"),
        (lambda app: designer_actions.save_firm(app, "gone", FirmFile("x")), "not_here"),
        (lambda app: designer_actions.edit_designer(app, "gone", DesignerFile("x")), "not_here"),
        (lambda app: designer_actions.edit_designer(app, "gone", DesignerFile(" ")), "designer_name"),
        (lambda app: designer_actions.save_event(app, None, EventPlan(" ", "visit", 0)), "event_title"),
        (lambda app: designer_actions.save_event(app, "gone", EventPlan("x", "visit", 0)), "not_here"),
        (lambda app: designer_actions.note_attendance(app, "gone"), "not_here"),
        (lambda app: designer_actions.add_expense(app, "e", "x", 0), "amount"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(company: Company, tmp_path: Path, act, code: str):
    office = Device.of(company, "O001", tmp_path)
    with pytest.raises(RuleError) as refused:
        act(office.app)
    assert refused.value.code == code
    assert office.app.replica.status().pending == 0


def test_the_lists_of_the_office_say_what_the_server_has(studio: Studio, tmp_path: Path):
    first, second, early, late = contested(studio)
    with studio.acting() as session:
        session.add(Product(id="sofa", company_id=COMPANY, sku="A1", name="沙发", price_fen=100))
    done(studio, "POST", "/recommendations", {"product_id": "sofa", "words": "同款"})
    studio.at("2027-01-11T10:00:00+08:00")
    done(studio, "POST", "/designers/reviews/2026")
    correction = {"year": 2027, "level": "L2", "reason": "约定"}
    done(studio, "POST", f"/designers/{first}/corrections", correction)
    done(studio, "POST", "/designers/statements")

    office = Device.of(studio.company, "O001", tmp_path)

    group = office.app.read(lambda session: claims_beside(session, late))
    assert group is not None
    assert ([item.referral.id for item in group.claims], group.is_contested) == ([early, late], True)
    items = {item.designer.id: item for item in office.app.read(lambda session: reviewed(session, 2026))}
    assert (items[first].next_level, items[first].is_corrected, items[first].reason) == ("L2", True, "约定")
    assert (items[second].next_level, items[second].is_corrected) == ("L1", False)
    [statement] = office.app.read(statement_items)
    assert (statement.designer, statement.statement.pay_fen, statement.payout) == ("林晓", 2_500, None)
    [article] = office.app.read(article_items)
    assert (article.product.id, article.recommendation.words) == ("sofa", "同款")
