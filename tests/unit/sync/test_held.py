"""A held edit says word for word what its author wrote, and what was decided about it."""

import pytest
from sqlalchemy import create_engine, insert, select
from sqlmodel import SQLModel

from shared_models.sales.tables import Lead
from sync.conflict import Conflict, ConflictState
from sync.handed_over import HandedOver, HandedOverState
from sync.held import HELD_TRANSITIONS, HeldEdit, HeldState, decide, held_row
from sync.places import Place
from sync.schema import catalogue

STAMPED = [1_780_000_000_000, 7, "A", "amy"]


def held(place: Place, value: object, base: object = None, unit: str = "u") -> HeldEdit:
    return HeldEdit(**held_row(unit, ("lead", "acme", "l"), place, (value, base), STAMPED))


def test_a_held_edit_says_who_wrote_what_when_and_on_which_device():
    row = held_row("u", ("lead", "acme", "l"), Place.named("region", ""), ("南山", "福田"), STAMPED)
    assert row.pop("id")
    assert row == {
        "company_id": "acme", "about_table": "lead", "about_id": "l", "field": "region", "within": "",
        "value": '"南山"', "base": '"福田"', "by": "amy", "at_ms": STAMPED[0], "device": "A", "unit_id": "u",
        "state": HeldState.OPEN, "decided_by": "",
    }  # fmt: skip


def test_the_same_value_of_a_unit_is_held_once_and_each_other_one_by_itself():
    region, name = Place.named("region", ""), Place.named("name", "")
    assert held(region, "a").id == held(region, "b").id
    others = {held(region, "a").id, held(name, "a").id, held(region, "a", unit="v").id}
    assert len(others) == 3


@pytest.mark.parametrize(
    ("approve", "state", "region"), [(True, "approved", "南山"), (False, "rejected", "福田")]
)
def test_deciding_puts_the_value_in_place_or_leaves_it_and_says_who_did(approve, state, region):
    lead = Lead(id="l", company_id="acme", name="陈玉兰", region="福田", inquired_at_ms=0)
    edit = held(Place.named("region", ""), "南山", "福田")
    assert (edit.held_value(), edit.base_value()) == ("南山", "福田")
    decide(edit, lead, "max", approve=approve)
    assert (edit.state, edit.decided_by, lead.region) == (state, "max", region)


def test_what_was_decided_stays_decided():
    assert HELD_TRANSITIONS[HeldState.OPEN] == {"approved", "rejected"}
    assert HELD_TRANSITIONS[HeldState.APPROVED] == HELD_TRANSITIONS[HeldState.REJECTED] == frozenset()


def test_the_first_sync_brings_what_is_held_after_its_row_and_the_conflicts_and_before_the_customers():
    edit, order = held(Place.named("region", ""), "南山"), list(catalogue())
    told = [edit.about_table, "conflict", edit.__tablename__, "handed_over", "customer"]
    assert sorted(told, key=order.index) == told


_HELD, _HANDED_OVER, _CONFLICT = HeldEdit.__table__.c, HandedOver.__table__.c, Conflict.__table__.c


@pytest.mark.parametrize(
    "wanted",
    [
        _HELD.state == HeldState.OPEN,
        _HELD.by == "amy",
        _HELD.about_id == "l",
        _HANDED_OVER.state == HandedOverState.OPEN,
        _HANDED_OVER.about_id == "l",
        _CONFLICT.state == ConflictState.OPEN,
        _CONFLICT.about_id == "l",
    ],
    ids=str,
)
def test_the_open_ones_and_those_about_a_row_are_found_without_reading_all_that_were_settled(wanted):
    engine = create_engine("sqlite://")
    SQLModel.metadata.create_all(
        engine, tables=[HeldEdit.__table__, HandedOver.__table__, Conflict.__table__]
    )
    asked = select(wanted.left.table).where(wanted)
    sql = str(asked.compile(engine, compile_kwargs={"literal_binds": True}))
    with engine.begin() as connection:
        connection.execute(
            insert(HeldEdit), held_row("u", ("lead", "acme", "l"), Place.named("a", ""), (1, 2), STAMPED)
        )
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all()
    engine.dispose()
    assert [step.detail.split()[0] for step in plan] == ["SEARCH"]
