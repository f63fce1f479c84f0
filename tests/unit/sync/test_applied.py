"""What the rules of the business are told of a row that was merged by itself."""

import pytest

from sync.hub.applied import Merged


@pytest.fixture
def merged():
    return Merged("lead", "l", "put", {"phone": None}, {"id": "l", "phone": None, "name": "王芳"})


def test_a_column_has_the_value_of_the_row_whether_it_changed_or_not(merged):
    assert (merged.value("phone"), merged.value("name")) == (None, "王芳")


def test_only_what_really_changed_counts_as_changed_also_where_nothing_is_left(merged):
    assert [name for name in merged.row if merged.changes(name)] == ["phone"]
