"""What the hub writes down of units: who wrote what when, in conflicts, stamps and answers (S2, S8)."""

from sqlmodel import Session

from shared_models.sales.tables import Lead
from sync import wire
from sync.conflict import Conflict
from sync.hub.recorder import publish
from sync.hub.tables import SyncOperation, SyncRowState
from tests.convergence.forged import ask, new, put, said, send
from tests.convergence.world import COMPANY, make_lead


def test_each_side_of_a_conflict_has_its_author_moment_and_the_name_of_the_tablet(world, amy):
    boss = world.device("M", "max")
    world.settle()
    for device, name in ((amy, "一"), (boss, "二")):
        with device.act() as session:
            session.get(Lead, "l").region = name
    amy_ms, boss_ms = world.now_ms - 1_000, world.now_ms
    world.settle()
    (conflict,) = world.all(Conflict)
    assert (conflict.about_table, conflict.about_id, conflict.field, conflict.company_id) == (
        "lead",
        "l",
        "region",
        COMPANY,
    )
    assert (conflict.base, conflict.lost, conflict.kept) == ('""', '"一"', '"二"')
    assert (conflict.lost_value(), conflict.lost_by, conflict.lost_at_ms) == ("一", "amy", amy_ms)
    assert (conflict.lost_device, conflict.lost_device_name) == ("A", "A's tablet")
    assert (conflict.kept_value(), conflict.kept_by, conflict.kept_at_ms) == ("二", "max", boss_ms)
    assert (conflict.kept_device, conflict.kept_device_name) == ("M", "M's tablet")


def test_a_conflict_with_what_the_office_wrote_names_the_office_and_no_tablet(world, amy):
    world.now_ms += 1_000
    with amy.act() as session:
        session.get(Lead, "l").region = "一"
    world.now_ms += 1_000
    with world.office() as session:
        session.get_one(Lead, "l").region = "二"
    world.settle()
    (conflict,) = world.all(Conflict)
    assert (conflict.kept_by, conflict.kept_device_name, conflict.lost_by) == ("office", "", "amy")


def test_a_conflict_with_a_value_that_nobody_has_stamped_names_who_made_the_row(world, amy):
    boss = world.device("M", "max")
    result = send(world, boss, put("lead", "l", {"notes": "never so"}, notes="else"), at_ms=1)
    assert result.outcome == "applied"
    (conflict,) = world.all(Conflict)
    assert {conflict.kept_by, conflict.lost_by} == {"amy", "max"}


def test_each_column_remembers_who_wrote_it_last_and_when(world, amy):
    boss = world.device("M", "max")
    world.now_ms += 1_000
    send(world, boss, put("lead", "l", {"region": ""}, region="南山"))
    with Session(world.engine) as session:
        state = session.get_one(SyncRowState, ("lead", "l"))
    assert state.stamps["region"] == [world.now_ms, 0, "M", "max"]
    assert state.stamps[""][2:] == ["A", "amy"]
    assert state.scopes == ["manager:north", "staff:amy"]


def test_the_answer_to_a_unit_is_kept_with_it_word_for_word(world, amy):
    unit = wire.Unit(
        "kept", "new\u00e9", world.now_ms + 5, [new(make_lead(id="x", owner="cat", store="south"))]
    )
    ask(world, amy, unit)
    with Session(world.engine) as session:
        kept = session.get_one(SyncOperation, ("A", "kept"))
    assert wire.decode_unit(kept.payload) == unit
    assert (kept.staff_id, kept.action, kept.outcome, kept.code) == (
        "amy",
        "new\u00e9",
        "refused",
        "not_yours",
    )
    assert (kept.at_ms, kept.received_at_ms) == (world.now_ms, world.now_ms)


def test_what_a_device_says_with_a_nul_is_kept_with_a_mark_and_answered_word_for_word(world, amy):
    unit = wire.Unit("nul", "forged", world.now_ms, [put("not\0hing", "x", name="y")])
    (result,) = ask(world, amy, unit)
    assert said(result) == ("refused", "unknown_table", {"table": "not\0hing"})
    with Session(world.engine) as session:
        kept = session.get_one(SyncOperation, ("A", "nul"))
    assert kept.details == {"table": "not\ufffdhing"}
    assert wire.decode_unit(kept.payload) == unit


def test_what_the_server_writes_is_stamped_as_its_own_with_who_had_it_written(world, amy):
    world.now_ms += 1_000
    with world.office() as session:
        session.add(make_lead(id="m"))
        session.get_one(Lead, "l").region = "南山"
    with Session(world.engine) as session:
        publish(session, "lead", [make_lead(id="n").model_dump()], world.now_ms)
        made, edited, published = (session.get_one(SyncRowState, ("lead", row)).stamps for row in "mln")
    assert made == {"": [world.now_ms, 0, "server", "office"]}
    assert edited["region"] == [world.now_ms, 0, "server", "office"]
    assert edited[""][2:] == ["A", "amy"]
    assert published == {"": [world.now_ms, 0, "server", "server"]}


def test_a_unit_that_a_server_of_an_earlier_release_answered_is_known_by_this_very_digest(world, amy):
    unit = wire.Unit("u", "edit", 1_780_000_000_000, [put("lead", "l", {"region": ""}, region="南山")], 4)
    ask(world, amy, unit)
    with Session(world.engine) as session:
        assert session.get_one(SyncOperation, ("A", "u")).digest.hex() == "6d302e41e6f8e057b1437d94bc174649"
