"""The rows that a push works on: what a unit sees of the ones before it, and what is written of all of them (S3)."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, event, select

from shared_models.sales.tables import Lead
from sync import wire
from sync.hub import feed
from sync.hub.tables import SyncFeed
from sync.hub.workspace import Held, Workspace
from sync.schema import catalogue
from tests.convergence.world import COMPANY, World, make_customer, make_lead

FEED = SyncFeed.__table__
STAMPS = {"": [1, 0, "A", "amy"]}


@pytest.fixture
def world() -> World:
    world = World()
    with world.office() as session:
        session.add_all([make_lead(id="l"), make_lead(id="m"), make_customer(id="c")])
        rival = make_lead(id="theirs")
        rival.company_id = "rival"
        session.add(rival)
    return world


@pytest.fixture
def connection(world) -> Iterator[Connection]:
    with world.engine.begin() as connection:
        yield connection


@pytest.fixture
def workspace(connection) -> Workspace:
    return Workspace(connection, COMPANY)


@pytest.fixture
def statements(connection) -> list[str]:
    run: list[str] = []
    event.listen(connection, "before_cursor_execute", lambda *given: run.append(given[2]))
    return run


def values(row_id: str, **fields: object) -> dict:
    return make_lead(id=row_id, **fields).model_dump()


def put(workspace: Workspace, row: dict | None, row_id: str) -> Held:
    return workspace.put(catalogue()["lead"], row_id, row, STAMPS)


def kinds(connection: Connection, row_id: str) -> dict[str, str]:
    found = connection.execute(select(FEED.c.scope, FEED.c.kind).where(FEED.c.row_id == row_id))
    return {row.scope: row.kind for row in found}


def test_rows_are_read_once_however_many_and_one_that_is_not_there_is_none(workspace, statements):
    workspace.prefetch([("lead", "l"), ("lead", "m"), ("lead", "never"), ("customer", "c")])
    read = len(statements)
    assert read == 4  # the rows and their states, of two tables
    assert workspace.get("lead", "l").row["name"] == "陈玉兰"
    assert workspace.get("lead", "l").scopes == {"staff:amy", "manager:north"}
    assert (workspace.get("lead", "never").row, workspace.get("lead", "never").stamps) == (None, {})
    workspace.prefetch([("lead", "l"), ("customer", "c")])
    assert len(statements) == read
    workspace.get("customer", "d")
    assert len(statements) == read + 2


def test_a_row_is_unknown_when_it_was_looked_for_and_there_never_was_one(workspace):
    assert workspace.unknown("lead") == set()
    workspace.prefetch([("lead", "never"), ("lead", "l")])
    assert workspace.unknown("lead") == {"never"}


def test_a_deleted_row_is_remembered_by_its_stamps(workspace):
    put(workspace, None, "l")
    workspace.accept()
    workspace.write(1)
    workspace.forget()
    workspace.prefetch([("lead", "l")])
    assert workspace.unknown("lead") == set()
    assert workspace.get("lead", "l").row is None


def test_a_unit_sees_what_it_does_itself_and_what_was_accepted_and_nothing_that_was_refused(workspace):
    put(workspace, values("l", region="mine"), "l")
    assert workspace.get("lead", "l").row["region"] == "mine"
    workspace.refuse()
    assert workspace.get("lead", "l").row["region"] == ""
    put(workspace, values("l", region="accepted"), "l")
    workspace.accept()
    put(workspace, values("l", region="later"), "l")
    assert workspace.get("lead", "l").row["region"] == "later"
    workspace.refuse()
    assert workspace.get("lead", "l").row["region"] == "accepted"


def test_a_row_is_new_that_this_push_makes_and_no_other(workspace):
    put(workspace, values("new"), "new")
    put(workspace, values("l", region="x"), "l")
    assert [workspace.is_new("lead", each) for each in ("new", "l", "never")] == [True, False, False]


def test_one_may_refer_to_what_the_company_has_and_to_what_the_unit_makes_and_to_nothing_that_it_deletes(
    workspace,
):
    assert workspace.exists("lead", "l")
    assert not workspace.exists("lead", "never")
    assert not workspace.exists("lead", "theirs")
    assert not workspace.exists("customer", "l")
    put(workspace, values("new"), "new")
    put(workspace, None, "l")
    assert (workspace.exists("lead", "new"), workspace.exists("lead", "l")) == (True, False)
    workspace.refuse()
    assert (workspace.exists("lead", "new"), workspace.exists("lead", "l")) == (False, True)


def test_what_is_known_to_be_there_is_not_asked_for_again_until_it_is_to_be_forgotten(workspace, statements):
    workspace.note_existing([("lead", "l"), ("lead", "m"), ("lead", "never")])
    assert len(statements) == 1
    assert workspace.exists("lead", "l")
    assert workspace.exists("lead", "m")
    workspace.note_existing([("lead", "l"), ("lead", "m")])
    assert len(statements) == 1
    workspace.forget([("lead", "l")])
    assert workspace.exists("lead", "m")
    assert len(statements) == 1
    assert workspace.exists("lead", "l")
    assert len(statements) == 2
    workspace.forget()
    assert workspace.exists("lead", "m")
    assert len(statements) == 3


def test_a_row_that_somebody_else_wrote_is_read_afresh(world, workspace, connection):
    workspace.prefetch([("lead", "l"), ("lead", "m")])
    connection.execute(Lead.__table__.update().values(region="else"))
    workspace.forget([("lead", "l"), ("lead", "never looked at")])
    assert (workspace.get("lead", "l").row["region"], workspace.get("lead", "m").row["region"]) == (
        "else",
        "",
    )
    workspace.forget()
    assert workspace.get("lead", "m").row["region"] == "else"


def test_what_was_accepted_is_written_and_told_and_what_is_in_hand_is_not(workspace, connection):
    put(workspace, values("new", owner="bob"), "new")
    put(workspace, values("l", region="x"), "l")
    put(workspace, None, "m")
    workspace.accept()
    put(workspace, values("unfinished"), "unfinished")
    told = workspace.write(7)
    assert told.scopes == {"staff:amy", "staff:bob", "manager:north"}
    lead = Lead.__table__
    regions = dict(
        connection.execute(select(lead.c.id, lead.c.region).where(lead.c.company_id == COMPANY)).all()
    )
    assert regions == {"new": "", "l": "x"}
    assert kinds(connection, "new") == {"staff:bob": "put", "manager:north": "put"}
    assert kinds(connection, "m") == {"staff:amy": "del", "manager:north": "del"}
    assert feed.states_of(connection, "lead", ["new"])["new"] == ({"staff:bob", "manager:north"}, STAMPS)
    assert workspace.exists("lead", "new")
    assert not workspace.exists("lead", "m")
    assert workspace.get("lead", "new").row["owner_id"] == "bob"
    assert workspace.write(8).scopes == set()


def test_a_row_leaves_every_scope_that_it_passed_through_on_its_way(workspace, connection):
    for owner in ("bob", "cat", "cat"):
        put(workspace, values("l", owner=owner), "l")
        workspace.accept()
    workspace.write(7)
    assert kinds(connection, "l") == {
        "staff:amy": "exit",
        "staff:bob": "exit",
        "staff:cat": "put",
        "manager:north": "put",
    }


def test_a_new_row_that_its_author_may_not_see_any_more_leaves_the_scope_they_had(workspace, connection):
    put(workspace, values("new", owner="bob"), "new")
    workspace.note_former_scopes(catalogue()["lead"], "new", frozenset({"staff:amy"}))
    workspace.accept()
    workspace.write(7)
    assert kinds(connection, "new") == {"staff:amy": "exit", "staff:bob": "put", "manager:north": "put"}


def test_the_device_is_told_the_columns_it_lacks_of_the_rows_that_it_has_but_for_them(workspace):
    for row_id, filled in (
        ("a", ("region", "phone")),
        ("b", ("region", "phone")),
        ("c", ("phone",)),
        ("d", ()),
        ("e", None),
    ):
        row = values(row_id, region=row_id, phone="138")
        workspace.prefetch([("lead", row_id)])
        workspace.lay(("lead", row_id), Held(row, frozenset({"staff:amy"}), STAMPS, filled))
    workspace.accept()
    told = workspace.write(7)
    assert workspace.filled == [
        wire.Rows("lead", ["id", "region", "phone"], [("a", "a", "138"), ("b", "b", "138")]),
        wire.Rows("lead", ["id", "phone"], [("c", "138")]),
    ]
    ((_, first, last),) = told.known
    assert last - first + 1 == 4  # a, b, c and d; e comes back whole
