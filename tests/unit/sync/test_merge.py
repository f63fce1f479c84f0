"""What two edits of one column become, for each merge policy (R13)."""

import pytest
from sqlalchemy import JSON, Column, Integer, MetaData, String, Table

from shared_models.synced import Kind, Merge, Policy
from sync.clock import Stamp
from sync.columns import ColumnSpec
from sync.merge import merge_row
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
    }
    table = Table("thing", MetaData(), *(Column(name, kind) for name, (kind, _, _) in types.items()))
    columns = {
        name: ColumnSpec(name, merge, (python,), nullable=True, references=None, private=False)
        for name, (_, merge, python) in types.items()
    }
    steps = {"open": frozenset({"busy", "done"}), "busy": frozenset({"done"})}
    return TableSpec(table, Policy(Kind.RECORD, transitions=steps), columns)


def merged(spec, name, *, seen, value, present, stamp=NOW, standing=EARLY):
    found = merge_row(
        spec, {name: present}, {name: standing} if standing else {}, {name: value}, {name: seen}, stamp
    )
    lost = [(each.column, each.base, each.kept, each.lost, each.incoming_lost) for each in found.lost]
    return found.fields.get(name, present), found.stamps.get(name), lost


def test_two_who_count_the_same_are_counted_twice(spec):
    assert merged(spec, "stock", seen=10, value=8, present=8)[0] == 6
    assert merged(spec, "stock", seen=10, value=12, present=7)[0] == 9
    assert merged(spec, "stock", seen=None, value=2, present=None)[0] == 2


def test_a_counter_that_did_not_move_leaves_the_stock_alone(spec):
    assert merged(spec, "stock", seen=10, value=10, present=7) == (7, None, [])
