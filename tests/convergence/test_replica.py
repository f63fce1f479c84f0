"""The copy as the app asks it: whose it is, how it stands, what is open (S12)."""

import pytest
from sqlalchemy import insert

from sync.conflict import Conflict, ConflictState
from sync.device import outbox, state
from sync.handed_over import HandedOver, HandedOverState
from tests.convergence.world import COMPANY, NOON_MS, Device, World, make_customer, memory_engine


@pytest.fixture
def amy() -> Device:
    return World().device("A", "amy")


def test_a_copy_that_is_opened_again_knows_whose_it_is_and_how_wrong_the_clock_was(amy):
    with amy.engine.begin() as connection:
        state.write(connection, skew_ms=90_000)
    amy.open()
    found = amy.replica
    assert (found.device_id, found.staff_id, found.company_id, found.skew_ms) == ("A", "amy", COMPANY, 90_000)
    assert found.now_ms() == amy.shown_ms() - 90_000


def test_a_copy_that_was_never_set_up_is_nobodys(amy):
    amy.engine = memory_engine()
    amy.open()
    found = amy.replica
    assert (found.device_id, found.staff_id, found.company_id, found.skew_ms) == ("", "", "", 0)
    status = found.status()
    assert (status.pending, status.refused, status.conflicts, status.held, status.contents) == (0, 0, 0, 0, 0)
    assert (status.last_sync_at_ms, status.remaining, found.is_wiped) == (None, 0, False)


def test_the_status_counts_open_conflicts_and_none_that_was_settled(amy):
    made = {
        "company_id": COMPANY, "about_table": "customer", "about_id": "c", "field": "name", "within": "",
    }  # fmt: skip
    stands = (
        ConflictState.OPEN,
        ConflictState.OPEN,
        ConflictState.KEPT,
        ConflictState.TAKEN,
        ConflictState.EDITED,
    )
    with amy.engine.begin() as connection:
        table = Conflict.__table__
        for number, stand in enumerate(stands):
            row = {column.name: "" for column in table.columns if not column.nullable} | made
            row |= {name: 0 for name in row if name.endswith("_ms")} | {
                "id": str(number),
                "state": stand,
                "lost_at_ms": number,
            }
            connection.execute(insert(table).values(row))
    assert amy.replica.status().conflicts == 2
    assert [each.id for each in amy.replica.open_conflicts()] == ["1", "0"]


def test_the_status_counts_units_by_what_became_of_them(amy):
    for _ in range(7):
        with amy.act() as session:
            session.add(make_customer())
    stands = [outbox.REFUSED, outbox.REFUSED, outbox.HELD, outbox.DROPPED]
    units = amy.replica.pending_units()
    with amy.engine.begin() as connection:
        for unit, stand in zip(units, stands, strict=False):
            outbox.settle(connection, unit.id, stand, "not_yours", {})
        state.write(connection, remaining=12, last_sync_at_ms=NOON_MS)
    status = amy.replica.status()
    assert (status.pending, status.refused, status.remaining, status.last_sync_at_ms) == (3, 3, 12, NOON_MS)
    assert amy.replica.pending_units() == units[4:]
    assert [unit.id for unit in amy.replica.refused_units()] == [unit.id for unit in units[:3]]
    assert [unit.id for unit in amy.replica.dropped_units()] == [units[3].id]


def test_what_was_handed_over_is_listed_until_it_is_settled(amy):
    for at_ms, stand in ((2, HandedOverState.OPEN), (1, HandedOverState.OPEN), (0, HandedOverState.SETTLED)):
        row = HandedOver(id=f"h{at_ms}", company_id=COMPANY, by="amy", at_ms=at_ms, state=stand, unit={})
        with amy.engine.begin() as connection:
            connection.execute(insert(HandedOver).values(row.model_dump()))
    assert [each.id for each in amy.replica.handed_over()] == ["h1", "h2"]
    amy.replica.settle_handed_over("h1")
    assert [each.id for each in amy.replica.handed_over()] == ["h2"]
    assert amy.replica.pending_units()[0].action == "settle_handed_over"


def test_every_listener_hears_of_what_a_person_did_and_of_nothing_where_nothing_changed(amy):
    heard: list[tuple[int, frozenset[str]]] = []
    ends = [amy.replica.subscribe(lambda tables, n=n: heard.append((n, tables))) for n in (1, 2)]
    amy.replica.tell(frozenset())
    with amy.act() as session:
        session.add(make_customer())
    ends[0]()
    amy.replica.tell(frozenset({"lead"}))
    assert heard == [(1, {"customer"}), (2, {"customer"}), (2, {"lead"})]
