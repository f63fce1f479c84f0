"""An app and a server of different ages: what one of them has no place for yet (S10)."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from shared_models.sales.tables import Lead
from sync import wire
from sync.device import rows, state, unknown
from sync.schema import catalogue
from tests.convergence.world import Device, make_lead


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
