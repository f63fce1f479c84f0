"""What a column takes, told for one value and for many."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import JSON, BigInteger, Boolean, Column, Float, Integer, LargeBinary, String

import shared_models.sales.tables  # noqa: F401 - the tables of the catalogue
from shared_models.synced import Merge
from sync.columns import ColumnSpec, column_spec
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


def nested(levels: int, core: object = None) -> object:
    """`core`, or else an empty list, in so many lists."""
    value: object = [] if core is None else core
    for _ in range(levels):
        value = [value]
    return value


TEXT, ANY_TEXT, SMALL, NUMBER, FLAG, SET, FREE = COLUMNS
DOCUMENT = ColumnSpec("c", Merge.LAST, (dict, list), nullable=False, references=None, private=False)


@pytest.mark.parametrize(
    ("column", "good", "bad"),
    [
        (TEXT, ["", "长" * 8], ["长" * 9, "a\0", None, 1, True, []]),
        (ANY_TEXT, [None, "长" * 10_000], ["\0", 0]),
        (SMALL, [0, 2**31 - 1, -(2**31) + 1], [2**31, -(2**31), True, 1.0, "1", None]),
        (NUMBER, [None, 1, 1.5, -(2.0**62)], [float("inf"), float("nan"), False, 2**63, 2.0**64, "1"]),
        (FLAG, [True, False], [0, 1, None, "true"]),
        (SET, [[], ["a", "b"]], [[1], ["a", None], ["\0"], {}, "a", None]),
        (FREE, [{}, {"a": "b", "c": 1, "d": None, "e": 0.5}], [{"": 1}, {"a": []}, {"a": {}}, {"a": "\0"}, {"\0": 1}, []]),
        (DOCUMENT, [nested(19), {"a": [{"b": None}]}, [], {}], [nested(20), [float("nan")], {1: 2}, "a", 1]),
        (DOCUMENT, [{"a": nested(18)}], [{"a": nested(19)}, {"a": {"b\0": 1}}]),
        (DOCUMENT, [nested(19, {})], [nested(20, {})]),
    ],
)  # fmt: skip
def test_a_column_takes_what_every_database_and_every_device_can_hold(column, good, bad):
    assert [value for value in good if not column.accepts(value)] == []
    assert [value for value in bad if column.accepts(value)] == []


@pytest.mark.parametrize(
    ("column", "values", "fit"),
    [
        (TEXT, ["a", "b"], True),
        (TEXT, ["a", None], False),
        (TEXT, [None], False),
        (ANY_TEXT, ["a", None], True),
        (ANY_TEXT, [None, None], True),
        (ANY_TEXT, [1, None], False),
        (SMALL, [1, 2**31], False),
        (SMALL, [1, -(2**31)], False),
        (FLAG, [True, False], True),
        (SMALL, [True], False),
        (SET, [["a"], []], True),
        (SET, [[], {}], False),
    ],
)
def test_values_fit_together_when_each_of_them_does(column, values, fit):
    assert column.accepts_all(values) is fit


class Word(str):
    """As a member of an enumeration is one."""

    __slots__ = ()


@pytest.mark.parametrize("value", ["", "长" * 8, "长" * 9, "a\0"])
def test_a_text_of_a_kind_of_its_own_is_judged_as_any_other(value):
    assert TEXT.accepts(Word(value)) == TEXT.accepts(value)
    assert ANY_TEXT.accepts(Word(value)) == ANY_TEXT.accepts(value)
    assert not SMALL.accepts(Word(value))


def test_whoever_knew_nothing_of_a_column_leaves_it_empty():
    assert [each.empty() for each in (TEXT, ANY_TEXT, SMALL, FLAG, SET, FREE)] == ["", None, 0, False, [], {}]


def test_what_a_table_declares_is_read_from_it():
    columns = catalogue()["lead"].columns
    assert (columns["budget_fen"].types, columns["budget_fen"].most) == ((int,), 2**63 - 1)
    assert (columns["owner_id"].references, columns["owner_id"].nullable) == ("staff", True)
    assert (columns["attributes"].merge, columns["attributes"].types) == (Merge.FIELDS, (dict,))
    assert columns["notes"].merge is Merge.TEXT
    assert not columns["name"].private
    assert columns["name"].visible_to is None
    small = catalogue()["orderline"].columns["position"]
    assert (small.types, small.most) == ((int,), 2**31 - 1)


@pytest.mark.parametrize(
    ("column", "types", "most"),
    [
        (Column("c", Integer), (int,), 2_147_483_647),
        (Column("c", BigInteger), (int,), 9_223_372_036_854_775_807),
        (Column("c", Float), (int, float), 9_223_372_036_854_775_807),
        (Column("c", Boolean), (bool,), 9_223_372_036_854_775_807),
        (Column("c", LargeBinary), (bytes,), 9_223_372_036_854_775_807),
        (Column("c", JSON), (dict, list), 9_223_372_036_854_775_807),
        (Column("c", JSON, info={"merge": Merge.SET}), (list,), 9_223_372_036_854_775_807),
        (Column("c", JSON, info={"merge": Merge.FIELDS}), (dict,), 9_223_372_036_854_775_807),
    ],
)
def test_a_column_takes_what_its_type_in_the_database_does_and_no_larger_number(column, types, most):
    spec = column_spec(column)
    assert (spec.types, spec.most) == (types, most)


def test_a_column_that_says_nothing_is_anybodys_and_the_later_value_wins():
    plain = column_spec(Column("c", String, nullable=False))
    assert plain == ColumnSpec("c", Merge.LAST, (str,), nullable=False, references=None, private=False)
    info = {
        "private": True,
        "follows": "d",
        "visible_to": "company",
        "writable_by": ("a:1",),
        "references": "lead",
    }
    told = column_spec(Column("c", String(8), info=info))
    assert (told.private, told.follows, told.visible_to, told.writable_by) == (True, "d", "company", ("a:1",))
    assert (told.references, told.longest, told.nullable) == ("lead", 8, True)
