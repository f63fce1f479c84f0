"""Rows that were handed out lately are handed out again as long as they are still the same, and only so many are kept."""

from sync.hub.reading import RecentRows

EARLY, LATE, LATER = (0, 5), (0, 9), (1, 0)


def rows(*ids: str) -> dict[str, tuple[str, ...]]:
    return {row_id: (row_id, "as it was") for row_id in ids}


def kept(recent: RecentRows, *ids: str) -> list[str]:
    return [row_id for row_id in ids if recent.get("lead", row_id, EARLY) is not None]


def test_a_row_is_the_same_until_its_entry_moves_past_the_moment_at_which_it_was_read():
    recent = RecentRows()
    recent.keep("lead", rows("a"), LATE)
    assert recent.get("lead", "a", EARLY) == recent.get("lead", "a", LATE) == ("a", "as it was")
    assert recent.get("lead", "a", (0, 10)) is None
    assert recent.get("lead", "a", LATER) is None
    recent.keep("lead", {"a": ("a", "as it is")}, LATER)
    assert recent.get("lead", "a", LATER) == ("a", "as it is")


def test_rows_of_two_tables_with_one_name_are_told_apart():
    recent = RecentRows()
    recent.keep("lead", rows("a"), LATE)
    assert recent.get("customer", "a", EARLY) is None


def test_so_many_rows_are_kept_and_never_more_than_twice_as_many():
    recent = RecentRows(most=2)
    recent.keep("lead", rows("a", "b"), LATE)
    recent.keep("lead", rows("c"), LATE)
    recent.keep("lead", rows("d"), LATE)
    assert kept(recent, "a", "b", "c", "d") == ["a", "b", "c", "d"]
    recent = RecentRows(most=2)
    for row_id in "abcdefg":
        recent.keep("lead", rows(row_id), LATE)
        assert kept(recent, row_id) == [row_id]
    assert kept(recent, "f", "g") == ["f", "g"]
    assert kept(recent, "a", "b", "c") == []


def test_a_row_that_is_asked_for_again_and_again_outlives_those_that_nobody_wants():
    recent = RecentRows(most=2)
    recent.keep("lead", rows("wanted", "unwanted"), LATE)
    for row_id in "abcdef":
        recent.keep("lead", rows(row_id), LATE)
        assert kept(recent, "wanted") == ["wanted"]
    assert kept(recent, "unwanted") == []
