"""What a column takes, told for one value and for many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_models.synced import Merge
from sync.columns import ColumnSpec
from sync.device.rows import _is_left, build
from sync.schema import catalogue
from sync.wire import Change

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**65), 2**65),
    st.integers(-5, 5),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["", "\0", "a\0b", "长" * 9]),
    st.lists(st.one_of(st.text(max_size=3), st.integers()), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)
COLUMNS = [
    ColumnSpec("c", Merge.LAST, (str,), nullable=False, references=None, private=False, longest=8),
    ColumnSpec("c", Merge.LAST, (str,), nullable=True, references=None, private=False),
    ColumnSpec("c", Merge.LAST, (int,), nullable=False, references=None, private=False, most=2**31 - 1),
    ColumnSpec("c", Merge.LAST, (int, float), nullable=True, references=None, private=False),
    ColumnSpec("c", Merge.LAST, (bool,), nullable=False, references=None, private=False),
    ColumnSpec("c", Merge.SET, (list,), nullable=False, references=None, private=False),
    ColumnSpec("c", Merge.FIELDS, (dict,), nullable=False, references=None, private=False),
]


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.types[0].__name__)
@given(st.one_of(st.lists(VALUES, min_size=1, max_size=4), VALUES.map(lambda value: [value] * 3)))
def test_judging_a_column_at_once_says_the_same_as_value_by_value(column, values):
    assert column.accepts_all(values) == all(column.accepts(value) for value in values)


LEAD = {name: each.empty() for name, each in catalogue()["lead"].columns.items()} | {"id": "a"}
CHANGES = st.lists(
    st.sampled_from(
        [
            Change("lead", "a", "put", LEAD),
            Change("lead", "a", "put", {"region": "南山"}, {"region": ""}),
            Change("lead", "a", "del", {}, LEAD),
        ]
    ),
    max_size=5,
)


@given(CHANGES)
def test_whether_changes_leave_a_row_is_told_without_building_it(changes):
    assert _is_left(changes) == (build(catalogue()["lead"], None, changes) is not None)
