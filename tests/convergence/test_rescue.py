"""What was not sent is taken out of a database that is damaged, and into a fresh one (S4)."""

import pytest
from sqlalchemy import text

from shared_models.sales.tables import Customer, Lead
from sync.device import salvaging
from tests.convergence.world import Device, make_customer, memory_engine


@pytest.fixture
def amy(world) -> Device:
    return world.device("A", "amy")


def test_what_was_not_sent_is_taken_out_and_put_into_a_fresh_database_word_for_word(world, amy, lead):
    with amy.act("edit") as session:
        session.get(Lead, lead).region = "南山"
    with amy.act("meet") as session:
        session.add(make_customer(id="c"))
    units = amy.replica.pending_units()
    with amy.engine.connect() as connection:
        found = salvaging.take_out(connection)
    assert (len(found.units), found.lost, found.is_certain) == (2, 0, True)
    assert found.identity["staff_id"] == "amy"
    amy.engine = memory_engine()
    amy.open()
    with amy.engine.begin() as connection:
        salvaging.put_in(connection, found)
    amy.open()
    assert amy.replica.pending_units() == units
    assert (amy.replica.staff_id, amy.get(Customer, "c").name) == ("amy", "李建国")
    world.settle()
    assert (world.get(Lead, lead).region, amy.get(Lead, lead).region) == ("南山", "南山")
    assert world.get(Customer, "c") is not None


@pytest.mark.parametrize(
    ("table", "units", "is_certain"),
    [("sync_state", 1, False), ("sync_outbox", 0, False), ("sync_content", 1, False), ("sync_base", 1, True)],
)
def test_what_cannot_be_read_is_said_to_be_uncertain(amy, lead, table, units, is_certain):
    with amy.act() as session:
        session.get(Lead, lead).region = "南山"
    with amy.engine.begin() as connection:
        connection.execute(text(f'DROP TABLE "{table}"'))
        found = salvaging.take_out(connection)
    assert (len(found.units), found.lost, found.is_certain) == (units, 0, is_certain)


def test_units_whose_changes_cannot_be_read_are_counted_as_lost(amy, lead):
    for region in ("南山", "宝安"):
        with amy.act() as session:
            session.get(Lead, lead).region = region
    with amy.engine.begin() as connection:
        connection.execute(text("DROP TABLE sync_outbox_change"))
        found = salvaging.take_out(connection)
    assert (found.units, found.lost, found.is_certain) == ([], 2, True)
