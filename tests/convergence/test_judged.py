"""What the hub makes of units that no app of ours would send: of strange companies, of rows that are gone, repeated (S2, S5)."""

from typing import Any

import pytest
from sqlmodel import Session

from shared_models.errors import RuleError
from shared_models.people.tables import Role, Staff
from shared_models.sales.tables import Customer, FollowUp, Lead
from shared_models.service.tables import Photo
from sync import wire
from sync.conflict import Conflict
from sync.held import HeldEdit
from sync.hub import Hub, feed
from sync.hub.tables import SyncOperation, SyncRowState
from sync.schema import catalogue
from tests.convergence.world import COMPANY, World, make_customer, make_follow_up, make_lead


@pytest.fixture
def amy(world):
    """A salesperson's tablet with a lead, its log and a customer, all known to the hub."""
    amy = world.device("A", "amy")
    with amy.act() as session:
        lead = make_lead(id="l", notes="as it was")
        session.add_all([lead, make_customer(id="c"), make_follow_up(lead, id="f")])
    world.settle()
    return amy


def send(
    world: World, device: Any, *changes: wire.Change, unit: str = "forged", at_ms: int = 0
) -> wire.UnitResult:
    return ask(world, device, wire.Unit(unit, "forged", at_ms or world.now_ms, list(changes)))[0]


def ask(world: World, device: Any, *units: wire.Unit) -> list[wire.UnitResult]:
    return world.exchange(
        device, wire.Request(world.now_ms, list(units), pull=False, protocol=2, schema=99)
    ).results


def put(table: str, row: str, seen: dict[str, Any] | None = None, **fields: Any) -> wire.Change:
    return wire.Change(table, row, "put", fields, seen or {})


def delete(table: str, row: str, **seen: Any) -> wire.Change:
    return wire.Change(table, row, "del", {}, seen)


def new(row: Any, **fields: Any) -> wire.Change:
    return wire.Change(row.__tablename__, row.id, "put", row.model_dump() | fields)


def said(result: wire.UnitResult) -> tuple[str, str, dict[str, Any]]:
    return result.outcome, result.code, result.details


def strangers(world: World, *rows: Any) -> None:
    """Rows of another company whose people, by chance, have the names of ours."""
    with world.office() as session:
        for row in rows:
            row.company_id = "rival"
            session.add(row)


@pytest.mark.parametrize(
    "change",
    [
        delete("lead", "theirs"),
        put("lead", "theirs", {"region": ""}, region="南山"),
        put("followup", "their-log", note=""),
    ],
)
def test_a_row_of_another_company_is_neither_changed_nor_deleted_nor_told_about(world, amy, change):
    lead = make_lead(id="theirs")
    strangers(world, lead, make_follow_up(lead, id="their-log"))
    assert said(send(world, amy, change)) == ("refused", "not_yours", {})
    assert world.get(Lead, "theirs").region == ""


def test_a_row_of_another_company_is_nothing_to_refer_to(world, amy):
    strangers(world, make_customer(id="theirs"))
    missing = ("refused", "missing_reference", {"table": "lead", "field": "customer_id"})
    assert said(send(world, amy, new(make_lead(id="m", customer_id="theirs")), unit="1")) == missing
    assert (
        said(send(world, amy, put("lead", "l", {"customer_id": None}, customer_id="theirs"), unit="2"))
        == missing
    )


def test_an_edit_refers_to_nothing_that_is_not_there(world, amy):
    result = send(world, amy, put("lead", "l", {"customer_id": None}, customer_id="never"))
    assert said(result) == ("refused", "missing_reference", {"table": "lead", "field": "customer_id"})
    assert world.get(Lead, "l").customer_id is None
    assert (
        send(world, amy, put("lead", "l", {"customer_id": None}, customer_id="c"), unit="2").outcome
        == "applied"
    )
    assert world.get(Lead, "l").customer_id == "c"


def test_a_log_refers_to_nothing_that_is_not_there(world, amy):
    order = {
        "company_id": COMPANY,
        "store_id": "north",
        "customer_id": "c",
        "staff_id": "nobody",
        "sold_at_ms": 1,
    }
    result = send(world, amy, put("sales_order", "o", **order))
    assert said(result) == ("refused", "missing_reference", {"table": "sales_order", "field": "staff_id"})


def test_what_an_edit_does_not_change_may_have_gone_meanwhile(world, amy):
    edit = put("lead", "l", {"customer_id": "never", "region": ""}, customer_id="never", region="南山")
    assert send(world, amy, edit).outcome == "applied"
    assert world.get(Lead, "l").region == "南山"


@pytest.mark.parametrize("order", ["before", "after"])
def test_a_unit_may_refer_to_a_row_that_it_makes_itself(world, amy, order):
    changes = [new(make_lead(id="m", customer_id="d")), new(make_customer(id="d"))]
    assert send(world, amy, *(changes if order == "before" else changes[::-1])).outcome == "applied"
    assert world.get(Lead, "m").customer_id == "d"


def test_a_unit_may_not_refer_to_a_row_that_the_one_before_it_deleted_or_was_refused_with(world, amy):
    lead = put("followup", "g", **make_follow_up(Lead(id="l", company_id=COMPANY), id="g").model_dump())
    foreign = [new(make_customer(id="d")), new(make_lead(id="x", owner="cat", store="south"))]
    results = ask(
        world,
        amy,
        wire.Unit("1", "forged", world.now_ms, [delete("lead", "l")]),
        wire.Unit("2", "forged", world.now_ms, [lead]),
        wire.Unit("3", "forged", world.now_ms, foreign),
        wire.Unit("4", "forged", world.now_ms, [new(make_lead(id="m", customer_id="d"))]),
        wire.Unit("5", "forged", world.now_ms, [new(make_lead(id="n", customer_id="c"))]),
    )
    assert [each.code for each in results] == ["", "missing_reference", "not_yours", "missing_reference", ""]
    assert (world.get(Customer, "d"), world.get(FollowUp, "g"), world.get(Lead, "m")) == (None, None, None)
    assert world.get(Lead, "n").customer_id == "c"


@pytest.mark.parametrize(
    "about", [("nothing", "l"), ("", "l"), ("lead", ""), ("lead", "never"), ("lead", "\0")]
)
def test_a_picture_of_what_nobody_knows_is_refused_and_nothing_else_is(world, amy, about):
    def picture(row_id: str, about_table: str, about_id: str) -> wire.Change:
        photo = Photo(
            id=row_id,
            company_id=COMPANY,
            about_table=about_table,
            about_id=about_id,
            staff_id="amy",
            picture_sha256="0" * 64,
            picture_bytes=1,
            width_px=1,
            height_px=1,
            thumbnail_sha256="1" * 64,
            thumbnail_bytes=1,
            taken_at_ms=world.now_ms,
        )
        return new(photo)

    bad, good = (
        wire.Unit(row_id, "forged", world.now_ms, [picture(row_id, *what)])
        for row_id, what in (("bad", about), ("good", ("followup", "f")))
    )
    refused, applied = ask(world, amy, bad, good)
    assert (refused.outcome, applied.outcome) == ("refused", "applied")
    assert refused.code in {"missing_row", "not_yours", "bad_value"}
    assert [row.id for row in world.all(Photo)] == ["good"]


def test_a_log_repeated_is_taken_word_for_word_and_in_no_other_words(world, amy):
    log = world.get(FollowUp, "f").model_dump()
    assert send(world, amy, put("followup", "f", **log), unit="1").outcome == "applied"
    mine = {"staff_id": "bob", "occurred_at_ms": 1, "of_a_newer_app": 1}
    assert send(world, amy, put("followup", "f", **log | mine), unit="2").outcome == "applied"
    assert send(world, amy, put("followup", "f", note="else"), unit="3").code == "append_only"
    assert send(world, amy, delete("followup", "f"), unit="4").code in {"append_only", "not_deletable"}
    assert world.get(FollowUp, "f").model_dump() == log


def test_a_log_that_somebody_may_not_see_is_not_told_by_repeating_it(world, amy):
    cat = world.device("C", "cat")
    log = world.get(FollowUp, "f").model_dump()
    assert said(send(world, cat, put("followup", "f", **log))) == ("refused", "not_yours", {})


def test_a_log_repeated_by_somebody_who_lost_it_meanwhile_is_taken_as_said(world, amy):
    log = world.get(FollowUp, "f").model_dump()
    with world.office() as session:
        session.get_one(Lead, "l").owner_id = "bob"
    assert send(world, amy, put("followup", "f", **log)).outcome == "applied"


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


def test_what_is_derived_hears_of_every_watched_unit_with_what_it_really_changed(world, amy):
    heard: list[Any] = []
    world.hub = Hub(derive=lambda _session, units: heard.extend(units), watched=frozenset({"lead"}))
    world.now_ms += 5_000
    ask(
        world,
        amy,
        wire.Unit(
            "1",
            "edit",
            world.now_ms - 10,
            [put("lead", "l", {"region": "", "name": "陈玉兰"}, region="南山", name="陈玉兰")],
        ),
        wire.Unit("2", "unwatched", world.now_ms, [new(make_customer(id="d"))]),
        wire.Unit("3", "nothing", world.now_ms, []),
        wire.Unit("4", "delete", world.now_ms, [delete("lead", "l")]),
    )
    assert [(each.id, each.action, each.author, each.device_id) for each in heard] == [
        ("1", "edit", "amy", "A"),
        ("4", "delete", "amy", "A"),
    ]
    assert [(each.at_ms, each.received_at_ms, each.held) for each in heard] == [
        (world.now_ms - 10, world.now_ms, []),
        (world.now_ms, world.now_ms, []),
    ]
    (edit,), (gone,) = (each.changes for each in heard)
    assert (edit.table, edit.row_id, edit.kind, edit.fields, edit.row["region"]) == (
        "lead",
        "l",
        "update",
        {"region": "南山"},
        "南山",
    )
    assert (gone.table, gone.row_id, gone.kind, gone.fields, gone.row["region"]) == (
        "lead",
        "l",
        "del",
        {},
        "南山",
    )


def test_of_units_tried_together_only_the_guilty_one_is_refused_and_the_rest_is_written_once(world, amy):
    def derive(_session, units):
        if any(change.row["name"] == "坏" for unit in units for change in unit.changes):
            raise RuleError("not_owner", table="lead")

    world.hub = Hub(derive=derive)
    units = [
        wire.Unit(str(n), "new", world.now_ms, [new(make_lead(id=f"n{n}", name="坏" if n == 2 else "好"))])
        for n in range(5)
    ]
    results = ask(world, amy, *units)
    assert [each.outcome for each in results] == ["applied", "applied", "refused", "applied", "applied"]
    assert said(results[2]) == ("refused", "not_owner", {"table": "lead"})
    assert sorted(row.id for row in world.all(Lead)) == ["l", "n0", "n1", "n3", "n4"]
    assert ask(world, amy, *units) == results


def test_a_unit_is_renamed_before_it_is_judged_and_comes_back_to_its_author_whole(world, amy):
    def rename(_session, units):
        return [
            wire.Unit(
                each.id,
                each.action,
                each.at_ms,
                [put("customer", "c", dict(change.seen), **change.fields) for change in each.changes],
            )
            for each in units
        ]

    world.hub = Hub(rename=rename)
    (result,) = ask(
        world, amy, wire.Unit("1", "edit", world.now_ms, [put("customer", "gone", {"notes": ""}, notes="x")])
    )
    assert (result.outcome, world.get(Customer, "c").notes) == ("applied", "x")


READ_ONLY = [
    name
    for name, spec in catalogue().items()
    if not (spec.policy.device_writes and spec.policy.device_inserts)
]


@pytest.mark.parametrize("table", READ_ONLY)
def test_no_device_makes_a_row_that_only_the_server_makes_however_whole_it_is(world, amy, table):
    spec = catalogue()[table]
    whole = {name: column.empty() for name, column in spec.columns.items()} | {
        "id": "x",
        "company_id": COMPANY,
    }
    whole |= {"staff_id": "amy", "owner_id": "amy", "store_id": "north", "customer_id": "c"}
    row = {name: value for name, value in whole.items() if name in spec.columns and value is not None}
    assert said(send(world, amy, put(table, "x", **row))) == ("refused", "read_only_table", {"table": table})


def test_a_row_that_was_made_a_moment_ago_is_not_made_anew_over_it(world, amy):
    again = {"id": "m", "company_id": COMPANY, "store_id": "north", "owner_id": "amy", "name": "李"}
    first = new(make_lead(id="m", region="南山"))
    details = {"table": "lead", "field": "store_id"}
    assert said(send(world, amy, first, put("lead", "m", **again))) == ("refused", "not_your_field", details)
    assert world.get(Lead, "m") is None
    units = [
        wire.Unit(f"{n}", "new", world.now_ms, [each])
        for n, each in enumerate((first, put("lead", "m", **again)))
    ]
    assert [each.code for each in ask(world, amy, *units)] == ["", "not_your_field"]
    assert (world.get(Lead, "m").name, world.get(Lead, "m").region) == ("陈玉兰", "南山")


def test_a_row_that_a_second_unit_of_the_push_sends_again_is_not_made_twice(world, amy):
    lead = make_lead(id="m", region="南山")
    units = [
        wire.Unit("1", "new", world.now_ms, [new(lead)]),
        wire.Unit("2", "edit", world.now_ms, [put("lead", "m", {"phone": ""}, phone="138")]),
        wire.Unit("3", "new", world.now_ms, [new(make_lead(id="n"))]),
    ]
    assert [each.outcome for each in ask(world, amy, *units)] == ["applied"] * 3
    assert (world.get(Lead, "m").region, world.get(Lead, "m").phone) == ("南山", "138")


@pytest.mark.parametrize(("after_ms", "owner"), [(-1, "bob"), (0, "bob"), (1, "amy")])
def test_what_a_manager_decided_until_the_moment_when_they_no_longer_were_one_stands(
    world, amy, after_ms, owner
):
    boss = world.device("M", "max")
    world.settle()
    world.now_ms += 60_000
    ended_ms = world.now_ms
    with world.office() as session:
        session.get_one(Staff, "max").role = Role.SALES
    world.now_ms += 60_000
    give_away = put("lead", "l", {"owner_id": "amy"}, owner_id="bob")
    send(world, boss, give_away, at_ms=ended_ms + after_ms)
    assert world.get(Lead, "l").owner_id == owner


def test_of_a_row_that_left_and_a_role_that_ended_the_first_counts(world, amy):
    boss = world.device("M", "max")
    world.settle()
    world.now_ms += 60_000
    with world.office() as session:
        session.get_one(Staff, "max").role = Role.SALES
    ended_ms = world.now_ms
    world.now_ms += 60_000
    with world.office() as session:
        moved = session.get_one(Lead, "l")
        moved.store_id, moved.owner_id = "south", "cat"
    world.now_ms += 60_000
    edit = put("lead", "l", {"region": ""}, region="南山")
    assert send(world, boss, edit, unit="1", at_ms=ended_ms + 1).outcome == "held"
    assert send(world, boss, edit, unit="2", at_ms=ended_ms).outcome == "applied"


def test_a_new_row_of_a_scope_that_was_lost_counts_as_of_then_and_not_after(world, amy):
    world.now_ms += 60_000
    with world.office() as session:
        session.get_one(Staff, "amy").store_id = "south"
    ended_ms = world.now_ms
    world.now_ms += 60_000
    late = send(world, amy, new(make_customer(id="late")), unit="1", at_ms=ended_ms + 1)
    assert said(late) == ("refused", "not_yours", {})
    assert send(world, amy, new(make_customer(id="d")), unit="2", at_ms=ended_ms).outcome == "applied"
    assert (world.get(Customer, "late"), world.get(Customer, "d").store_id) == (None, "north")


def test_who_never_saw_a_lead_adds_no_log_to_it_and_who_lost_it_does_at_any_time(world, amy):
    cat = world.device("C", "cat")
    cat.sync()
    log = make_follow_up(Lead(id="l", company_id=COMPANY), id="g")
    assert said(send(world, cat, new(log))) == ("refused", "not_yours", {})
    with world.office() as session:
        session.get_one(Lead, "l").owner_id = "bob"
    world.now_ms += 60_000
    assert send(world, amy, new(log)).outcome == "applied"
    assert world.get(FollowUp, "g").staff_id == "amy"
    with world.engine.connect() as connection:  # her tablet lets go of it
        assert feed.left(connection, "followup", "g", frozenset({"staff:amy"})).keys() == {"staff:amy"}


def test_a_unit_with_a_held_edit_comes_back_whole_and_names_what_waits(world, amy):
    world.now_ms += 1_000
    with world.office() as session:
        session.get_one(Lead, "l").owner_id = "bob"
    world.now_ms += 1_000
    edit = put("lead", "l", {"region": "", "phone": ""}, region="南山", phone="138")
    unit = wire.Unit("u", "edit", world.now_ms, [edit, new(make_lead(id="m"))])
    answer = world.exchange(amy, wire.Request(world.now_ms, [unit], pull=False, protocol=2, schema=99))
    (result,) = answer.results
    waiting = world.all(HeldEdit)
    assert (result.outcome, result.code, set(result.details["held"])) == (
        "held",
        "held",
        {each.id for each in waiting},
    )
    assert {(each.field, each.by, each.about_id) for each in waiting} == {
        ("region", "amy", "l"),
        ("phone", "amy", "l"),
    }
    assert answer.filled == []
    assert world.get(Lead, "m") is not None
