"""What a tablet does by itself: one action is one unit, and the copy has on top what is pending (S1, S4)."""

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm.exc import StaleDataError

from shared_models.sales.tables import Customer, Lead
from sync import bulk, wire
from sync.capture import UncapturedWrite, edits_of
from sync.device import rows, state
from sync.device.tables import BASE, OUTBOX, OUTBOX_CHANGE
from sync.schema import catalogue
from tests.convergence.world import COMPANY, Device, make_customer, make_lead


@pytest.fixture
def amy(world):
    return world.device("A", "amy")


def test_several_edits_of_one_row_in_one_action_are_one_change_from_what_was_seen_first(amy, lead):
    with amy.act() as session:
        row = session.get(Lead, lead)
        for region in ("南山", "宝安"):
            row.region = region
            session.flush()
        row.budget_fen = 900
    [unit] = amy.replica.pending_units()
    [change] = unit.changes
    assert (change.fields, change.seen) == (
        {"region": "宝安", "budget_fen": 900},
        {"region": "福田", "budget_fen": None},
    )


def test_a_new_row_that_is_edited_in_the_same_action_is_one_insert(world, amy):
    with amy.act() as session:
        made = make_customer()
        session.add(made)
        session.flush()
        made.address = "南山"
    [unit] = amy.replica.pending_units()
    [change] = unit.changes
    assert (change.kind, change.seen, change.fields["address"]) == ("put", {}, "南山")
    world.settle()
    assert (world.get(Customer, made.id).address, amy.replica.refused_units()) == ("南山", [])


def written(device: Device, row_id: str) -> str:
    """The row, its changes and its base as the database holds them, under a name that stands for every row's."""
    lead = catalogue()["lead"].table
    kept = [column for column in OUTBOX_CHANGE.c if column.name not in {"id", "seq"}]
    with device.engine.connect() as connection:
        found = [
            bulk.fetch(connection, select(lead).where(lead.c.id == row_id)),
            bulk.fetch(connection, select(*kept).where(OUTBOX_CHANGE.c.row_id == row_id)),
            bulk.fetch(connection, select(BASE).where(BASE.c.row_id == row_id)),
        ]
    return repr(found).replace(row_id, "the row")


def test_an_action_that_leaves_all_to_its_end_writes_what_one_that_flushes_does(amy):
    fields = {"styles": ["现代"], "attributes": {"floor": 3}, "awaits_owner": True, "budget_fen": 5}
    made = [make_lead(**fields) for _ in range(2)]
    with amy.act() as session:
        session.add(made[0])
        session.flush()
    with amy.act() as session:
        session.add(made[1])
    assert written(amy, made[0].id) == written(amy, made[1].id)
    for lead, is_flushed in zip(made, (True, False), strict=True):
        with amy.act() as session:
            row = session.get(Lead, lead.id)
            row.region, row.styles = "南山", ["简约"]
            if is_flushed:
                session.flush()
    assert written(amy, made[0].id) == written(amy, made[1].id)


def test_a_row_made_in_one_action_is_edited_in_another(amy):
    made = make_customer()
    for address in ("福田", "南山"):
        with amy.act() as session:
            session.add(made)
            made.address = address
    assert [change.seen for unit in amy.replica.pending_units() for change in unit.changes] == [
        {},
        {"address": "福田"},
    ]
    assert amy.get(Customer, made.id).address == made.address == "南山"


def test_an_edit_of_a_row_that_has_gone_meanwhile_is_refused_and_leaves_nothing(amy, lead):
    with amy.replica.reading() as session:
        row = session.get(Lead, lead)
    with amy.engine.begin() as connection:
        connection.execute(text("DELETE FROM lead"))
    row.region = "南山"
    with pytest.raises(StaleDataError), amy.act() as session:
        session.add_all([row, make_customer()])
    assert amy.replica.pending_units() == []


def test_a_new_row_that_is_given_up_in_the_same_action_was_never_there(amy):
    with amy.act() as session:
        made = make_customer()
        session.add(made)
        session.flush()
        session.delete(made)
    assert amy.replica.pending_units() == []


def test_a_row_that_is_edited_and_deleted_in_one_action_is_deleted_as_it_was_seen(amy, lead):
    with amy.act() as session:
        row = session.get(Lead, lead)
        row.region = "南山"
        session.flush()
        session.delete(row)
    [unit] = amy.replica.pending_units()
    [change] = unit.changes
    assert (change.kind, change.seen["region"]) == ("del", "福田")


def test_an_action_that_changes_nothing_makes_no_unit(amy, lead):
    with amy.act() as session:
        session.get(Lead, lead)
    assert amy.replica.pending_units() == []


def test_a_statement_that_would_go_unrecorded_is_refused(amy, lead):
    for statement in (update(Lead).values(region="x"), Lead.__table__.delete(), Lead.__table__.insert()):
        with pytest.raises(UncapturedWrite, match="lead"), amy.act() as session:
            session.execute(statement)
    with amy.act() as session:
        session.execute(update(OUTBOX).values(code=""))
    assert amy.get(Lead, lead).region == "福田"


def test_a_value_that_was_not_read_is_not_overwritten(amy, lead):
    with amy.replica.reading() as session:
        row = session.get(Lead, lead)
        session.expire(row, ["region"])
        row.region = "南山"
        with pytest.raises(UncapturedWrite, match="region"):
            edits_of(session)
    assert amy.get(Lead, lead).region == "福田"


def test_listeners_hear_which_tables_changed_until_they_end_it(amy, lead):
    heard: list[frozenset[str]] = []
    end = amy.replica.subscribe(heard.append)
    with amy.act() as session:
        session.get(Lead, lead).region = "南山"
    with amy.act() as session:
        session.get(Lead, lead)
    end()
    with amy.act() as session:
        session.get(Lead, lead).region = "宝安"
    assert heard == [frozenset({"lead"})]


def test_rows_with_pending_changes_are_told_by_table(amy, lead):
    assert amy.replica.pending_rows("lead") == frozenset()
    with amy.act() as session:
        session.get(Lead, lead).region = "南山"
        session.add(make_customer(id="c"))
    assert (amy.replica.pending_rows("lead"), amy.replica.pending_rows("customer")) == ({lead}, {"c"})


def test_what_comes_from_the_hub_goes_below_what_is_pending(world, amy, lead):
    with amy.act() as session:
        session.get(Lead, lead).region = "南山"
    with world.office() as session:
        session.get_one(Lead, lead).budget_fen = 900
        session.add(make_lead(id="other"))
    amy.sync(lose_request=0)
    page = wire.Rows("lead", ["id", "region", "budget_fen"], [[lead, "龙岗", 900], ["third", "龙岗", 1]])
    with amy.engine.begin() as connection:
        rows.take_rows(connection, catalogue()["lead"], page)
    mine, third = amy.get(Lead, lead), amy.get(Lead, "third")
    assert (mine.region, mine.budget_fen, third.region) == ("南山", 900, "龙岗")
    world.settle()
    assert (amy.get(Lead, lead).region, world.get(Lead, lead).region) == ("南山", "南山")


def test_a_row_that_left_while_it_was_pending_goes_when_the_hub_has_answered(world, amy, lead):
    with amy.act() as session:
        session.get(Lead, lead).region = "南山"
    with amy.engine.begin() as connection:
        rows.take_away(connection, catalogue()["lead"], [lead])
    assert amy.get(Lead, lead).region == "南山"
    with amy.engine.connect() as connection:
        assert connection.execute(select(BASE.c.body)).scalars().all() == [None]
    with world.office() as session:
        session.get_one(Lead, lead).owner_id = "bob"
    world.settle()
    assert amy.get(Lead, lead) is None


def test_a_device_that_was_set_up_again_is_no_longer_wiped(amy):
    assert not amy.replica.is_wiped
    with amy.engine.begin() as connection:
        state.write(connection, obeyed="wipe", sends_all=True)
    assert amy.replica.is_wiped
    amy.replica.register(device_id="A2", staff_id="bob", company_id=COMPANY)
    assert not amy.replica.is_wiped
    with amy.engine.connect() as connection:
        kept = state.read_all(connection)
    assert (kept["device_id"], kept["staff_id"], kept["sends_all"]) == ("A2", "bob", False)
