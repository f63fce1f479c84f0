"""What becomes of edits by two people of one record: merged, or one of them kept to be read (S8, S9)."""

from shared_models.sales.tables import Lead, LeadStage
from sync.conflict import Conflict
from tests.convergence.edits import HOUR_MS, edit, shared_lead


def test_edits_of_different_fields_merge_without_a_conflict(world):
    a, m = world.device("A", "amy"), world.device("M", "max")
    lead = shared_lead(world, a, m)
    edit(a, lead, budget_fen=9_000_000)
    edit(m, lead, region="福田")
    world.settle()
    for row in (world.get(Lead, lead), a.get(Lead, lead), m.get(Lead, lead)):
        assert (row.budget_fen, row.region) == (9_000_000, "福田")
    assert world.all(Conflict) == []


def test_the_later_edit_wins_however_late_the_earlier_one_arrives_and_the_loser_is_kept(world):
    a, m = world.device("A", "amy", clock_ms=-90 * 60_000), world.device("M", "max")
    lead = shared_lead(world, a, m)
    edit(m, lead, budget_fen=1)
    world.now_ms += HOUR_MS
    edit(a, lead, budget_fen=2)
    a.sync()
    m.sync()
    world.settle()
    assert (
        world.get(Lead, lead).budget_fen == a.get(Lead, lead).budget_fen == m.get(Lead, lead).budget_fen == 2
    )
    (conflict,) = m.replica.open_conflicts()
    assert (conflict.kept_value(), conflict.lost_value(), conflict.lost_by) == (2, 1, "max")


def test_a_conflict_says_of_both_values_who_when_and_on_which_device(world):
    a, m = world.device("A", "amy"), world.device("M", "max")
    lead = shared_lead(world, a, m)
    edit(m, lead, budget_fen=1)
    lost_at_ms = world.now_ms
    edit(a, lead, budget_fen=2)
    world.settle()
    (conflict,) = a.replica.open_conflicts()
    assert (conflict.lost_by, conflict.lost_device, conflict.lost_device_name) == ("max", "M", "M's tablet")
    assert (conflict.kept_by, conflict.kept_device, conflict.kept_device_name) == ("amy", "A", "A's tablet")
    assert (conflict.lost_at_ms, conflict.kept_at_ms) == (lost_at_ms, lost_at_ms + 1_000)


def test_a_lost_value_is_taken_back_with_one_action_and_everybody_sees_it(world):
    a, m = world.device("A", "amy"), world.device("M", "max")
    lead = shared_lead(world, a, m)
    edit(a, lead, budget_fen=1)
    edit(m, lead, budget_fen=2)
    world.settle()
    (conflict,) = a.replica.open_conflicts()
    a.replica.take_other(conflict.id)
    world.settle()
    assert world.get(Lead, lead).budget_fen == m.get(Lead, lead).budget_fen == 1
    assert m.replica.open_conflicts() == []


def test_an_edit_whose_author_saw_the_value_applies_even_when_the_clock_is_a_year_slow(world):
    a, m = world.device("A", "amy", clock_ms=-365 * 24 * HOUR_MS), world.device("M", "max")
    lead = shared_lead(world, a, m)
    edit(m, lead, budget_fen=1)
    m.sync()
    a.sync()
    edit(a, lead, budget_fen=2)
    world.settle()
    assert world.get(Lead, lead).budget_fen == 2
    assert world.all(Conflict) == []


def test_sets_and_notes_of_two_people_are_united(world):
    a, m = world.device("A", "amy"), world.device("M", "max")
    lead = shared_lead(world, a, m)
    edit(a, lead, styles=["现代"], notes="喜欢云栖\n担心清洁\n")
    world.settle()
    edit(a, lead, styles=["现代", "北欧"], notes="喜欢云栖\n担心清洁\n周末来\n")
    edit(m, lead, styles=["中式"], notes="很喜欢云栖\n担心清洁\n")
    world.settle()
    row = world.get(Lead, lead)
    assert sorted(row.styles) == sorted(["中式", "北欧"])
    assert row.notes == "很喜欢云栖\n担心清洁\n周末来\n"
    assert a.get(Lead, lead).notes == m.get(Lead, lead).notes == row.notes


def test_a_status_never_goes_where_its_machine_forbids(world):
    a, m = world.device("A", "amy"), world.device("M", "max")
    lead = shared_lead(world, a, m)
    edit(a, lead, stage=LeadStage.WON)
    a.sync()
    edit(m, lead, stage=LeadStage.LOST)
    world.settle()
    assert world.get(Lead, lead).stage == m.get(Lead, lead).stage == LeadStage.WON
    (conflict,) = world.all(Conflict)
    assert conflict.lost_value() == LeadStage.LOST


def test_free_fields_of_one_record_merge_name_by_name_and_a_conflict_names_the_field(world):
    a, m = world.device("A", "amy"), world.device("M", "max")
    lead = shared_lead(world, a, m, attributes={"风格": "现代", "楼层": "3"})
    edit(a, lead, attributes={"风格": "北欧", "楼层": "3"})
    edit(m, lead, attributes={"风格": "中式", "楼层": "3", "电梯": "有"})
    edit(m, lead, attributes={"风格": "中式", "电梯": "有"})
    world.settle()
    for row in (world.get(Lead, lead), a.get(Lead, lead), m.get(Lead, lead)):
        assert row.attributes == {"风格": "中式", "电梯": "有"}
    (conflict,) = a.replica.open_conflicts()
    assert (conflict.field, conflict.within, conflict.kept_value(), conflict.lost_value()) == (
        "风格",
        "attributes",
        "中式",
        "北欧",
    )
    a.replica.take_other(conflict.id)
    world.settle()
    assert world.get(Lead, lead).attributes == m.get(Lead, lead).attributes == {"风格": "北欧", "电梯": "有"}


def test_a_free_field_that_the_office_wrote_is_weighed_by_its_own_time(world):
    a = world.device("A", "amy")
    lead = shared_lead(world, a, attributes={"风格": "现代", "楼层": "3"})
    edit(a, lead, attributes={"风格": "北欧", "楼层": "4"})
    world.now_ms += HOUR_MS
    with world.office() as session:
        session.get_one(Lead, lead).attributes = {"风格": "中式", "楼层": "3"}
    world.settle()
    assert world.get(Lead, lead).attributes == {"风格": "中式", "楼层": "4"}
