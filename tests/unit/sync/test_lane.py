"""Which bytes go next beside the rows, and which are let go when room runs short."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.lane import Item, State, in_turn, let_go, rest_ms

NOW = 1_000_000


def item(name: str, state: State, *, first: bool = False, **changes) -> Item:
    values = {"sha256": "0" * 64, "size": 10, "at_ms": 1} | changes
    return Item("photo", name, "thumbnail" if first else "picture", state=state, first=first, **values)


ITEMS = st.lists(
    st.builds(
        item,
        st.text("abc", min_size=1, max_size=3),
        st.sampled_from(State),
        first=st.booleans(),
        size=st.integers(1, 50),
        used_at_ms=st.integers(0, 9),
        retry_at_ms=st.sampled_from([0, NOW, NOW + 1]),
    ),
    max_size=12,
)


def names(items: list[Item]) -> list[str]:
    return [each.row_id for each in items]


@pytest.mark.parametrize("at_ms", [NOW, 0, -NOW])
def test_thumbnails_go_up_first_then_what_a_person_waits_for_then_thumbnails_down_then_pictures_up(at_ms):
    items = [
        item("picture-up", State.WAITING, at_ms=at_ms),
        item("thumbnail-down", State.WANTED, first=True, at_ms=at_ms),
        item("picture-down", State.WANTED, at_ms=at_ms),
        item("thumbnail-up", State.WAITING, first=True, at_ms=at_ms),
    ]
    assert names(in_turn(items, NOW)) == ["thumbnail-up", "picture-down", "thumbnail-down", "picture-up"]


def test_the_newest_thumbnail_comes_first_and_the_oldest_picture_goes_first():
    down = [item(f"down{at}", State.WANTED, first=True, at_ms=at) for at in (1, 3, 2)]
    up = [item(f"up{at}", State.WAITING, at_ms=at) for at in (2, 1, 3)]
    assert names(in_turn([*up, *down], NOW)) == ["down3", "down2", "down1", "up1", "up2", "up3"]


def test_what_failed_rests_and_does_not_keep_the_others_waiting():
    resting = item("a", State.WAITING, first=True, retry_at_ms=NOW + 1)
    assert names(in_turn([resting, item("b", State.WAITING)], NOW)) == ["b"]
    assert names(in_turn([resting], NOW + 1)) == ["a"]


def test_rests_double_from_a_quarter_of_a_minute_up_to_an_hour():
    assert [rest_ms(tries) for tries in (0, 1, 2, 3, 4)] == [15_000, 15_000, 30_000, 60_000, 120_000]
    assert [rest_ms(tries) for tries in (8, 9, 500)] == [1_920_000, 3_600_000, 3_600_000]


def test_an_item_that_never_failed_was_never_looked_at_and_has_no_reason_to_rest():
    new = item("a", State.WAITING)
    assert (new.used_at_ms, new.tries, new.retry_at_ms, new.code) == (0, 0, 0, "")


@given(ITEMS)
def test_neither_drafts_nor_what_is_here_is_ever_carried(items):
    assert {each.state for each in in_turn(items, NOW)} <= {State.WAITING, State.WANTED}


@given(ITEMS, st.integers(0, 300))
def test_only_confirmed_pictures_are_let_go_and_no_more_of_them_than_it_takes(items, room):
    gone = let_go(items, room)
    assert all(each.state == State.HERE and not each.first for each in gone)
    held = sum(each.size for each in items if each.state != State.WANTED)
    left = held - sum(each.size for each in gone)
    could_go = [each for each in items if each.state == State.HERE and not each.first and each not in gone]
    assert left <= room or not could_go
    if gone:
        assert left + gone[-1].size > room


def test_what_was_looked_at_last_is_let_go_last():
    items = [item(f"p{used}", State.HERE, used_at_ms=used) for used in (3, 1, 2)]
    assert names(let_go(items, 10)) == ["p1", "p2"]


def test_of_those_not_looked_at_since_the_same_moment_the_first_by_name_goes():
    items = [item(name, State.HERE, used_at_ms=5) for name in ("c", "a", "b")]
    assert names(let_go(items, 20)) == ["a"]
    assert names(let_go(items, 30)) == []
