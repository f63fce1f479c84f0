"""Out of a damaged database into a fresh one: each unit whole or not at all, and how much was lost (S4)."""

import pytest
from sqlalchemy import insert, select, text

from shared_models.sales.tables import Customer
from shared_models.service.tables import Photo
from sync.device import contents, outbox, salvaging, state
from sync.device.salvaging import Salvaged
from sync.device.tables import BASE, CONTENT, CONTENT_PIECE, OUTBOX, OUTBOX_CHANGE
from sync.lane import State
from sync.schema import catalogue
from tests.convergence.world import COMPANY, Device, World, make_customer, memory_engine


@pytest.fixture
def amy() -> Device:
    return World().device("A", "amy")


def add(device: Device, *ids: str) -> None:
    for row in ids:
        with device.act(f"add {row}") as session:
            session.add(make_customer(id=row))


def take_out(device: Device) -> Salvaged:
    with device.engine.connect() as connection:
        return salvaging.take_out(connection)


def rescued(device: Device, found: Salvaged) -> Device:
    """The tablet on a fresh database with what was found in the old one."""
    device.engine = memory_engine()
    device.open()
    with device.engine.begin() as connection:
        salvaging.put_in(connection, found)
    device.open()
    return device


def actions(found: Salvaged) -> list[str]:
    return [unit["action"] for unit, _ in found.units]


def test_of_an_empty_queue_nothing_is_taken_and_nothing_was_lost(amy):
    found = take_out(amy)
    assert (found.units, found.contents, found.lost, found.is_certain) == ([], [], 0, True)
    assert found.identity == {"device_id": "A", "staff_id": "amy", "company_id": COMPANY, "skew_ms": None}
    amy = rescued(amy, found)
    assert (amy.replica.device_id, amy.replica.pending_units()) == ("A", [])
    with amy.engine.connect() as connection:
        assert "skew_ms" not in state.read_all(connection)


def test_nothing_is_remembered_where_nothing_could_be_read(amy):
    amy = rescued(amy, Salvaged())
    assert (amy.replica.device_id, amy.replica.pending_units()) == ("", [])


def test_units_are_taken_in_their_order_whatever_became_of_them_and_whichever_left_before(amy):
    add(amy, "a", "b", "c", "d", "e")
    units = amy.replica.pending_units()
    with amy.engine.begin() as connection:
        outbox.remove(connection, [units[0].id, units[2].id])
        outbox.settle(connection, units[3].id, outbox.REFUSED, "not_yours", {"row": "d"})
    found = take_out(amy)
    assert (actions(found), found.lost, found.is_certain) == (["add b", "add d", "add e"], 0, True)
    amy = rescued(amy, found)
    assert [unit.action for unit in amy.replica.pending_units()] == ["add b", "add e"]
    [refused] = amy.replica.refused_units()
    assert (refused.code, refused.details, refused.changes) == ("not_yours", {"row": "d"}, units[3].changes)
    assert amy.get(Customer, "b").name == "李建国"
    assert (amy.get(Customer, "a"), amy.get(Customer, "d")) == (None, None)
    with amy.engine.connect() as connection:
        assert set(connection.execute(select(BASE.c.row_id, BASE.c.body)).all()) == {("b", None), ("e", None)}


def test_a_single_unit_is_taken_too(amy):
    add(amy, "a")
    assert actions(take_out(amy)) == ["add a"]


def test_a_unit_that_says_nothing_is_no_unit(amy):
    add(amy, "a", "b")
    with amy.engine.begin() as connection:
        connection.execute(OUTBOX_CHANGE.delete().where(OUTBOX_CHANGE.c.row_id == "a"))
    found = take_out(amy)
    assert (actions(found), found.lost) == (["add b"], 0)


def test_changes_of_one_unit_keep_their_order_beside_those_that_are_there_already(amy):
    with amy.act("two") as session:
        session.add_all([make_customer(id="z"), make_customer(id="a")])
    [unit] = amy.replica.pending_units()
    found = take_out(amy)
    amy = rescued(amy, Salvaged())
    with amy.engine.begin() as connection:
        blank = {"seq": 99, "tbl": "later", "row_id": "x", "kind": "put", "fields": {}, "seen": {}}
        connection.execute(insert(OUTBOX_CHANGE), [blank, blank])
        salvaging.put_in(connection, found)
    assert amy.replica.pending_units() == [unit]


def test_a_unit_of_a_table_that_this_app_does_not_know_is_kept_word_for_word(amy):
    add(amy, "a")
    with amy.engine.begin() as connection:
        connection.execute(OUTBOX_CHANGE.update().values(tbl="later"))
    [unit] = amy.replica.pending_units()
    amy = rescued(amy, take_out(amy))
    assert amy.replica.pending_units() == [unit]
    assert unit.changes[0].table == "later"


@pytest.fixture
def shots(amy: Device) -> Device:
    """A tablet with bytes in each state, one of them empty."""
    spec = catalogue()[Photo.__tablename__]
    with amy.engine.begin() as connection:
        for stand in State:
            held = b"" if stand is State.DRAFT else b"p" * 200_000
            contents.keep(connection, spec, stand, {"picture": held, "thumbnail": b"t"}, 1)
            connection.execute(CONTENT.update().where(CONTENT.c.row_id == stand).values(state=stand))
    return amy


def test_bytes_that_only_this_device_has_are_taken_with_all_their_pieces(shots):
    found = take_out(shots)
    assert {item["row_id"] for item, _ in found.contents} == {State.DRAFT, State.WAITING}
    assert (len(found.contents), found.lost, found.is_certain) == (4, 0, True)
    for item, pieces in found.contents:
        assert {(each["row_id"], each["part"]) for each in pieces} <= {(item["row_id"], item["part"])}
    again = rescued(shots, found)
    with again.engine.connect() as connection:
        assert contents.read(connection, State.WAITING, "picture") == b"p" * 200_000
        assert contents.read(connection, State.WAITING, "thumbnail") == b"t"
        assert contents.read(connection, State.DRAFT, "picture") is None
        empty = contents.item_of(connection, State.DRAFT, "picture")
        assert (empty and empty.size, contents.item_of(connection, State.HERE, "picture")) == (0, None)


def test_bytes_whose_pieces_cannot_be_read_are_counted_as_lost_one_by_one(shots):
    add(shots, "a")
    with shots.engine.begin() as connection:
        connection.execute(text(f"DROP TABLE {CONTENT_PIECE.name}"))
        found = salvaging.take_out(connection)
    assert (found.contents, found.lost, found.is_certain) == ([], 4, True)
    assert actions(found) == ["add a"]


def test_where_not_even_the_list_can_be_read_nobody_knows_how_much_was_lost(shots):
    add(shots, "a")
    with shots.engine.begin() as connection:
        connection.execute(text(f"DROP TABLE {OUTBOX.name}"))
        found = salvaging.take_out(connection)
    assert (found.units, found.lost, found.is_certain) == ([], 0, False)
    assert found.identity["staff_id"] == "amy"
