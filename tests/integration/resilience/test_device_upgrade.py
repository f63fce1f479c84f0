"""A device's database as the first release left it, opened by this version of the app."""

from pathlib import Path

import pytest
from sqlalchemy import inspect
from sqlmodel import SQLModel

from shared_models import versions
from shared_models.sales.tables import FollowUp, Lead
from sync.device import state
from sync.device.replica import Replica
from sync.schema import catalogue
from tests.convergence.memory import connection_of
from tests.convergence.world import NOON_MS, World, make_lead, memory_engine

FIRST_RELEASE = Path(__file__).with_name("device_release_1.sql")
"""One lead that the server has, and four actions that it has not heard of: two edits, a follow-up, a second lead."""


@pytest.fixture
def engine():
    engine = memory_engine()
    connection_of(engine).execute(FIRST_RELEASE.read_text())
    yield engine
    engine.dispose()


@pytest.fixture
def replica(engine):
    return Replica.open(engine, now_ms=lambda: NOON_MS)


def test_every_table_and_column_of_this_version_is_there(replica):
    found = inspect(replica.engine)
    for spec in catalogue().values():
        assert {column["name"] for column in found.get_columns(spec.name)} == set(spec.columns)
        assert {index["name"] for index in found.get_indexes(spec.name)} >= {
            index.name for index in SQLModel.metadata.tables[spec.name].indexes
        }


def test_what_waited_unsent_is_there_word_for_word_and_shown(replica):
    assert [unit.action for unit in replica.pending_units()] == [
        "edit_lead",
        "log_follow_up",
        "new_lead",
        "bad",
    ]
    assert {unit.schema for unit in replica.pending_units()} == {1}
    with replica.reading() as session:
        first, second = session.get(Lead, "lead-one"), session.get(Lead, "lead-two")
        assert (first.notes, first.region, first.budget_fen) == ("周末再来", "南山", 8_000_000)
        assert second.name == "李建国"
        assert session.get(FollowUp, "visit-one").note == "看了三款沙发"


def test_it_is_sent_first_and_the_copy_is_whole_afterwards(engine):
    world = World()
    with world.office() as session:
        session.add(make_lead(id="lead-one", budget_fen=8_000_000, styles=["现代"]))
    device = world.device("A", "amy")
    device.engine = engine
    device.open()
    outcome = device.sync()
    assert (outcome.sent, outcome.refused) == (4, 0)
    assert world.get(Lead, "lead-one").notes == device.get(Lead, "lead-one").notes == "周末再来"
    assert world.get(Lead, "lead-two").name == "李建国"
    assert world.get(FollowUp, "visit-one").note == "看了三款沙发"
    assert device.replica.status().pending == 0


def test_what_is_done_after_the_upgrade_says_the_new_schema(replica):
    with replica.action("new_lead") as session:
        session.add(make_lead())
    assert replica.pending_units()[-1].schema == versions.RELEASE.schema


def test_opening_again_changes_nothing(engine, replica):
    with engine.connect() as connection:
        before = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
        cursor = state.read(connection, "cursor")
    Replica.open(engine, now_ms=lambda: NOON_MS)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA schema_version").scalar_one() == before
        assert state.read(connection, "cursor") == cursor
