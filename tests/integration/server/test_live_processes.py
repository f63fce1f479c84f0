"""Several servers on one PostgreSQL: each tells the devices of all, its own at once, and nobody twice."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from sqlalchemy.exc import OperationalError

from server.database import Database
from server.live_postgresql import PostgresqlBroadcaster

SHORT_S, LONG_S = 0.3, 20.0


@asynccontextmanager
async def processes(url, many):
    """So many broadcasters as processes on that database have them, listening."""
    databases = [Database(url) for _ in range(many)]
    found = [PostgresqlBroadcaster(database) for database in databases]
    for each in found:
        with each.subscribed(frozenset({"any"})) as subscription:
            await each.start()
            assert await heard(subscription, LONG_S)  # everyone is told to look once it listens
    yield found
    for each, database in zip(found, databases, strict=True):
        await each.stop()
        database.close()


async def heard(subscription, within_s):
    """Whether the subscription hears of a change in that time."""
    return any([changed async for changed in _first(subscription, within_s)])


async def _first(subscription, within_s):
    async for changed in subscription.changes(lasting_seconds=within_s):
        yield changed
        if changed:
            return


@pytest.fixture
def run(migrated_postgresql_url):
    def run_with(act, many=2):
        async def whole():
            async with processes(migrated_postgresql_url, many) as found:
                await act(*found)

        asyncio.run(whole())

    return run_with


def test_a_device_of_another_server_hears_of_a_change(run):
    async def act(one, other):
        with (
            other.subscribed(frozenset({"store:1"})) as concerned,
            other.subscribed(frozenset({"x"})) as not_,
        ):
            await asyncio.to_thread(one.publish, frozenset({"store:1"}))
            assert await heard(concerned, LONG_S)
            assert not await heard(not_, SHORT_S)

    run(act)


def test_a_device_of_the_same_server_hears_of_it_once(run):
    async def act(one, other):
        with one.subscribed(frozenset({"store:1"})) as near, other.subscribed(frozenset({"store:1"})) as far:
            await asyncio.to_thread(one.publish, frozenset({"store:1"}))
            assert await heard(near, LONG_S)
            # Once the other process has heard of it, this one has too, and keeps it to itself.
            assert await heard(far, LONG_S)
            assert not await heard(near, SHORT_S)

    run(act)


def test_a_device_of_the_same_server_hears_of_it_before_postgresql_does():
    async def act():
        alone = PostgresqlBroadcaster(Database("postgresql+psycopg://nobody@127.0.0.1:1/nowhere"))
        with alone.subscribed(frozenset({"store:1"})) as near:
            with pytest.raises(OperationalError):
                await asyncio.to_thread(alone.publish, frozenset({"store:1"}))
            assert await heard(near, LONG_S)

    asyncio.run(act())


def test_more_scopes_than_a_message_holds_reach_everyone_concerned(run):
    async def act(one, other):
        scopes = [f"staff:{number:036d}" for number in range(1_000)]
        with (
            other.subscribed(frozenset(scopes[:1])) as first,
            other.subscribed(frozenset({scopes[500]})) as middle,
            other.subscribed(frozenset(scopes[-1:])) as last,
        ):
            await asyncio.to_thread(one.publish, frozenset(scopes))
            for each in (first, middle, last):
                assert await heard(each, LONG_S)

    run(act)
