"""What two edits of one column become, for each merge policy (R13)."""

import pytest
from sqlalchemy import JSON, Column, Integer, MetaData, String, Table

from shared_models.synced import Kind, Merge, Policy
from sync.clock import Stamp
from sync.columns import ColumnSpec
from sync.merge import merge_row
from sync.places import Place
from sync.schema import TableSpec

EARLY, NOW, LATE = Stamp(1_000, 0, "A"), Stamp(2_000, 0, "B"), Stamp(3_000, 0, "C")


@pytest.fixture
def spec():
    types = {
        "last": (String, Merge.LAST, str),
        "members": (JSON, Merge.SET, list),
        "stock": (Integer, Merge.COUNTER, int),
        "text": (String, Merge.TEXT, str),
        "stage": (String, Merge.STATE, str),
        "server": (String, Merge.SERVER, str),
        "author": (String, Merge.AUTHOR, str),
        "at_ms": (Integer, Merge.ACTION_TIME, int),
        "free": (JSON, Merge.FIELDS, dict),
    }
    table = Table("thing", MetaData(), *(Column(name, kind) for name, (kind, _, _) in types.items()))
    columns = {
        name: ColumnSpec(name, merge, (python,), nullable=True, references=None, private=False)
        for name, (_, merge, python) in types.items()
    }
    steps = {"open": frozenset({"busy", "done"}), "busy": frozenset({"done"})}
    return TableSpec(table, Policy(Kind.RECORD, transitions=steps), columns)


def merged(spec, name, *, seen, value, present, stamp=NOW, standing=EARLY):
    """What stands in the end, under which stamp, and what gave way: (base, kept, lost, whether it was the arriving one)."""
    found = merge_row(
        spec, {name: present}, {name: standing} if standing else {}, {name: value}, {name: seen}, stamp
    )
    assert all(each.place == Place(name) for each in found.lost)
    lost = [(each.base, each.kept, each.lost, each.incoming_lost) for each in found.lost]
    return found.fields.get(name, present), found.stamps.get(name), lost


@pytest.mark.parametrize("name", ["last", "members", "text", "stage", "server", "author", "at_ms"])
def test_equal_values_never_conflict_and_change_nothing(spec, name):
    assert merged(spec, name, seen="x", value="y", present="y") == ("y", None, [])


@pytest.mark.parametrize("name", ["server", "author", "at_ms"])
def test_what_the_hub_fills_in_no_device_writes(spec, name):
    assert merged(spec, name, seen=1, value=2, present=1) == (1, None, [])


@pytest.mark.parametrize("name", ["last", "text"])
def test_who_saw_the_present_value_replaces_it_whatever_the_clock_says(spec, name):
    assert merged(spec, name, seen="x", value="y", present="x", standing=LATE) == (
        "y",
        Stamp(3_000, 1, "B"),
        [],
    )
    assert merged(spec, name, seen=None, value="y", present=None, standing=None) == ("y", NOW, [])


@pytest.mark.parametrize("name", ["last", "text"])
def test_of_two_concurrent_values_the_later_stands_and_the_other_is_told(spec, name):
    assert merged(spec, name, seen="x", value="y", present="z") == ("y", NOW, [("x", "y", "z", False)])
    assert merged(spec, name, seen="x", value="y", present="z", standing=LATE) == (
        "z", None, [("x", "z", "y", True)],
    )  # fmt: skip
    assert merged(spec, name, seen="x", value="y", present="z", standing=NOW)[0] == "z"
    assert merged(spec, name, seen="x", value="y", present="z", standing=None)[0] == "y"


def test_a_value_never_changed_since_the_insert_has_the_stamp_of_the_insert(spec):
    for standing, kept in ((LATE, "z"), (EARLY, "y")):
        found = merge_row(spec, {"last": "z"}, {"": standing}, {"last": "y"}, {"last": "x"}, NOW)
        assert found.fields.get("last", "z") == kept


def test_of_a_set_both_additions_and_both_removals_count(spec):
    merged_set = merged(
        spec, "members", seen=["a", "b"], value=["c", "b"], present=["b", "a", "d"], standing=LATE
    )
    assert merged_set == (["b", "c", "d"], Stamp(3_000, 1, "B"), [])
    assert merged(spec, "members", seen=["a", "b"], value=["a"], present=["a"])[0] == ["a"]
    assert merged(spec, "members", seen=None, value=["b", "a"], present=None)[0] == ["a", "b"]
    assert merged(spec, "members", seen=["a"], value=None, present=["a", "b"])[0] == ["b"]


def test_a_status_takes_only_a_step_that_is_allowed_from_where_it_is(spec):
    assert merged(spec, "stage", seen="open", value="done", present="busy", standing=LATE)[0] == "done"
    assert merged(spec, "stage", seen="open", value="busy", present="done") == (
        "done", None, [("open", "done", "busy", True)],
    )  # fmt: skip
    assert merged(spec, "stage", seen="done", value="open", present="done")[0] == "done"


def test_a_table_without_steps_lets_no_status_change(spec):
    bare = TableSpec(spec.table, Policy(Kind.RECORD), spec.columns)
    assert merged(bare, "stage", seen="open", value="busy", present="open")[0] == "open"


def test_two_edits_of_different_lines_of_a_text_both_stand(spec):
    assert merged(
        spec,
        "text",
        seen="one\ntwo\nthree",
        value="ONE\ntwo\nthree",
        present="one\ntwo\nTHREE",
        standing=LATE,
    ) == ("ONE\ntwo\nTHREE", Stamp(3_000, 1, "B"), [])
    assert merged(spec, "text", seen="one\ntwo", value="one\ntwo\nthree", present="zero\none\ntwo")[0] == (
        "zero\none\ntwo\nthree"
    )
    assert merged(spec, "text", seen="one\ntwo", value="ONE\ntwo", present="one\nTWO") == (
        "ONE\ntwo", NOW, [("one\ntwo", "ONE\ntwo", "one\nTWO", False)],
    )  # fmt: skip


def test_a_line_that_both_changed_alike_is_no_conflict(spec):
    both = merged(spec, "text", seen="a\nb\nc\nd", value="A\nb\nc\nD", present="A\nb\nc\nd", standing=LATE)
    assert both == ("A\nb\nc\nD", Stamp(3_000, 1, "B"), [])


def test_a_text_that_was_emptied_meanwhile_is_a_conflict(spec):
    assert merged(spec, "text", seen="a", value="b", present=None)[2] == [("a", "b", None, False)]
    assert merged(spec, "text", seen="a", value=None, present="b")[2] == [("a", None, "b", False)]
    assert merged(spec, "text", seen=None, value="a", present="b")[2] == [(None, "a", "b", False)]


def test_keys_of_free_fields_merge_each_on_its_own(spec):
    found = merge_row(
        spec,
        {"free": {"colour": "red", "size": "L", "wood": "oak"}},
        {"free.colour": LATE, "": EARLY},
        {"free": {"colour": "blue", "size": "M", "legs": "4"}},
        {"free": {"colour": "white", "size": "L", "wood": "oak"}},
        NOW,
    )
    assert found.fields == {"free": {"colour": "red", "size": "M", "legs": "4"}}
    assert found.stamps == {"free.size": NOW, "free.legs": NOW, "free.wood": NOW}
    [lost] = found.lost
    assert (lost.place, lost.base, lost.kept, lost.lost) == (Place("free", "colour"), "white", "red", "blue")


def test_each_column_of_an_edit_is_merged(spec):
    found = merge_row(
        spec,
        {"last": "a", "stock": 3},
        {},
        {"server": "x", "last": "b", "stock": 4},
        {"last": "a", "stock": 3},
        NOW,
    )
    assert found.fields == {"last": "b", "stock": 4}


def test_two_who_count_the_same_are_counted_twice(spec):
    assert merged(spec, "stock", seen=10, value=8, present=8)[0] == 6
    assert merged(spec, "stock", seen=10, value=12, present=7)[0] == 9
    assert merged(spec, "stock", seen=None, value=2, present=None)[0] == 2
    assert merged(spec, "stock", seen=3, value=0, present=5)[0] == 2
    assert merged(spec, "stock", seen=0, value=2, present=0)[0] == 2


def test_a_counter_that_did_not_move_leaves_the_stock_alone(spec):
    assert merged(spec, "stock", seen=10, value=10, present=7) == (7, None, [])
