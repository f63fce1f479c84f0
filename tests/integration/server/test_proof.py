"""A device can prove that its copy equals the server, and one that was silently altered is noticed and put right."""

import pytest
from sqlalchemy import text

from shared_models.sales.tables import Lead
from sync.device import proving, state
from sync.proof import Comparison, Proof, Sum, compare
from tests.integration.server.company import Company
from tests.integration.server.tablet import Tablet

NAMES = [column.name for column in Lead.__table__.columns if column.name != "id"]
ADDED = f"INSERT INTO lead (id, {', '.join(NAMES)}) SELECT 'f0', {', '.join(NAMES)} FROM lead"


@pytest.fixture
def tablet(company: Company) -> Tablet:
    tablet = Tablet.of(company, "M001")
    tablet.sync()
    return tablet


def ask(tablet: Tablet) -> Proof:
    columns = proving.question().columns
    answer = tablet.company.client.post("/api/sync/proof", json={"columns": columns}, headers=tablet.headers)
    assert answer.status_code == 200, answer.text
    return Proof(answer.json()["columns"], _sums(answer.json()["sums"]))


def _sums(sent):
    return {scope: {table: Sum(**each) for table, each in of.items()} for scope, of in sent.items()}


def check(tablet: Tablet) -> list[Comparison]:
    proof = ask(tablet)
    with tablet.replica.engine.connect() as connection:
        here = proving.add_up(connection, proof.columns)
    return compare(here, proof.sums, proof.sums)


def repair(tablet: Tablet, scope: str) -> None:
    with tablet.replica.engine.begin() as connection:
        body = {"cursor": state.read(connection, "cursor"), "scope": scope}
        answer = tablet.company.client.post("/api/sync/forget", json=body, headers=tablet.headers)
        assert answer.status_code == 200, answer.text
        proving.forget(connection, scope, answer.json()["cursor"])
    tablet.sync()


def unequal(tablet: Tablet) -> dict[str, tuple[str, ...]]:
    return {each.scope: each.unequal for each in check(tablet) if each.unequal}


def alter(tablet: Tablet, sql: str) -> None:
    with tablet.replica.engine.begin() as connection:
        connection.execute(text(sql))


def test_a_copy_that_was_just_synced_equals_the_server_in_every_scope_and_holds_something(tablet):
    found = check(tablet)
    assert unequal(tablet) == {}
    assert len(found) >= 3
    assert sum(each.here for each in found) == sum(each.there for each in found) > 0


@pytest.mark.parametrize(
    "damage",
    ["UPDATE lead SET budget_fen = 1", "DELETE FROM lead", ADDED],
    ids=["altered", "lost", "added"],
)
def test_a_row_that_was_altered_lost_or_added_is_noticed_in_its_scope_and_repaired_there(
    tablet, company, damage
):
    alter(tablet, damage)
    scopes = unequal(tablet)
    assert set(scopes) == {f"manager:{company.ids['north']}"}
    for scope in scopes:
        repair(tablet, scope)
    assert unequal(tablet) == {}


def test_pending_edits_are_no_difference_and_stay_through_a_repair(tablet, company):
    with tablet.replica.action("edit_lead") as session:
        session.get_one(Lead, company.ids["lead"]).notes = "养猫"
    assert unequal(tablet) == {}
    scope = f"manager:{company.ids['north']}"
    with tablet.replica.engine.begin() as connection:
        body = {"cursor": state.read(connection, "cursor"), "scope": scope}
        cursor = company.client.post("/api/sync/forget", json=body, headers=tablet.headers).json()["cursor"]
        proving.forget(connection, scope, cursor)
    assert tablet.replica.status().pending == 1
    tablet.sync()
    with company.services.database.reading() as session:
        assert session.get_one(Lead, company.ids["lead"]).notes == "养猫"
    assert unequal(tablet) == {}


def test_the_sums_of_other_peoples_scopes_and_private_columns_are_never_told(tablet, company):
    proof = ask(tablet)
    assert f"store:{company.ids['south']}" not in proof.sums
    stolen = {"cursor": "", "scope": f"store:{company.ids['south']}"}
    assert company.client.post("/api/sync/forget", json=stolen, headers=tablet.headers).status_code == 403
    assert _told(company, tablet, product=["id", "cost_fen"]) == {"product": ["cost_fen", "id"]}
    sales = Tablet.of(company, "S001")
    assert _told(company, sales, product=["id", "cost_fen"]) == {"product": ["id"]}


def _told(company: Company, tablet: Tablet, **columns: list[str]) -> dict[str, list[str]]:
    answer = company.client.post("/api/sync/proof", json={"columns": columns}, headers=tablet.headers)
    return {table: sorted(names) for table, names in answer.json()["columns"].items()}
