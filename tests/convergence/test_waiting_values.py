"""Values that came before the hub had a column for them are put in place once it has, as if they arrived then (S8)."""

from typing import Any

import pytest
from sqlmodel import Session

from shared_models import versions
from shared_models.sales.tables import FollowUp, Lead
from shared_models.versions import Release
from sync import wire
from sync.conflict import Conflict
from sync.hub.recorder import take_told
from sync.hub.replaying import replay
from sync.hub.tables import SyncOperation, SyncRowState
from tests.convergence.world import Device, World, make_follow_up, make_lead


@pytest.fixture
def amy(world) -> Device:
    tablet = world.device("A", "amy")
    with tablet.act() as session:
        lead = make_lead(id="l")
        session.add_all([lead, make_follow_up(lead, id="f")])
    world.settle()
    return tablet


def waits(
    world: World, unit_id: str, *changes: wire.Change, columns: tuple[str, ...], at_ms: int = 0
) -> None:
    """A unit as an older hub has kept it: applied but for these columns, which this one has."""
    unit = wire.Unit(unit_id, "edit", at_ms or world.now_ms, list(changes), 99)
    with Session(world.engine) as session:
        session.add(
            SyncOperation(
                device_id="A",
                unit_id=unit_id,
                staff_id="amy",
                action="edit",
                outcome="applied",
                code="unknown_columns",
                details={"columns": list(columns)},
                digest=b"",
                payload=wire.encode(unit),
                at_ms=unit.at_ms,
                received_at_ms=world.now_ms,
            )
        )
        session.commit()


def put(table: str, row: str, seen: dict[str, Any] | None = None, **fields: Any) -> wire.Change:
    return wire.Change(table, row, "put", fields, seen or {})


def upgraded(world: World) -> tuple[int, frozenset[str]]:
    """How many units were settled by it, and which scopes are to be woken."""
    world.now_ms += 1_000
    with Session(world.engine) as session:
        count = replay(session, world.now_ms)
        told = take_told(session)
        session.commit()
    return count, told


def kept(world: World, unit_id: str) -> tuple[str, dict[str, Any]]:
    with Session(world.engine) as session:
        operation = session.get_one(SyncOperation, ("A", unit_id))
        return operation.code, operation.details


def test_a_value_that_waited_is_in_place_and_told_to_everybody_who_sees_the_row_once(world, amy):
    waits(
        world,
        "u",
        put("lead", "l", {"region": "", "name": "陈玉兰"}, region="南山", name="else"),
        columns=("lead.region",),
    )
    assert upgraded(world) == (1, {"staff:amy", "manager:north"})
    row = world.get(Lead, "l")
    assert (row.region, row.name) == ("南山", "陈玉兰")  # what had a column was merged when it came
    assert kept(world, "u") == ("", {})
    assert upgraded(world) == (0, frozenset())
    amy.sync()
    assert amy.get(Lead, "l").region == "南山"


def test_what_has_no_column_yet_goes_on_waiting_and_does_not_keep_the_others_waiting(world, amy):
    for unit, columns in (
        ("1", ("lead.region", "lead.later")),
        ("2", ("later.region",)),
        ("3", ("lead.name.of.a.newer.app",)),
        ("4", ("lead.phone",)),
    ):
        waits(
            world,
            unit,
            put("lead", "l", {"phone": "", "region": ""}, phone="138", region="x", later=1),
            columns=columns,
        )
    assert upgraded(world)[0] == 1
    assert [kept(world, unit)[0] for unit in "1234"] == ["unknown_columns"] * 3 + [""]
    assert (world.get(Lead, "l").region, world.get(Lead, "l").phone) == ("", "138")


def test_only_what_waits_is_put_in_place(world, amy):
    unit = wire.Unit("known", "edit", world.now_ms, [put("lead", "l", {"region": ""}, region="x")])
    world.exchange(amy, wire.Request(world.now_ms, [unit], pull=False))
    waits(world, "u", put("lead", "l", {"phone": ""}, phone="138"), columns=("lead.phone",))
    assert upgraded(world)[0] == 1
    with Session(world.engine) as session:
        assert session.get_one(SyncOperation, ("A", "known")).outcome == "applied"


def test_units_that_waited_are_put_in_place_in_the_order_in_which_they_came(world, amy):
    waits(world, "b", put("lead", "l", {"region": ""}, region="first"), columns=("lead.region",))
    world.now_ms += 1_000
    waits(world, "a", put("lead", "l", {"region": "first"}, region="then"), columns=("lead.region",))
    assert upgraded(world)[0] == 2
    assert world.get(Lead, "l").region == "then"
    assert world.all(Conflict) == []


def test_whoever_saw_a_later_value_keeps_it_and_the_one_that_waited_is_told(world, amy):
    waits(world, "u", put("lead", "l", {"region": ""}, region="waited"), columns=("lead.region",))
    world.now_ms += 1_000
    with world.office() as session:
        session.get_one(Lead, "l").region = "later"
    assert upgraded(world)[0] == 1
    (conflict,) = world.all(Conflict)
    assert (world.get(Lead, "l").region, conflict.lost_value(), conflict.lost_by) == (
        "later",
        "waited",
        "amy",
    )


def test_of_a_new_row_the_author_saw_an_empty_value_before(world, amy):
    waits(world, "u", put("lead", "l", region="南山"), columns=("lead.region",))
    assert upgraded(world)[0] == 1
    assert (world.get(Lead, "l").region, world.all(Conflict)) == ("南山", [])


def test_a_log_gets_the_value_that_it_lacked_for_good(world, amy):
    waits(world, "u", put("followup", "f", note="said", staff_id="bob"), columns=("followup.note",))
    assert upgraded(world)[0] == 1
    assert (world.get(FollowUp, "f").note, world.get(FollowUp, "f").staff_id) == ("said", "amy")
    amy.sync()
    assert amy.get(FollowUp, "f").note == "said"


@pytest.mark.parametrize(
    "change", [put("lead", "gone", {"region": ""}, region="x"), put("lead", "l", {"region": ""}, region=5)]
)
def test_a_value_without_its_row_or_none_of_its_column_is_kept_with_its_unit_and_settled(world, amy, change):
    waits(world, "u", change, columns=("lead.region",))
    assert upgraded(world) == (1, frozenset())
    assert world.get(Lead, "l").region == ""


def test_a_value_under_an_older_name_is_put_under_the_present_one(world, amy, monkeypatch):
    renamed = versions.Renamed(since=100, table="lead", old="district", new="region")
    monkeypatch.setattr(versions, "RELEASE", Release(100, renamed=(renamed,)))
    waits(world, "u", put("lead", "l", {"district": ""}, district="南山"), columns=("lead.region",))
    assert upgraded(world)[0] == 1
    assert world.get(Lead, "l").region == "南山"


def test_a_value_that_waited_is_stamped_with_the_time_of_its_action_and_its_author(world, amy):
    at_ms = world.now_ms + 500
    waits(world, "u", put("lead", "l", {"region": ""}, region="南山"), columns=("lead.region",), at_ms=at_ms)
    upgraded(world)
    with Session(world.engine) as session:
        stamps = session.get_one(SyncRowState, ("lead", "l")).stamps
    assert stamps["region"] == [at_ms, 0, "A", "amy"]
