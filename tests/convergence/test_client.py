"""How many units a round carries: few at first and few at the end of many, all at once where there are few (S7)."""

import pytest

import sync.client
from shared_models import versions
from sync import bulk, wire
from sync.client import ask, units_after
from sync.device import outbox
from sync.device.tables import OUTBOX, OUTBOX_CHANGE
from tests.convergence.world import Device, World


@pytest.fixture
def amy() -> Device:
    return World().device("A", "amy")


def write_units(device: Device, count: int, changes: int = 1) -> None:
    """So many units of so many changes each, put into the outbox as they are."""
    units = [(n, f"u{n}", "save", n, outbox.PENDING, "", {}, 4) for n in range(1, count + 1)]
    written = [(n, "lead", f"l{n}", "put", {"region": str(k)}, {}) for n, *_ in units for k in range(changes)]
    with device.engine.begin() as connection:
        bulk.insert(connection, OUTBOX, ("seq", *outbox._WRITTEN), units)
        bulk.insert(connection, OUTBOX_CHANGE, outbox._CHANGE_WRITTEN, written)


def sizes(device: Device) -> list[int]:
    """How many units each round carries, where every one is applied and the next is asked for before it is worked in."""
    request = ask(device.replica)
    found = [len(request.units)]
    while not request.pull:
        following = units_after(device.replica, request)
        assert following is not None
        with device.engine.begin() as connection:
            outbox.remove(connection, [unit.id for unit in request.units])
        request = wire.Request(0, following.units, pull=following.are_last)
        found.append(len(request.units))
    return found


@pytest.mark.parametrize(
    ("count", "changes", "carried"),
    [
        (200, 10, [200]),
        (201, 1, [201]),
        (250, 1, [250]),
        (251, 1, [250, 1]),
        (1_400, 1, [250, 575, 287, 250, 38]),
        (450, 10, [50, 200, 100, 100]),
    ],
)
def test_few_units_go_at_once_and_many_in_rounds_that_are_small_at_both_ends(amy, count, changes, carried):
    write_units(amy, count, changes)
    assert sizes(amy) == carried


def test_a_unit_larger_than_a_round_goes_alone(amy, monkeypatch):
    monkeypatch.setattr(sync.client, "CHANGES_A_ROUND", 8)
    write_units(amy, 3, 20)
    assert sizes(amy) == [1, 1, 1]


def test_no_more_than_a_thousand_units_go_in_one_round(amy):
    write_units(amy, 5_000)
    with amy.engine.connect() as connection:
        assert sync.client._units_a_round(connection, 5_000) == 250
        assert sync.client._units_a_round(connection, 5_000, behind=4_750) == 1_000


def test_what_follows_is_said_of_the_oldest_units_alone_and_only_where_nothing_was_put_aside(
    amy, monkeypatch
):
    monkeypatch.setattr(sync.client, "UNITS_A_ROUND", 2)
    write_units(amy, 4)
    request = ask(amy.replica)
    following = units_after(amy.replica, request)
    assert following is not None
    assert ([unit.id for unit in following.units], following.are_last) == (["u3", "u4"], True)
    last = wire.Request(0, following.units)
    assert units_after(amy.replica, last) is None  # the two before them wait, too
    for state in (outbox.REFUSED, outbox.HELD):
        with amy.engine.begin() as connection:
            outbox.settle(connection, "u4", state, "not_yours", {})
        assert units_after(amy.replica, request) is None
    with amy.engine.begin() as connection:
        outbox.settle(connection, "u4", outbox.DROPPED, "not_yours", {})
    following = units_after(amy.replica, request)
    assert following is not None
    assert ([unit.id for unit in following.units], following.are_last) == (["u3"], True)


def test_where_no_unit_is_behind_nothing_follows(amy):
    write_units(amy, 2)
    assert units_after(amy.replica, ask(amy.replica)) is None


def test_a_request_says_which_protocol_the_device_speaks_and_how_many_rows_it_takes(amy):
    asked = ask(amy.replica)
    assert (asked.protocol, asked.schema, asked.limit) == (2, versions.RELEASE.schema, 1_000)
    assert (asked.cursor, asked.pull, asked.refused, asked.app_version) == ("", True, 0, "")
