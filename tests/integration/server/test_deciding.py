"""Held edits and conflicts are decided online as on a device, by the same people and the same rule (R13)."""

import pytest
from sqlmodel import Session, select

from shared_models.sales.tables import Customer, Lead
from sync.conflict import Conflict, ConflictState
from sync.held import HeldEdit, HeldState
from sync.hub.recorder import recording
from tests.integration.server.tablet import Tablet


@pytest.fixture
def held(company):
    """An edit that 张伟 made offline after his lead was given to 王芳."""
    tablet = Tablet.of(company, "S001")
    tablet.sync()
    lead_id = company.ids["lead"]
    company.clock.forward(seconds=60)
    with office(company) as session:
        session.get_one(Lead, lead_id).owner_id = company.ids["S002"]
    company.clock.forward(seconds=60)
    with tablet.replica.action("edit_lead") as session:
        session.get(Lead, lead_id).attributes = {"colour": "white"}
    tablet.sync()
    with company.services.database.reading() as session:
        return session.exec(select(HeldEdit)).one()


def test_the_new_owner_approves_online_and_the_value_is_in_the_row(company, held):
    assert post(company, "S002", f"held/{held.id}/approval").status_code == 204
    assert stored(company, Lead, held.about_id).attributes == {"colour": "white"}
    decided = stored(company, HeldEdit, held.id)
    assert (decided.state, decided.decided_by) == (HeldState.APPROVED, company.ids["S002"])


def test_the_author_is_refused_and_nothing_changes(company, held):
    answer = post(company, "S001", f"held/{held.id}/approval")
    assert (answer.status_code, answer.json()["code"]) == (422, "not_owner")
    assert stored(company, Lead, held.about_id).attributes == {}
    assert stored(company, HeldEdit, held.id).state == HeldState.OPEN


def test_a_manager_of_the_store_rejects_and_it_is_decided_once(company, held):
    assert post(company, "M001", f"held/{held.id}/rejection").status_code == 204
    assert stored(company, Lead, held.about_id).attributes == {}
    assert post(company, "S002", f"held/{held.id}/approval").json()["code"] == "decided"


def test_somebody_of_another_store_may_not_even_see_it(company, held):
    assert post(company, "S101", f"held/{held.id}/approval").status_code == 403
    assert post(company, "S002", "held/none/approval").status_code == 404


def test_undoing_a_conflict_puts_the_losing_value_back_and_closes_it(company):
    one, two = Tablet.of(company, "S001"), Tablet.of(company, "S002")
    for tablet in (one, two):
        tablet.sync()
    row_id = company.ids["customer"]
    for tablet, style in ((one, "modern"), (two, "nordic")):
        company.clock.forward(seconds=60)
        with tablet.replica.action("edit_customer") as session:
            session.get(Customer, row_id).attributes = {"style": style}
    for tablet in (two, one):
        tablet.sync()
    with company.services.database.reading() as session:
        conflict = session.exec(select(Conflict)).one()
    assert (conflict.field, conflict.kept_value(), conflict.lost_value()) == ("style", "nordic", "modern")
    assert post(company, "S101", f"conflicts/{conflict.id}/undo").status_code == 403
    assert post(company, "M001", f"conflicts/{conflict.id}/undo").status_code == 204
    assert stored(company, Customer, row_id).attributes == {"style": "modern"}
    assert stored(company, Conflict, conflict.id).state == ConflictState.TAKEN
    two.sync()
    with two.replica.reading() as session:
        assert session.get(Customer, row_id).attributes == {"style": "modern"}


def office(company):
    return _Office(company)


class _Office:
    def __init__(self, company) -> None:
        self._company = company

    def __enter__(self) -> Session:
        self._writing = self._company.services.database.writing()
        session = self._writing.__enter__()
        self._recording = recording(session, author="office", at_ms=self._company.clock())
        self._recording.__enter__()
        return session

    def __exit__(self, *error: object) -> None:
        self._recording.__exit__(*error)
        self._writing.__exit__(*error)


def post(company, code: str, path: str):
    return company.client.post(f"/api/{path}", headers=company.headers(code))


def stored(company, model, row_id):
    with company.services.database.reading() as session:
        return session.get_one(model, row_id)
