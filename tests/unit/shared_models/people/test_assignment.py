"""A new lead goes to who fits and has room, and it is never left to chance (R18)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_models.people.assignment import Assignment, Candidate, assign
from shared_models.people.tables import Role


def candidate(staff_id: str, region: str = "", category: str = "", **rest: object) -> Candidate:
    return Candidate(
        staff_id,
        regions=frozenset(filter(None, [region])),
        categories=frozenset(filter(None, [category])),
        **rest,
    )


STAFF = [
    candidate("陈", "罗湖", "衣柜", capacity=10, open_leads=10),
    candidate("林", "罗湖", "衣柜", capacity=10, open_leads=4),
    candidate("吴", "罗湖", "书桌", capacity=10, open_leads=1),
    candidate("何", "宝安", "衣柜", capacity=10, open_leads=2),
    candidate("高", "宝安", "书桌", capacity=10, open_leads=0, on_leave=True),
    candidate("主任", role=Role.STORE_MANAGER),
    candidate("田", "盐田", "茶几", capacity=6, open_leads=5),
]


def assigned_in_turn(staff: list[Candidate], inquiries: list[tuple[str, str]]) -> list[str | None]:
    """Who gets each of several inquiries; every one assigned is open from then on."""
    owners: list[str | None] = []
    last_by_turn = None
    for region, category in inquiries:
        found = assign(staff, region=region, category=category, last_by_turn=last_by_turn)
        owners.append(found.staff_id if found else None)
        if found is not None:
            last_by_turn = found.staff_id if found.by_turn else last_by_turn
            staff = [
                replace(person, open_leads=person.open_leads + (person.staff_id == found.staff_id))
                for person in staff
            ]
    return owners


def test_region_and_category_come_before_region_before_category_before_turns() -> None:
    inquiries = [
        ("罗湖", "衣柜"),
        ("罗湖", "灯"),
        ("龙岗", "衣柜"),
        ("宝安", "书桌"),
        ("盐田", "衣柜"),
        ("盐田", "茶几"),
    ]
    assert assigned_in_turn(STAFF, inquiries) == ["林", "吴", "何", "何", "田", "林"]


def test_turns_go_round_in_staff_order_until_nobody_has_room() -> None:
    staff = [
        candidate("s1", capacity=2),
        candidate("s2", capacity=1),
        candidate("s3", capacity=5, on_leave=True),
    ]
    assert assigned_in_turn(staff, [("东", "灯")] * 4) == ["s1", "s2", "s1", None]


def test_the_turn_goes_on_after_the_last_and_begins_anew_when_that_person_has_left() -> None:
    staff = [candidate("s1"), candidate("s2"), candidate("s3")]
    assert assign(staff, region="", category="", last_by_turn="s2") == Assignment("s3", by_turn=True)
    assert assign(staff, region="", category="", last_by_turn="s3") == Assignment("s1", by_turn=True)
    assert assign(staff, region="", category="", last_by_turn="gone") == Assignment("s1", by_turn=True)


def test_the_lowest_load_wins_and_staff_order_breaks_a_tie() -> None:
    half, third, same = (
        candidate("half", "东", capacity=4, open_leads=2),
        candidate("third", "东", capacity=9, open_leads=3),
        candidate("same", "东", capacity=3, open_leads=1),
    )
    assert assign([half, third, same], region="东", category="灯", last_by_turn=None) == Assignment("third")
    assert assign([half, same, third], region="东", category="灯", last_by_turn=None) == Assignment("same")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SALES])
def test_managers_and_the_office_take_no_part(role: Role) -> None:
    assert (
        assign([candidate("m", "东", "灯", role=role)], region="东", category="灯", last_by_turn=None) is None
    )


def test_nobody_at_all_is_nobody() -> None:
    assert assign([], region="东", category="灯", last_by_turn="s1") is None


@given(
    st.lists(
        st.builds(
            Candidate,
            st.uuids().map(str),
            regions=st.frozensets(st.sampled_from("东西")),
            categories=st.frozensets(st.sampled_from("灯床")),
            capacity=st.integers(0, 3),
            open_leads=st.integers(0, 3),
            on_leave=st.booleans(),
        )
    ),
    st.sampled_from("东西"),
    st.sampled_from("灯床"),
)
def test_a_lead_is_only_unassigned_when_nobody_is_free(
    staff: list[Candidate], region: str, category: str
) -> None:
    found = assign(staff, region=region, category=category, last_by_turn=None)
    free = {person.staff_id for person in staff if person.is_free}
    assert (found is None) == (not free)
    if found is not None:
        assert found.staff_id in free
