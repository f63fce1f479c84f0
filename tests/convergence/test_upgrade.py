"""An app and a server of different ages: what one of them has no place for yet (S10)."""

from dataclasses import replace

import pytest
from sqlalchemy import event, inspect, select, text, update

from shared_models import versions
from shared_models.sales.tables import Customer, Lead
from shared_models.versions import Release, Renamed
from sync import wire
from sync.device import rows, state, unknown
from sync.device.tables import BASE, STATE, UNKNOWN
from sync.schema import catalogue
from tests.convergence.world import Device, make_customer, make_lead


@pytest.fixture
def amy(world) -> Device:
    return world.device("A", "amy")


def test_what_is_kept_for_a_newer_app_is_forgotten_with_its_columns_or_its_row(amy):
    page = wire.Rows("lead", ["id", "mood", "shoes"], [["a", "good", 43], ["b", "bad", 44]])
    with amy.engine.begin() as connection:
        unknown.keep(connection, catalogue()["lead"], page)
        unknown.keep(connection, None, wire.Rows("later", ["id", "x"], [["a", 1]]))
        assert unknown.count(connection) == 3
        unknown.forget_columns(connection, "lead", frozenset({"mood"}))
        assert unknown.bodies(connection, "lead") == {"a": {"shoes": 43}, "b": {"shoes": 44}}
        unknown.forget(connection, "lead", ["a"])
        assert unknown.bodies(connection, "lead") == {"b": {"shoes": 44}}
        unknown.forget_columns(connection, "lead", frozenset({"shoes"}))
        assert (unknown.bodies(connection, "lead"), unknown.count(connection)) == ({}, 1)
        assert unknown.bodies(connection, "later") == {"a": {"id": "a", "x": 1}}


def test_columns_that_an_older_server_does_not_send_keep_what_they_hold_or_are_empty(amy, lead):
    page = wire.Rows("lead", ["id", "region", "mood"], [[lead, "龙岗", "good"], ["new", "南山", "bad"]])
    with amy.engine.begin() as connection:
        rows.take_rows(connection, catalogue()["lead"], page)
        assert unknown.bodies(connection, "lead") == {lead: {"mood": "good"}, "new": {"mood": "bad"}}
    held, new = amy.get(Lead, lead), amy.get(Lead, "new")
    assert (held.region, held.name, held.notes) == ("龙岗", "陈玉兰", "甲\n乙")
    assert (new.region, new.name, new.budget_fen, new.attributes) == ("南山", "", None, {})


def upgrade_with(amy, kept: dict[str, dict[str, object]]) -> dict[str, object]:
    """The app gains the column of a lead's budget, of which so much is kept; what it remembers afterwards."""
    with amy.engine.begin() as connection:
        connection.execute(text("ALTER TABLE lead DROP COLUMN budget_fen"))
        state.write(connection, schema="an older one", cursor="where it stood")
        bodies = [[row, *body.values()] for row, body in kept.items()]
        for row, *values in bodies:
            page = wire.Rows("lead", ["id", *kept[row]], [[row, *values]])
            older = {name: each for name, each in catalogue()["lead"].columns.items() if name != "budget_fen"}
            unknown.keep(connection, replace(catalogue()["lead"], columns=older), page)
    amy.open()
    with amy.engine.connect() as connection:
        assert unknown.count(connection) == sum("mood" in body for body in kept.values())
        return state.read_all(connection)


def test_a_new_column_is_filled_with_what_was_kept_for_it_and_nothing_is_fetched_again(amy, lead):
    with amy.act() as session:
        session.add(make_lead(id="unsent"))
    kept = upgrade_with(amy, {lead: {"budget_fen": 900, "mood": "good"}})
    assert (amy.get(Lead, lead).budget_fen, amy.get(Lead, "unsent").budget_fen) == (900, None)
    assert (kept["cursor"], kept.get("keeps_unknown")) == ("where it stood", True)


def test_where_a_row_lacks_a_new_column_the_copy_is_fetched_again_and_from_then_on_all_is_kept(amy, lead):
    kept = upgrade_with(amy, {})
    assert amy.get(Lead, lead).budget_fen is None
    assert (kept["cursor"], kept["keeps_unknown"]) == ("", True)


def test_what_was_kept_of_a_new_column_and_of_nothing_else_is_enough(amy, lead):
    kept = upgrade_with(amy, {lead: {"budget_fen": 900}})
    assert (amy.get(Lead, lead).budget_fen, kept["cursor"]) == (900, "where it stood")


def test_a_new_column_is_filled_below_what_is_pending_too(amy, lead):
    with amy.act() as session:
        session.get_one(Lead, lead).region = "南山"
    upgrade_with(amy, {lead: {"budget_fen": 900}})
    with amy.engine.connect() as connection:
        [base] = connection.execute(select(BASE.c.body)).scalars()
    assert (base["budget_fen"], base["region"]) == (900, "福田")
    assert (amy.get(Lead, lead).budget_fen, amy.get(Lead, lead).region) == (900, "南山")


def test_where_several_columns_are_new_a_row_of_which_one_is_kept_lacks_the_other(amy, lead):
    with amy.engine.begin() as connection:
        connection.execute(text("ALTER TABLE lead DROP COLUMN region"))
    kept = upgrade_with(amy, {lead: {"budget_fen": 900}})
    assert (amy.get(Lead, lead).budget_fen, amy.get(Lead, lead).region, kept["cursor"]) == (900, "", "")


def older(amy, *statements: str, **remembered: object) -> None:
    """The database as an older app has left it."""
    with amy.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
        state.write(connection, schema="an older one", cursor="where it stood", **remembered)


def test_a_new_column_of_whatever_kind_is_empty_until_its_rows_come_again(amy, lead):
    empty = {
        "region": "",
        "styles": "[]",
        "attributes": "{}",
        "awaits_owner": 0,
        "inquired_at_ms": 0,
        "budget_fen": None,
    }
    older(amy, *(f"ALTER TABLE lead DROP COLUMN {name}" for name in empty))
    amy.open()
    with amy.engine.connect() as connection:
        found = connection.exec_driver_sql(f"SELECT {', '.join(empty)} FROM lead").mappings().all()
        assert [dict(row) for row in found] == [empty]
        assert state.read(connection, "cursor") == ""


def test_a_new_column_has_its_index_and_those_that_were_there_stay(amy, lead):
    before = {index["name"] for index in inspect(amy.engine).get_indexes("lead")}
    older(amy, "DROP INDEX ix_lead_phone", "ALTER TABLE lead DROP COLUMN phone")
    amy.open()
    assert {index["name"] for index in inspect(amy.engine).get_indexes("lead")} == before


def test_a_copy_of_this_very_version_is_opened_without_a_write(amy, lead):
    written: list[str] = []

    @event.listens_for(amy.engine, "before_cursor_execute")
    def _hear(_connection, _cursor, statement, *_rest):
        if not statement.lstrip().startswith(("SELECT", "PRAGMA")):
            written.append(statement)

    amy.open()
    assert written == []


@pytest.mark.parametrize("release", [3, None])
def test_a_copy_of_an_older_app_with_the_same_columns_is_of_this_version_from_now_on(amy, lead, release):
    with amy.engine.begin() as connection:
        before = state.read(connection, "cursor")
        connection.execute(STATE.delete().where(STATE.c.key == "release"))
        if release:
            state.write(connection, release=release)
    amy.open()
    with amy.engine.connect() as connection:
        assert state.read(connection, "release") == versions.RELEASE.schema
        assert state.read(connection, "cursor") == before


@pytest.mark.parametrize(("release", "since"), [(None, 2), (3, 4)])
def test_a_column_that_was_renamed_keeps_what_it_held_wherever_that_is_kept(
    amy, lead, monkeypatch, release, since
):
    with amy.act() as session:
        session.get_one(Lead, lead).name = "陈玉"
        session.add(make_lead(id="unsent"))
    with amy.engine.begin() as connection:
        [(row_id, body)] = connection.execute(
            select(BASE.c.row_id, BASE.c.body).where(BASE.c.row_id == lead)
        ).all()
        body["district"] = body.pop("region")
        connection.execute(update(BASE).where(BASE.c.row_id == row_id).values(body=body))
        for table in ("lead", "customer"):
            kept = {"tbl": table, "row_id": "k", "body": {"district": "宝安", "mood": "good"}}
            connection.execute(UNKNOWN.insert().values(kept))
        connection.execute(STATE.delete().where(STATE.c.key == "release"))
    older(
        amy, "ALTER TABLE lead RENAME COLUMN region TO district", **({"release": release} if release else {})
    )
    renamed = (
        Renamed(since=since, table="lead", old="district", new="region"),
        Renamed(since=since, table="later", old="a", new="b"),
    )
    monkeypatch.setattr(versions, "RELEASE", Release(since, renamed=renamed))
    amy.open()
    assert (amy.get(Lead, lead).region, amy.get(Lead, "unsent").region) == ("福田", "")
    with amy.engine.connect() as connection:
        bases = dict(connection.execute(select(BASE.c.row_id, BASE.c.body)).all())
        assert (bases[lead]["region"], bases["unsent"], "district" in bases[lead]) == ("福田", None, False)
        assert unknown.bodies(connection, "lead") == {"k": {"region": "宝安", "mood": "good"}}
        assert unknown.bodies(connection, "customer") == {"k": {"district": "宝安", "mood": "good"}}
        assert (state.read(connection, "cursor"), state.read(connection, "release")) == (
            "where it stood",
            since,
        )


@pytest.mark.parametrize(("keeps_unknown", "cursor"), [(True, "where it stood"), (False, "")])
def test_a_new_table_has_the_rows_that_were_kept_for_it_and_is_fetched_where_not_all_were(
    amy, keeps_unknown, cursor
):
    whole = make_customer(id="c", address="南山").model_dump()
    with amy.engine.begin() as connection:
        page = wire.Rows("customer", ["later", *whole], [[1, *whole.values()]])
        unknown.keep(connection, None, page)
    older(amy, "DROP TABLE customer", keeps_unknown=keeps_unknown)
    amy.open()
    assert (amy.get(Customer, "c").name, amy.get(Customer, "c").address) == ("李建国", "南山")
    with amy.engine.connect() as connection:
        assert unknown.bodies(connection, "customer") == {"c": {"later": 1}}
        assert (state.read(connection, "cursor"), state.read(connection, "keeps_unknown")) == (
            cursor,
            keeps_unknown or cursor == "",
        )


def test_nothing_is_kept_aside_of_rows_that_have_a_place_for_all_they_say(world, amy, lead):
    with world.office() as session:
        session.add(make_customer(id="c"))
    amy.sync()
    with amy.engine.connect() as connection:
        assert unknown.count(connection) == 0


def test_however_many_rows_leave_nothing_is_kept_of_them(amy):
    page = wire.Rows("later", ["id"], [[f"r{n}"] for n in range(1_203)])
    with amy.engine.begin() as connection:
        unknown.keep(connection, None, page)
        unknown.forget(connection, "later", [f"r{n}" for n in range(1_202)])
        assert unknown.bodies(connection, "later") == {"r1202": {"id": "r1202"}}
