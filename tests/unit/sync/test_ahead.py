"""Asking one round ahead: only where nothing has to be done before, and never trusted past a copy that began anew."""

import asyncio

import pytest

from sync import wire
from sync.ahead import Asker, Following, begin_task
from sync.client import ROWS_AT_FIRST, ROWS_AT_MOST, WORKING_IN_S, next_limit, page_before_the_end

UNIT = wire.Unit("u", "save", 1, [])
REQUEST = wire.Request(5, [UNIT], "before", pending=3, limit=10)
MORE = wire.Response(7, [wire.UnitResult("u", "applied")], cursor="after", more=True)


def asked_after(
    request: wire.Request, response: wire.Response, behind: Following | None = None
) -> list[wire.Request]:
    """What is asked ahead once `response` to `request` is here."""
    asked: list[wire.Request] = []

    async def exchange(following: wire.Request) -> wire.Response:
        asked.append(following)
        return MORE

    async def main() -> None:
        asker = Asker(exchange, begin_task)
        await asker.ask_ahead(request, response, behind, limit=20, now_ms=9)
        asker.let_go()

    asyncio.run(main())
    return asked


def test_the_next_page_is_asked_for_from_where_this_answer_stands_and_carries_no_unit():
    assert asked_after(REQUEST, MORE) == [wire.Request(9, [], "after", pending=2, limit=20)]


@pytest.mark.parametrize("are_last", [True, False])
def test_the_units_behind_those_applied_are_sent_and_rows_asked_for_with_the_last_of_them(are_last):
    behind = Following([wire.Unit("v", "save", 2, [])], are_last)
    asked = asked_after(wire.Request(5, [UNIT], pull=False, pending=3), wire.Response(7), behind)
    assert asked == [wire.Request(9, behind.units, pull=are_last, pending=2, limit=20)]


def test_no_units_are_sent_before_a_refusal_was_worked_in():
    refused = wire.Response(7, [wire.UnitResult("u", "refused")])
    behind = Following([wire.Unit("v", "save", 2, [])], are_last=True)
    assert asked_after(wire.Request(5, [UNIT], pull=False), refused, behind) == []


def test_fewer_than_no_units_never_wait():
    [following] = asked_after(wire.Request(5, [UNIT], "before", pending=0), MORE)
    assert following.pending == 0


@pytest.mark.parametrize(
    ("request_values", "response_values"),
    [
        ({"pull": False}, {}),
        ({}, {"more": False}),
        ({}, {"cursor": ""}),
        ({}, {"order": "wipe"}),
        ({}, {"results": [wire.UnitResult("u", "refused")]}),
        ({}, {"results": [wire.UnitResult("t", "applied"), wire.UnitResult("u", "held")]}),
    ],
)
def test_nothing_is_asked_ahead_where_something_has_to_be_done_before(request_values, response_values):
    request = wire.Request(**({"device_now_ms": 5, "cursor": "before"} | request_values))
    response = wire.Response(**({"server_now_ms": 7, "cursor": "after", "more": True} | response_values))
    assert asked_after(request, response) == []


def test_what_was_asked_ahead_counts_only_where_the_copy_stands_where_it_was_asked_for():
    async def main() -> list[object]:
        asker = Asker(exchange, begin_task)
        found: list[object] = [asker.asked(lambda: "after")]
        for standing in ("after", "anew"):
            await asker.ask_ahead(REQUEST, MORE, None, limit=20, now_ms=9)
            request = asker.asked(lambda standing=standing: standing)
            found += [request and request.cursor, await asker.answer(REQUEST), asker.asked(lambda: "after")]
        return found

    asked: list[str] = []

    async def exchange(request: wire.Request) -> wire.Response:
        asked.append(request.cursor)
        return MORE

    assert asyncio.run(main()) == [None, "after", MORE, None, None, MORE, None]
    assert asked == ["after", "after", "before"]  # the last one was asked for now


def test_what_was_let_go_of_is_cancelled_and_its_failure_disturbs_nobody():
    ended: list[str] = []

    async def exchange(request: wire.Request) -> wire.Response:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append(request.cursor)
            raise
        return MORE

    async def failing(_request: wire.Request) -> wire.Response:
        raise ConnectionError

    async def main() -> None:
        told: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: told.append(context))
        for way in (exchange, failing):
            asker = Asker(way, begin_task)
            await asker.ask_ahead(REQUEST, MORE, None, limit=20, now_ms=9)
            asker.let_go()
            asker.let_go()
            await asyncio.sleep(0)
        assert told == []

    asyncio.run(main())
    assert ended == ["after"]


@pytest.mark.parametrize(
    ("limit", "took_s", "following"),
    [
        (1_000, WORKING_IN_S, 1_000),
        (1_000, WORKING_IN_S / 1.5, 1_500),
        (1_000, WORKING_IN_S / 100, 2_000),
        (1_000, 0.0, 2_000),
        (1_000, 2 * WORKING_IN_S, 500),
        (1_000, 100 * WORKING_IN_S, ROWS_AT_FIRST // 10),
        (8_000, WORKING_IN_S / 100, ROWS_AT_MOST),
    ],
)
def test_a_page_has_so_many_rows_as_can_be_worked_in_before_a_tap_has_to_wait(limit, took_s, following):
    assert next_limit(limit, took_s) == pytest.approx(following, abs=1)
    assert (ROWS_AT_FIRST, ROWS_AT_MOST) == (1_000, 10_000)


@pytest.mark.parametrize(
    ("limit", "remaining", "asked"),
    [(4_000, 0, 4_000), (4_000, 9_000, 4_000), (4_000, 5_000, 2_500), (4_000, 1_500, 1_000), (100, 50, 100)],
)
def test_the_last_pages_of_a_first_sync_are_small(limit, remaining, asked):
    assert page_before_the_end(limit, remaining) == asked
