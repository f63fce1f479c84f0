"""Where a copy stands, as text; and the positions of the feed."""

import pytest
from sqlalchemy import BigInteger, column, select
from sqlalchemy.dialects import postgresql

from sync.hub import cursors, positions
from sync.hub.cursors import Cursor, Snapshot
from sync.hub.errors import ForbiddenScope, MalformedCursor
from sync.hub.proving import without

XID, N = column("xid", BigInteger), column("n", BigInteger)


def test_a_cursor_is_read_back_from_its_text_and_an_empty_one_is_that_of_a_first_sync():
    cursor = Cursor((0, 5), ["store:1"], Snapshot(["staff:1"], "lead", "l", 7), [(0, 1, 2)])
    assert cursors.parse(cursors.text_of(cursor)) == cursor
    assert cursors.parse("") == Cursor()
    assert cursor.named_scopes == {"store:1", "staff:1"}


@pytest.mark.parametrize(
    "text", ["x", "[]", '{"at": [-1, 0]}', '{"at": [1]}', '{"scopes": 1}', "[" * 100_000, '{"own": [[1, 2]]}']
)
def test_a_text_that_no_hub_gave_out_is_no_cursor(text):
    with pytest.raises(MalformedCursor):
        cursors.parse(text)


def test_a_cursor_may_name_any_number_that_a_database_holds_and_no_other():
    most = 2**63 - 1
    assert cursors.parse(f'{{"at": [{most}, 0]}}').at == (most, 0)
    assert cursors.parse('{"at": [0, 0], "own": [[0, 0, 0]]}') == Cursor((0, 0), own=[(0, 0, 0)])
    for said in (f'{{"at": [{most + 1}, 0]}}', '{"at": [0, -1]}', f'{{"own": [[0, 0, {most + 1}]]}}'):
        with pytest.raises(MalformedCursor):
            cursors.parse(said)


def test_a_cursor_with_a_nul_where_a_database_would_be_asked_for_it_is_none_that_a_hub_gave_out():
    assert cursors.parse('{"snapshot": {"scopes": ["a"], "below": "x"}}').snapshot == Snapshot(
        ["a"], below="x"
    )
    with pytest.raises(MalformedCursor):
        cursors.parse('{"snapshot": {"scopes": ["a"], "below": "x\\u0000"}}')


def test_two_copies_that_begin_do_not_share_what_they_write():
    first = cursors.parse("")
    first.at = (0, 0)
    first.add_own([(0, 1, 2)])
    assert cursors.parse("") == Cursor()


def test_what_a_device_wrote_is_noted_in_spans_that_grow_while_they_touch():
    cursor = Cursor((0, 0))
    cursor.add_own([(0, 1, 3), (0, 4, 4), (0, 6, 7), (1, 8, 9), (1, 10, 11)])
    assert cursor.own == [(0, 1, 4), (0, 6, 7), (1, 8, 11)]
    cursor.advance((0, 6))
    assert (cursor.at, cursor.own) == ((0, 6), [(0, 6, 7), (1, 8, 11)])
    cursor.advance((0, 7))
    assert cursor.own == [(1, 8, 11)]


@pytest.mark.parametrize("cursor", [Cursor(), Cursor((0, 1), [], Snapshot(["store:1"]))])
def test_while_a_first_sync_is_under_way_nothing_of_it_is_noted(cursor):
    cursor.add_own([(0, 1, 3)])
    assert cursor.own == []


def test_a_scope_that_is_to_come_anew_is_taken_out_of_the_cursor():
    held = cursors.text_of(Cursor((0, 5), ["a", "b"], Snapshot(["c", "d"], "lead", "l", 7)))
    scopes = frozenset("abcd")
    assert cursors.parse(without(held, "a", scopes)).scopes == ["b"]
    assert cursors.parse(without(held, "a", scopes)).snapshot == Snapshot(["c", "d"], "lead", "l", 7)
    assert cursors.parse(without(held, "c", scopes)).snapshot == Snapshot(["d"])
    alone = cursors.text_of(Cursor((0, 5), ["a"], Snapshot(["c"])))
    assert cursors.parse(without(alone, "c", scopes)) == Cursor((0, 5), ["a"])
    with pytest.raises(ForbiddenScope) as refused:
        without(held, "e", scopes)
    assert refused.value.scopes == {"e"}


@pytest.mark.parametrize(
    ("xid", "n", "within"),
    [(1, 2, False), (1, 3, True), (1, 5, True), (1, 6, False), (2, 4, False), (4, 9, True)],
)
def test_a_position_is_within_a_span_from_its_first_to_its_last_number(xid, n, within):
    assert positions.is_within([(1, 3, 5), (4, 9, 9)], xid, n) is within


def test_one_reads_on_behind_a_position_and_with_many_writers_below_the_oldest_that_runs():
    assert positions.after((3, 4)) == {"after_xid": 3, "after_n": 4}
    alone = str(positions.since(XID, N, many_writers=False))
    assert alone == "xid = :after_xid AND n > :after_n"
    many = str(positions.since(XID, N, many_writers=True).compile(dialect=postgresql.dialect()))
    horizon = "CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)"
    behind, _, below = many.partition(" AND ")
    assert behind.startswith("(xid, n) > (%(after_xid")
    assert below == f"xid < (SELECT {horizon})"
    assert str(select(positions.resting(many_writers=True))) == f"SELECT {horizon}"
    assert "coalesce" in str(select(positions.resting(many_writers=False)))
