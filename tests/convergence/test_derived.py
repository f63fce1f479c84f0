"""What follows from units by the rules of the business, and what they are called before they are judged (S3)."""

from typing import Any

from shared_models.errors import RuleError
from shared_models.sales.tables import Customer, Lead
from sync import wire
from sync.hub import Hub
from tests.convergence.forged import ask, delete, new, put, said
from tests.convergence.world import make_customer, make_lead


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
