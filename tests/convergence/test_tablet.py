"""What a tablet does by itself: its queue, its copy, what it was asked to settle and does not have."""

from dataclasses import replace

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm.exc import StaleDataError

from shared_models.errors import RuleError
from shared_models.sales.tables import Customer, Lead
from sync import bulk, wire
from sync.capture import UncapturedWrite, edits_of
from sync.conflict import Conflict, ConflictState
from sync.device import answers, outbox, refusals, rows, salvaging, state, unknown
from sync.device.tables import BASE, OUTBOX, OUTBOX_CHANGE
from sync.schema import catalogue
from tests.convergence.world import COMPANY, Device, World, make_customer, make_lead, memory_engine


@pytest.fixture
def amy(world):
    return world.device("A", "amy")


@pytest.fixture
def lead(world, amy) -> str:
    """A lead that the tablet and the hub have."""
    made = make_lead(notes="甲\n乙", region="福田")
    with amy.act() as session:
        session.add(made)
    world.settle()
    return str(made.id)


# --- one action, one unit ---------------------------------------------------------------------------------------------


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


# --- the copy, with what is pending on top ----------------------------------------------------------------------------


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


# --- what somebody is asked to settle ---------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["drop", "take_back", "resend", "settle_handed_over", "approve", "reject"])
def test_what_is_not_there_cannot_be_settled(amy, way):
    with pytest.raises(KeyError, match="nothing"):
        getattr(amy.replica, way)("nothing")


@pytest.mark.parametrize("way", ["take_other", "keep_current"])
def test_a_conflict_that_is_not_there_cannot_be_settled(amy, way):
    with pytest.raises(KeyError, match="nothing"):
        getattr(amy.replica, way)("nothing")
    with pytest.raises(KeyError, match="nothing"):
        amy.replica.edit_conflict("nothing", "x")
    with pytest.raises(KeyError, match="nothing"):
        amy.replica.correct("nothing", {})
    with pytest.raises(KeyError, match="nothing"):
        amy.replica.hand_over("nothing", None)


@pytest.fixture
def conflict(world, amy, lead) -> str:
    """Two wrote the region of the lead; the manager's value gave way, or amy's."""
    boss = world.device("M", "max")
    world.settle()
    for tablet, region in ((amy, "南山"), (boss, "宝安")):
        with tablet.act() as session:
            session.get(Lead, lead).region = region
    world.settle()
    [found] = amy.replica.open_conflicts()
    return str(found.id)


def test_a_value_that_stands_is_kept_and_the_conflict_closed(world, amy, lead, conflict):
    before = amy.get(Lead, lead).region
    assert amy.replica.status().conflicts == 1
    amy.replica.keep_current(conflict)
    assert amy.get(Lead, lead).region == before
    assert amy.replica.pending_units()[0].action == "keep_value"
    world.settle()
    assert [each.state for each in world.all(Conflict)] == [ConflictState.KEPT]
    assert (amy.replica.open_conflicts(), amy.replica.status().conflicts) == ([], 0)


def test_the_other_value_or_a_third_one_is_taken(world, amy, lead, conflict):
    lost = amy.get(Conflict, conflict).lost_value()
    amy.replica.take_other(conflict)
    assert amy.get(Lead, lead).region == lost
    assert amy.get(Conflict, conflict).state == ConflictState.TAKEN
    amy.replica.edit_conflict(conflict, "罗湖")
    assert [unit.action for unit in amy.replica.pending_units()] == ["take_other_value", "edit_value"]
    world.settle()
    assert world.get(Lead, lead).region == "罗湖"
    assert [each.state for each in world.all(Conflict)] == [ConflictState.EDITED]


def test_a_conflict_about_a_row_that_is_gone_can_only_be_closed(amy, lead, conflict):
    with amy.engine.begin() as connection:
        connection.execute(Lead.__table__.delete())
    with pytest.raises(KeyError, match=lead):
        amy.replica.take_other(conflict)
    with pytest.raises(KeyError, match=lead):
        amy.replica.edit_conflict(conflict, "x")
    amy.replica.keep_current(conflict)
    assert amy.get(Conflict, conflict).state == ConflictState.KEPT


def refuse(world: World, tablet, count: int = 1) -> list[str]:
    """So many units that the hub refuses, oldest first."""
    for _ in range(count):
        with tablet.act() as session:
            session.add(make_customer(store="south"))
    world.settle()
    return [unit.id for unit in tablet.replica.refused_units()]


def test_a_refused_unit_is_dropped_and_taken_back_and_the_oldest_dropped_ones_go(world, amy):
    count = refusals.KEPT_DROPPED + 2
    units = refuse(world, amy, count)
    assert len(units) == count
    for unit in units:
        amy.replica.drop(unit)
    assert [unit.id for unit in amy.replica.dropped_units()] == units[2:]
    assert amy.replica.status().refused == 0
    amy.replica.take_back(units[2])
    assert [unit.id for unit in amy.replica.refused_units()] == units[2:3]
    with pytest.raises(KeyError, match=units[0]):
        amy.replica.take_back(units[0])


def test_a_held_edit_of_a_row_that_is_not_here_is_not_decided_here(world, amy, lead):
    boss = world.device("M", "max")
    with world.office() as session:
        session.get_one(Lead, lead).owner_id = "bob"
    world.now_ms += 1_000
    with amy.act() as session:
        session.get(Lead, lead).region = "宝安"
    world.settle()
    [held] = boss.replica.held_edits()
    assert amy.replica.status().held == 1
    for decide in (amy.replica.approve, amy.replica.reject):
        with pytest.raises(RuleError, match="not_owner"):
            decide(held.id)
    boss.replica.reject(held.id)
    assert boss.replica.pending_units()[0].action == "reject_held_edit"


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


# --- salvaging --------------------------------------------------------------------------------------------------------


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


def test_counts_of_the_queue_are_by_state(world, amy):
    [refused] = refuse(world, amy)
    with amy.act() as session:
        session.add(make_customer())
    with amy.engine.connect() as connection:
        assert outbox.counts(connection) == {outbox.PENDING: 1, outbox.REFUSED: 1}
    amy.replica.drop(refused)
    assert (amy.replica.status().pending, amy.replica.status().refused) == (1, 0)


# --- an app and a server of different ages ----------------------------------------------------------------------------


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


def test_a_unit_that_is_sent_again_leaves_the_hubs_version_below_what_else_is_pending(amy, lead):
    with amy.act() as session:
        session.get(Lead, lead).region = "南山"
    with amy.act() as session:
        session.get(Lead, lead).name = "陈玉"
    first, _ = amy.replica.pending_units()
    refused = wire.UnitResult(first.id, "refused", "not_yours")
    sent = wire.Unit(first.id, first.action, first.at_ms, first.changes)
    with amy.engine.begin() as connection:
        answers.work_in(connection, [sent], [refused])
    assert (amy.get(Lead, lead).region, amy.get(Lead, lead).name) == ("福田", "陈玉")
    amy.replica.resend(first.id)
    assert (amy.get(Lead, lead).region, amy.get(Lead, lead).name) == ("南山", "陈玉")
    with amy.engine.connect() as connection:
        [base] = connection.execute(select(BASE.c.body)).scalars()
    assert (base["region"], base["name"]) == ("福田", "陈玉兰")
