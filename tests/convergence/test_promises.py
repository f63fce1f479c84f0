"""The promises of sync, each told as one small story between a hub and a few devices."""

import pytest
from sqlmodel import Session, select

from shared_models.sales.tables import Customer, FollowUp, Lead, LeadStage
from sync import wire
from sync.conflict import Conflict
from sync.device import state
from sync.held import HeldEdit
from sync.hub.errors import ForbiddenScope
from sync.hub.recorder import SERVER, recording
from sync.hub.tables import SyncOperation
from tests.convergence.world import make_customer, make_follow_up, make_lead

HOUR_MS = 3_600_000


def test_what_one_device_does_another_shows_and_the_server_has(world):
    a, m = world.device("A", "amy"), world.device("M", "max")
    lead = make_lead(budget_fen=8_000_000)
    with a.act() as session:
        session.add(lead)
    assert a.replica.status().pending == 1
    a.sync()
    m.sync()
    assert a.replica.status().pending == 0
    assert world.get(Lead, lead.id).budget_fen == m.get(Lead, lead.id).budget_fen == 8_000_000


def test_a_new_lead_is_due_a_day_after_its_inquiry_whatever_the_device_said(world):
    a = world.device("A", "amy")
    lead = make_lead(next_due_at_ms=1)
    with a.act() as session:
        session.add(lead)
    a.sync()
    for row in (world.get(Lead, lead.id), a.get(Lead, lead.id)):
        assert row.next_due_at_ms == row.inquired_at_ms + 24 * HOUR_MS


def test_a_salesperson_is_not_handed_a_colleagues_lead(world):
    a, b = world.device("A", "amy"), world.device("B", "bob")
    lead = make_lead()
    with a.act() as session:
        session.add_all([lead, make_follow_up(lead)])
    a.sync()
    b.sync()
    assert b.get(Lead, lead.id) is None
    with b.replica.reading() as session:
        assert session.exec(select(FollowUp)).all() == []


def test_edits_of_different_fields_merge_without_a_conflict(world):
    a, m = world.device("A", "amy"), world.device("M", "max")
    lead = _shared_lead(world, a, m)
    _edit(a, lead, budget_fen=9_000_000)
    _edit(m, lead, region="福田")
    world.settle()
    for row in (world.get(Lead, lead), a.get(Lead, lead), m.get(Lead, lead)):
        assert (row.budget_fen, row.region) == (9_000_000, "福田")
    assert world.all(Conflict) == []


def test_the_later_edit_wins_however_late_the_earlier_one_arrives_and_the_loser_is_kept(world):
    a, m = world.device("A", "amy", clock_ms=-90 * 60_000), world.device("M", "max")
    lead = _shared_lead(world, a, m)
    _edit(m, lead, budget_fen=1)
    world.now_ms += HOUR_MS
    _edit(a, lead, budget_fen=2)
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
    lead = _shared_lead(world, a, m)
    _edit(m, lead, budget_fen=1)
    lost_at_ms = world.now_ms
    _edit(a, lead, budget_fen=2)
    world.settle()
    (conflict,) = a.replica.open_conflicts()
    assert (conflict.lost_by, conflict.lost_device, conflict.lost_device_name) == ("max", "M", "M's tablet")
    assert (conflict.kept_by, conflict.kept_device, conflict.kept_device_name) == ("amy", "A", "A's tablet")
    assert (conflict.lost_at_ms, conflict.kept_at_ms) == (lost_at_ms, lost_at_ms + 1_000)


def test_a_lost_value_is_taken_back_with_one_action_and_everybody_sees_it(world):
    a, m = world.device("A", "amy"), world.device("M", "max")
    lead = _shared_lead(world, a, m)
    _edit(a, lead, budget_fen=1)
    _edit(m, lead, budget_fen=2)
    world.settle()
    (conflict,) = a.replica.open_conflicts()
    a.replica.take_other(conflict.id)
    world.settle()
    assert world.get(Lead, lead).budget_fen == m.get(Lead, lead).budget_fen == 1
    assert m.replica.open_conflicts() == []


def test_an_edit_whose_author_saw_the_value_applies_even_when_the_clock_is_a_year_slow(world):
    a, m = world.device("A", "amy", clock_ms=-365 * 24 * HOUR_MS), world.device("M", "max")
    lead = _shared_lead(world, a, m)
    _edit(m, lead, budget_fen=1)
    m.sync()
    a.sync()
    _edit(a, lead, budget_fen=2)
    world.settle()
    assert world.get(Lead, lead).budget_fen == 2
    assert world.all(Conflict) == []


@pytest.mark.parametrize("lost", ["lose_request", "lose_answer"])
@pytest.mark.parametrize("number", [0, 1])
def test_a_connection_cut_anywhere_neither_loses_nor_doubles_anything(world, lost, number):
    a = world.device("A", "amy")
    lead = make_lead()
    with a.act() as session:
        session.add(lead)
    a.sync(**{lost: number})
    with a.act() as session:
        session.add(make_follow_up(lead))
    a.sync(**{lost: number})
    a.open()
    world.settle()
    assert len(world.all(Lead)) == len(world.all(FollowUp)) == 1
    assert a.replica.status().pending == 0
    assert len(world.all(SyncOperation)) == 2


def test_a_reassigned_lead_leaves_with_its_history_and_appears_at_the_new_owner(world):
    a, b = world.device("A", "amy"), world.device("B", "bob")
    lead = make_lead()
    with a.act() as session:
        session.add_all([lead, make_follow_up(lead)])
    world.settle()
    with world.office() as session:
        session.get_one(Lead, lead.id).owner_id = "bob"
    world.settle()
    assert a.get(Lead, lead.id) is None
    assert b.get(Lead, lead.id) is not None
    for device, expected in ((a, 0), (b, 1)):
        with device.replica.reading() as session:
            assert len(session.exec(select(FollowUp)).all()) == expected


def test_edits_before_losing_a_lead_apply_later_ones_are_held_and_logs_are_accepted(world):
    a, b = world.device("A", "amy"), world.device("B", "bob")
    lead = _shared_lead(world, a)
    _edit(a, lead, budget_fen=1)
    world.now_ms += HOUR_MS
    with world.office() as session:
        session.get_one(Lead, lead).owner_id = "bob"
    world.now_ms += HOUR_MS
    _edit(a, lead, region="南山")
    with a.act() as session:
        session.add(make_follow_up(session.get(Lead, lead)))
    world.settle()
    row = world.get(Lead, lead)
    assert (row.budget_fen, row.region) == (1, "")
    assert len(world.all(FollowUp)) == 1
    (held,) = b.replica.held_edits()
    assert (held.field, held.held_value(), held.by) == ("region", "南山", "amy")
    assert a.get(Lead, lead) is None
    assert b.get(Lead, lead).budget_fen == 1


def test_a_refused_unit_stays_word_for_word_and_does_not_block_the_queue(world):
    a = world.device("A", "amy")
    foreign = make_lead(owner="cat", store="south")
    with a.act("steal") as session:
        session.add(foreign)
    good = make_lead()
    with a.act() as session:
        session.add(good)
    with a.act("depends") as session:
        session.add(make_follow_up(foreign))
    a.sync()
    (refused,) = a.replica.refused_units()
    assert (refused.action, refused.code) == ("steal", "not_yours")
    assert refused.changes[0].fields["name"] == "陈玉兰"
    assert a.get(Lead, foreign.id) is None
    assert world.get(Lead, good.id) is not None
    assert [unit.action for unit in a.replica.pending_units()] == ["depends"]
    a.replica.drop(refused.id)
    a.sync()
    assert [unit.action for unit in a.replica.refused_units()] == ["depends"]


def test_a_forged_scope_is_refused_before_anything_is_applied(world):
    a = world.device("A", "amy")
    with a.act() as session:
        session.add(make_lead())
    with pytest.raises(ForbiddenScope):
        world.exchange(a, wire.Request(device_now_ms=world.now_ms, scopes=["staff:bob"]))
    forged = '{"at":[0,0],"scopes":["manager:north"]}'
    with pytest.raises(ForbiddenScope):
        world.exchange(a, wire.Request(device_now_ms=world.now_ms, cursor=forged))
    assert world.all(Lead) == []


def test_whoever_loses_a_role_loses_its_rows_at_the_next_sync(world):
    from shared_models.people.tables import Staff

    a, m = world.device("A", "amy"), world.device("M", "max")
    lead = _shared_lead(world, a, m)
    with world.office() as session:
        session.get_one(Staff, "max").store_id = "south"
    m.sync()
    assert m.get(Lead, lead) is None
    assert m.get(Staff, "max").store_id == "south"


def test_sets_and_notes_of_two_people_are_united(world):
    a, m = world.device("A", "amy"), world.device("M", "max")
    lead = _shared_lead(world, a, m)
    _edit(a, lead, styles=["现代"], notes="喜欢云栖\n担心清洁\n")
    world.settle()
    _edit(a, lead, styles=["现代", "北欧"], notes="喜欢云栖\n担心清洁\n周末来\n")
    _edit(m, lead, styles=["中式"], notes="很喜欢云栖\n担心清洁\n")
    world.settle()
    row = world.get(Lead, lead)
    assert sorted(row.styles) == sorted(["中式", "北欧"])
    assert row.notes == "很喜欢云栖\n担心清洁\n周末来\n"
    assert a.get(Lead, lead).notes == m.get(Lead, lead).notes == row.notes


def test_a_status_never_goes_where_its_machine_forbids(world):
    a, m = world.device("A", "amy"), world.device("M", "max")
    lead = _shared_lead(world, a, m)
    _edit(a, lead, stage=LeadStage.WON)
    a.sync()
    _edit(m, lead, stage=LeadStage.LOST)
    world.settle()
    assert world.get(Lead, lead).stage == m.get(Lead, lead).stage == LeadStage.WON
    (conflict,) = world.all(Conflict)
    assert conflict.lost_value() == LeadStage.LOST


def test_time_of_an_action_is_corrected_and_never_later_than_its_arrival(world):
    fast = world.device("F", "amy", clock_ms=30 * 24 * HOUR_MS)
    lead = make_lead()
    with fast.act() as session:
        session.add(lead)
        session.add(make_follow_up(lead, at_ms=fast.replica.now_ms()))
    true_ms = world.now_ms
    world.now_ms += 5 * HOUR_MS
    outcome = fast.sync()
    assert outcome.skew_flagged
    (follow_up,) = world.all(FollowUp)
    assert follow_up.occurred_at_ms == true_ms
    with fast.replica.reading() as session:
        assert session.get(FollowUp, follow_up.id).occurred_at_ms == true_ms


def test_a_first_sync_resumes_where_it_was_cut(world, monkeypatch):
    import sync.client

    monkeypatch.setattr(sync.client, "ROWS_AT_FIRST", 10)
    monkeypatch.setattr(sync.client, "next_limit", lambda limit, _took_s: limit)
    with world.office() as session:
        session.add_all([make_customer(name=f"客户{n}") for n in range(35)])
    a = world.device("A", "amy")
    a.sync(lose_answer=3)
    assert a.replica.status().remaining > 0
    received = a.sync().received
    with a.replica.reading() as session:
        assert len(session.exec(select(Customer)).all()) == 35
    assert received < 35


def test_a_deleted_row_leaves_every_device(world):
    a, m = world.device("A", "amy"), world.device("M", "max")
    lead = _shared_lead(world, a, m)
    with a.act() as session:
        session.delete(session.get(Lead, lead))
    world.settle()
    assert world.get(Lead, lead) is a.get(Lead, lead) is m.get(Lead, lead) is None


def test_a_deletion_does_not_take_a_value_along_that_its_author_never_saw(world):
    a, m = world.device("A", "amy"), world.device("M", "max")
    lead = _shared_lead(world, a, m)
    _edit(m, lead, budget_fen=5)
    m.sync()
    with a.act() as session:
        session.delete(session.get(Lead, lead))
    world.settle()
    assert world.get(Lead, lead).budget_fen == a.get(Lead, lead).budget_fen == 5
    (refused,) = a.replica.refused_units()
    assert refused.code == "changed_row"

    a.replica.resend(refused.id)  # now that they have seen it
    assert a.get(Lead, lead) is None
    world.settle()
    assert world.get(Lead, lead) is m.get(Lead, lead) is None
    assert a.replica.refused_units() == []


def test_what_the_server_derived_meanwhile_does_not_stop_a_deletion(world):
    a = world.device("A", "amy")
    lead = _shared_lead(world, a)
    with Session(world.engine) as session, recording(session, author=SERVER, at_ms=world.now_ms):
        session.get_one(Lead, lead).next_due_at_ms = 7
        session.flush()
        session.commit()
    with a.act() as session:
        session.delete(session.get(Lead, lead))
    a.sync()
    assert world.get(Lead, lead) is None


def test_a_copy_begun_anew_gives_up_what_left_it_meanwhile_and_keeps_what_is_pending(world):
    a = world.device("A", "amy")
    moved, kept, edited = (_shared_lead(world, a) for _ in range(3))
    with world.office() as session:
        for lead in (moved, edited):
            session.get_one(Lead, lead).owner_id = "cat"
    mine = make_lead()
    with a.act() as session:
        session.add(mine)
    _edit(a, edited, budget_fen=9)
    with a.engine.begin() as connection:
        state.write(connection, cursor="")
    a.sync(lose_answer=1)
    a.sync()
    with a.replica.reading() as session:
        assert set(session.exec(select(Lead.id)).all()) == {kept, mine.id}
    assert [held.held_value() for held in world.all(HeldEdit)] == [9]


def test_a_refused_unit_sent_again_goes_on_top_of_what_was_done_since(world):
    a, m = world.device("A", "amy"), world.device("M", "max")
    lead = _shared_lead(world, a, m)
    with a.act() as session:  # refused for its second half
        session.get(Lead, lead).budget_fen = 1
        session.add(make_lead(owner="cat", store="south"))
    a.sync()
    (refused,) = a.replica.refused_units()
    _edit(a, lead, budget_fen=2)
    a.replica.resend(refused.id)
    assert a.get(Lead, lead).budget_fen == 1


def _shared_lead(world, author, *others, **fields):
    lead = make_lead(**fields)
    with author.act() as session:
        session.add(lead)
    author.sync()
    for device in others:
        device.sync()
    assert all(device.get(Lead, lead.id) is not None for device in others)
    return lead.id


def _edit(device, lead_id, **fields):
    with device.act() as session:
        lead = session.get(Lead, lead_id)
        for name, value in fields.items():
            setattr(lead, name, value)


def test_a_lead_that_leaves_while_it_is_being_edited_is_gone_once_that_edit_is_answered(world):
    from sync.client import ask, work_in

    a = world.device("A", "amy")
    lead = _shared_lead(world, a)
    _edit(a, lead, budget_fen=1)
    request = ask(a.replica)
    with world.office() as session:
        session.get_one(Lead, lead).owner_id = "bob"
    response = world.exchange(a, request)
    a.world.now_ms -= 1_000
    _edit(a, lead, region="南山")
    work_in(a.replica, request, response)
    assert a.get(Lead, lead).region == "南山"
    a.sync()
    assert world.get(Lead, lead).region == "南山"
    assert a.get(Lead, lead) is None


def test_a_log_about_a_lead_that_has_left_is_accepted_and_leaves_the_authors_device(world):
    a, b = world.device("A", "amy"), world.device("B", "bob")
    lead = _shared_lead(world, a)
    with world.office() as session:
        session.get_one(Lead, lead).owner_id = "bob"
    with a.act() as session:
        session.add(make_follow_up(session.get(Lead, lead)))
    world.settle()
    (entry,) = world.all(FollowUp)
    assert (a.get(FollowUp, entry.id), b.get(FollowUp, entry.id)) == (None, entry)


def test_customers_and_orders_are_never_deleted_from_a_device(world):
    a = world.device("A", "amy")
    customer = make_customer()
    with a.act() as session:
        session.add(customer)
    a.sync()
    with a.act() as session:
        session.delete(session.get(Customer, customer.id))
    a.sync()
    assert [unit.code for unit in a.replica.refused_units()] == ["not_deletable"]
    assert world.get(Customer, customer.id) is not None
    assert a.get(Customer, customer.id) is not None


def test_a_reference_to_another_companys_row_is_refused(world):
    a = world.device("A", "amy")
    with world.office() as session:
        foreign = make_customer()
        foreign.company_id = "other"
        session.add(foreign)
    with a.act() as session:
        session.add(make_lead(customer_id=foreign.id))
    a.sync()
    assert [unit.code for unit in a.replica.refused_units()] == ["missing_reference"]


def test_pages_grow_or_shrink_to_what_a_tap_can_wait_for():
    from sync.client import ROWS_AT_MOST, WORKING_IN_S, next_limit

    assert next_limit(1_000, WORKING_IN_S) == 1_000
    assert next_limit(1_000, 4 * WORKING_IN_S) == 250
    assert next_limit(1_000, 0.0) == 2_000
    assert next_limit(ROWS_AT_MOST, 0.001) == ROWS_AT_MOST
    assert next_limit(200, 60.0) == 100


def test_free_fields_of_one_record_merge_name_by_name_and_a_conflict_names_the_field(world):
    a, m = world.device("A", "amy"), world.device("M", "max")
    lead = _shared_lead(world, a, m, attributes={"风格": "现代", "楼层": "3"})
    _edit(a, lead, attributes={"风格": "北欧", "楼层": "3"})
    _edit(m, lead, attributes={"风格": "中式", "楼层": "3", "电梯": "有"})
    _edit(m, lead, attributes={"风格": "中式", "电梯": "有"})
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
    lead = _shared_lead(world, a, attributes={"风格": "现代", "楼层": "3"})
    _edit(a, lead, attributes={"风格": "北欧", "楼层": "4"})
    world.now_ms += HOUR_MS
    with world.office() as session:
        session.get_one(Lead, lead).attributes = {"风格": "中式", "楼层": "3"}
    world.settle()
    assert world.get(Lead, lead).attributes == {"风格": "中式", "楼层": "4"}
