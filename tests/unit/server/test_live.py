"""Waking connected devices: those concerned, once for many changes, and for no longer than their token lives."""

import asyncio
from threading import Thread

from server.live import LocalBroadcaster, Subscription


async def heard(
    subscription: Subscription, *, lasting_seconds: float = 0.3, keep_alive_seconds: float = 9
) -> list[bool]:
    changes = subscription.changes(lasting_seconds=lasting_seconds, keep_alive_seconds=keep_alive_seconds)
    return [changed async for changed in changes]


def test_only_those_with_a_changed_scope_are_woken():
    async def scene() -> list[list[bool]]:
        broadcaster = LocalBroadcaster()
        mine, theirs = frozenset({"staff:1", "store:1"}), frozenset({"staff:2", "store:1"})
        with broadcaster.subscribed(mine) as one, broadcaster.subscribed(theirs) as two:
            broadcaster.publish(frozenset({"staff:1"}))
            return list(await asyncio.gather(heard(one), heard(two)))

    assert asyncio.run(scene()) == [[True, False], [False]]


def test_many_changes_at_once_are_one_message():
    async def scene() -> list[bool]:
        broadcaster = LocalBroadcaster()
        with broadcaster.subscribed(frozenset({"store:1", "staff:1"})) as one:
            for _ in range(50):
                broadcaster.publish(frozenset({"store:1", "staff:1"}))
            return await heard(one)

    assert asyncio.run(scene()) == [True, False]


def test_a_change_made_in_another_thread_is_heard():
    async def scene() -> list[bool]:
        broadcaster = LocalBroadcaster()
        with broadcaster.subscribed(frozenset({"store:1"})) as one:
            Thread(target=broadcaster.publish, args=(frozenset({"store:1"}),)).start()
            return await heard(one)

    assert asyncio.run(scene()) == [True, False]


def test_a_quiet_connection_is_kept_alive_and_ends_in_time():
    async def scene() -> list[bool]:
        with LocalBroadcaster().subscribed(frozenset({"store:1"})) as one:
            return await heard(one, lasting_seconds=0.5, keep_alive_seconds=0.1)

    quiet = asyncio.run(scene())

    assert set(quiet) == {False}
    assert 2 <= len(quiet) <= 6


def test_whoever_has_gone_is_forgotten():
    async def scene() -> int:
        broadcaster = LocalBroadcaster()
        with broadcaster.subscribed(frozenset({"store:1"})):
            pass
        broadcaster.publish(frozenset({"store:1"}))
        return len(broadcaster._by_scope)

    assert asyncio.run(scene()) == 0
