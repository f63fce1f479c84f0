"""What a tablet does with the hub's answers, unit by unit: what steps aside, what waits, what goes again (S3, S4)."""

import pytest
from sqlalchemy import update

from shared_models import versions
from shared_models.sales.tables import Customer, FollowUp, Lead
from shared_models.versions import Release, Renamed
from sync import wire
from sync.device import answers, outbox, refusals
from sync.device.tables import OUTBOX, OUTBOX_CHANGE
from tests.convergence.world import Device, make_customer, make_follow_up, make_lead


def work_in(device: Device, *said: tuple[str, str], of: list[outbox.Unit] | None = None) -> frozenset[str]:
    """The hub's word, outcome and code, on the oldest units; the tables concerned."""
    units = of or device.replica.pending_units()
    results = [
        wire.UnitResult(unit.id, outcome, code) for unit, (outcome, code) in zip(units, said, strict=False)
    ]
    with device.engine.begin() as connection:
        return answers.work_in(connection, [unit.as_sent() for unit in units], results)


def stands(device: Device) -> dict[str, str]:
    """What became of each unit, by its action."""
    with device.engine.connect() as connection:
        return dict(
            connection.execute(OUTBOX.select().with_only_columns(OUTBOX.c.action, OUTBOX.c.state)).all()
        )


def build_up(device: Device) -> None:
    """A lead, a visit that speaks of it, an edit of that lead, and something else."""
    lead = make_lead(id="new")
    with device.act("lead") as session:
        session.add(lead)
    with device.act("visit") as session:
        session.add(make_follow_up(lead, id="visit"))
    with device.act("edit") as session:
        session.get_one(Lead, "new").region = "南山"
    with device.act("else") as session:
        session.add(make_customer(id="else"))


def test_what_builds_on_a_refused_unit_waits_and_all_else_goes_on(amy):
    build_up(amy)
    told = work_in(
        amy,
        ("refused", "not_yours"),
        ("refused", "missing_row"),
        ("refused", "missing_row"),
        ("applied", ""),
    )
    assert told == {"lead", "customer"}
    assert stands(amy) == {"lead": outbox.REFUSED, "visit": outbox.PENDING, "edit": outbox.PENDING}
    assert (amy.get(Lead, "new").region, amy.get(Customer, "else").name) == ("南山", "李建国")
    with amy.engine.connect() as connection:
        assert answers.sendable(connection, 10) == []


def test_what_waits_for_something_that_waits_waits_too(amy):
    with amy.act("customer") as session:
        session.add(make_customer(id="d"))
    with amy.act("lead") as session:
        session.add(make_lead(id="new", customer_id="d"))
    with amy.act("visit") as session:
        session.add(make_follow_up(make_lead(id="new"), id="visit"))
    work_in(amy, ("refused", "not_yours"), ("refused", "missing_reference"), ("refused", "missing_row"))
    assert stands(amy) == {"customer": outbox.REFUSED, "lead": outbox.PENDING, "visit": outbox.PENDING}
    (cause,) = amy.replica.refused_units()
    assert set(amy.replica.waiting_units().values()) == {cause.id}
    assert len(amy.replica.waiting_units()) == 2


@pytest.mark.parametrize("code", ["missing_row", "missing_reference"])
def test_what_speaks_of_a_row_that_nobody_here_was_to_make_is_refused_with_its_reason(amy, code):
    with amy.act("edit") as session:
        session.get_one(Lead, "l").region = "南山"
    work_in(amy, ("refused", code))
    assert stands(amy) == {"edit": outbox.REFUSED}
    assert [unit.code for unit in amy.replica.refused_units()] == [code]
    assert amy.get(Lead, "l").region == ""


def test_what_is_refused_for_another_reason_steps_aside_though_it_builds_on_a_refused_unit(amy):
    build_up(amy)
    work_in(amy, ("refused", "not_yours"), ("refused", "bad_value"))
    assert [(unit.action, unit.code) for unit in amy.replica.refused_units()] == [
        ("lead", "not_yours"),
        ("visit", "bad_value"),
    ]
    assert amy.get(FollowUp, "visit") is None


def test_what_builds_on_a_unit_that_was_refused_earlier_waits_as_well(amy):
    build_up(amy)
    units = amy.replica.pending_units()
    work_in(amy, ("refused", "not_yours"))
    work_in(amy, ("refused", "missing_row"), of=units[1:])
    assert stands(amy)["visit"] == outbox.PENDING


def test_an_answer_to_a_unit_that_was_not_sent_changes_nothing(amy):
    build_up(amy)
    before = amy.replica.pending_units()
    with amy.engine.begin() as connection:
        told = answers.work_in(connection, [], [wire.UnitResult(before[0].id, "applied")])
    assert (told, amy.replica.pending_units()) == (frozenset(), before)


def test_of_those_that_can_be_sent_the_oldest_are_and_no_more_than_asked_for(amy):
    for number in range(4):
        with amy.act(f"{number}") as session:
            session.add(make_customer(id=f"c{number}"))
    with amy.engine.connect() as connection:
        assert [unit.action for unit in answers.sendable(connection, 2)] == ["0", "1"]
    work_in(amy, ("refused", "not_yours"))
    with amy.engine.connect() as connection:
        assert [unit.action for unit in answers.sendable(connection, 2)] == ["1", "2"]


def test_screens_hear_of_the_tables_of_a_unit_that_is_settled_by_whatever_way(amy):
    heard: list[frozenset[str]] = []
    amy.replica.subscribe(heard.append)
    with amy.act() as session:
        session.add_all([make_lead(id="new"), make_customer(id="else")])
    work_in(amy, ("refused", "not_yours"))
    heard.clear()
    (unit,) = amy.replica.refused_units()
    amy.replica.drop(unit.id)
    amy.replica.take_back(unit.id)
    amy.replica.correct(unit.id, {("lead", "new"): {"region": "南山"}})
    work_in(amy, ("refused", "not_yours"))
    amy.replica.resend(amy.replica.refused_units()[0].id)
    assert heard == [frozenset({"lead", "customer"})] * 4


def test_what_waited_for_a_unit_that_goes_again_gets_a_new_name_and_nothing_else_does(amy):
    build_up(amy)
    work_in(amy, ("refused", "not_yours"), ("refused", "missing_row"), ("refused", "missing_row"))
    before = {unit.action: unit.id for unit in (*amy.replica.pending_units(), *amy.replica.refused_units())}
    amy.replica.resend(before["lead"])
    after = amy.replica.pending_units()
    assert [unit.action for unit in after] == ["lead", "visit", "edit", "else"]
    assert {unit.action for unit in after if unit.id == before[unit.action]} == {"else"}
    assert (amy.get(Lead, "new").region, amy.get(FollowUp, "visit").lead_id) == ("南山", "new")


def test_a_corrected_value_is_of_its_row_and_table_and_of_no_other(amy):
    with amy.act() as session:
        session.add_all([make_lead(id="x"), make_lead(id="y"), make_customer(id="x")])
    work_in(amy, ("refused", "not_yours"))
    (unit,) = amy.replica.refused_units()
    amy.replica.correct(unit.id, {("lead", "x"): {"name": "甲"}, ("customer", "x"): {"name": "乙"}})
    (again,) = amy.replica.pending_units()
    names = {(change.table, change.row): change.fields["name"] for change in again.changes}
    assert names == {("lead", "x"): "甲", ("lead", "y"): "陈玉兰", ("customer", "x"): "乙"}
    assert (amy.get(Lead, "x").name, amy.get(Lead, "y").name, amy.get(Customer, "x").name) == (
        "甲",
        "陈玉兰",
        "乙",
    )


def test_a_unit_of_an_older_app_is_corrected_under_the_present_names(amy, monkeypatch):
    renamed = Renamed(since=100, table="lead", old="district", new="region")
    with amy.act() as session:
        session.get_one(Lead, "l").region = "福田"
    with amy.engine.begin() as connection:
        connection.execute(update(OUTBOX_CHANGE).values(fields={"district": "福田"}, seen={"district": ""}))
    monkeypatch.setattr(versions, "RELEASE", Release(100, renamed=(renamed,)))
    work_in(amy, ("refused", "bad_value"))
    (unit,) = amy.replica.refused_units()
    amy.replica.correct(unit.id, {("lead", "l"): {"region": "南山"}})
    (again,) = amy.replica.pending_units()
    (change,) = again.changes
    assert (again.schema, change.fields, change.seen) == (100, {"region": "南山"}, {"region": ""})
    assert amy.get(Lead, "l").region == "南山"


def test_a_held_unit_that_was_dropped_and_taken_back_is_held_again(amy):
    with amy.act() as session:
        session.get_one(Lead, "l").region = "南山"
    (unit,) = amy.replica.pending_units()
    with amy.engine.begin() as connection:  # as an older hub held them
        outbox.settle(connection, unit.id, outbox.HELD, outbox.HELD, {})
    (before,) = amy.replica.refused_units()
    amy.replica.drop(unit.id)
    amy.replica.take_back(unit.id)
    assert amy.replica.refused_units() == [before]


def test_a_refused_deletion_that_goes_again_is_of_each_row_as_it_stands_now(world, amy):
    with world.office() as session:
        session.add(make_lead(id="m"))
    amy.sync()
    with amy.act() as session:
        for row in ("l", "m"):
            session.delete(session.get_one(Lead, row))
    work_in(amy, ("refused", "changed_row"))
    with world.office() as session:
        session.get_one(Lead, "l").region = "南山"
    amy.sync()
    amy.replica.resend(amy.replica.refused_units()[0].id)
    (again,) = amy.replica.pending_units()
    seen = {change.row: (change.seen["id"], change.seen["region"]) for change in again.changes}
    assert seen == {"l": ("l", "南山"), "m": ("m", "")}
    with world.office() as session:  # which is not what they have seen either
        session.get_one(Lead, "m").region = "福田"
    amy.sync()
    assert [unit.code for unit in amy.replica.refused_units()] == ["changed_row"]


@pytest.mark.parametrize("others", [0, 2])
def test_of_many_units_that_are_done_at_once_neither_they_nor_what_they_wrote_is_left(amy, others):
    with amy.engine.begin() as connection:
        rows = [
            {"unit": f"u{n}", "action": "a", "at_ms": n, "state": outbox.PENDING, "seq": n}
            for n in range(1, 301 + others)
        ]
        connection.execute(OUTBOX.insert(), rows)
        changes = [
            {"seq": row["seq"], "tbl": "lead", "row_id": row["unit"], "kind": "put", "fields": {}, "seen": {}}
            for row in rows
        ]
        connection.execute(OUTBOX_CHANGE.insert(), changes)
        outbox.remove(connection, [row["unit"] for row in rows[:300]])
        assert outbox.count_changes(connection) == others
    left = amy.replica.pending_units()
    assert [(unit.id, [change.row for change in unit.changes]) for unit in left] == [
        (row["unit"], [row["unit"]]) for row in rows[300:]
    ]


def test_fifty_dropped_units_can_be_taken_back(amy):
    with amy.engine.begin() as connection:
        rows = [
            {"unit": f"u{n}", "action": "a", "at_ms": n, "state": outbox.DROPPED, "seq": n}
            for n in range(1, 51)
        ]
        connection.execute(OUTBOX.insert(), rows)
    for number in (51, 52):
        with amy.engine.begin() as connection:
            row = {"unit": f"u{number}", "action": "a", "at_ms": 1, "state": outbox.REFUSED, "seq": number}
            connection.execute(OUTBOX.insert(), row)
            refusals.drop(connection, f"u{number}")
        dropped = amy.replica.dropped_units()
        assert [unit.id for unit in dropped] == [f"u{n}" for n in range(number - 49, number + 1)]
