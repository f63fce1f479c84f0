"""The promises of sync, each told as one small story between a hub and a few devices."""

import pytest
from sqlmodel import Session, select

from shared_models.sales.tables import Customer, FollowUp, Lead
from sync import wire
from sync.device import state
from sync.held import HeldEdit
from sync.hub.errors import ForbiddenScope
from sync.hub.recorder import SERVER, recording
from sync.hub.tables import SyncOperation
from tests.convergence.edits import HOUR_MS, edit, shared_lead
from tests.convergence.world import make_customer, make_follow_up, make_lead


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
    lead = shared_lead(world, a)
    edit(a, lead, budget_fen=1)
    world.now_ms += HOUR_MS
    with world.office() as session:
        session.get_one(Lead, lead).owner_id = "bob"
    world.now_ms += HOUR_MS
    edit(a, lead, region="南山")
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
    lead = shared_lead(world, a, m)
    with world.office() as session:
        session.get_one(Staff, "max").store_id = "south"
    m.sync()
    assert m.get(Lead, lead) is None
    assert m.get(Staff, "max").store_id == "south"


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
    lead = shared_lead(world, a, m)
    with a.act() as session:
        session.delete(session.get(Lead, lead))
    world.settle()
    assert world.get(Lead, lead) is a.get(Lead, lead) is m.get(Lead, lead) is None


def test_a_deletion_does_not_take_a_value_along_that_its_author_never_saw(world):
    a, m = world.device("A", "amy"), world.device("M", "max")
    lead = shared_lead(world, a, m)
    edit(m, lead, budget_fen=5)
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
    lead = shared_lead(world, a)
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
    moved, kept, edited = (shared_lead(world, a) for _ in range(3))
    with world.office() as session:
        for lead in (moved, edited):
            session.get_one(Lead, lead).owner_id = "cat"
    mine = make_lead()
    with a.act() as session:
        session.add(mine)
    edit(a, edited, budget_fen=9)
    with a.engine.begin() as connection:
        state.write(connection, cursor="")
    a.sync(lose_answer=1)
    a.sync()
    with a.replica.reading() as session:
        assert set(session.exec(select(Lead.id)).all()) == {kept, mine.id}
    assert [held.held_value() for held in world.all(HeldEdit)] == [9]


def test_a_refused_unit_sent_again_goes_on_top_of_what_was_done_since(world):
    a, m = world.device("A", "amy"), world.device("M", "max")
    lead = shared_lead(world, a, m)
    with a.act() as session:  # refused for its second half
        session.get(Lead, lead).budget_fen = 1
        session.add(make_lead(owner="cat", store="south"))
    a.sync()
    (refused,) = a.replica.refused_units()
    edit(a, lead, budget_fen=2)
    a.replica.resend(refused.id)
    assert a.get(Lead, lead).budget_fen == 1


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
