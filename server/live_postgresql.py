"""Live messages across processes, through PostgreSQL's own LISTEN and NOTIFY."""

import asyncio
import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, suppress

import psycopg
import structlog
from sqlalchemy import make_url, text

from server.database import Database
from server.live import LocalBroadcaster, Subscription
from shared_models.ids import new_id

_CHANNEL = "showfloor_changed"
_PAYLOAD_BYTES = 7_500
"""PostgreSQL refuses a payload of 8,000 bytes or more."""
_RETRY_SECONDS = 2.0
_log = structlog.get_logger()


class PostgresqlBroadcaster:
    """Reaches the devices connected to any process on the same database."""

    def __init__(self, database: Database) -> None:
        """Notify and listen on `database`, a PostgreSQL one."""
        self._database = database
        self._local = LocalBroadcaster()
        self._self = f"process:{new_id()}"
        """Named in every message beside the scopes, so that this process knows what it has said itself."""
        self._listening: asyncio.Task[None] | None = None

    def publish(self, scopes: frozenset[str]) -> None:
        """Tell every process that something in `scopes` changed, this one at once and not by way of PostgreSQL."""
        self._local.publish(scopes)
        with self._database.engine.connect() as connection:
            # Each message by itself: beginning and ending a transaction would take two more.
            connection.execution_options(isolation_level="AUTOCOMMIT")
            for payload in _payloads(sorted(scopes), self._self):
                connection.execute(
                    text("SELECT pg_notify(:channel, :payload)"), {"channel": _CHANNEL, "payload": payload}
                )

    def subscribed(self, scopes: frozenset[str]) -> AbstractContextManager[Subscription]:
        """Keep a subscription to `scopes` for as long as the context is open."""
        return self._local.subscribed(scopes)

    async def start(self) -> None:
        """Listen until `stop`, connecting again whenever the connection is lost."""
        self._listening = asyncio.create_task(self._listen_for_ever())

    async def stop(self) -> None:
        """Stop listening."""
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening

    async def _listen_for_ever(self) -> None:
        while True:
            try:
                await self._listen()
            except psycopg.OperationalError as error:
                _log.warning("live_listener_lost", error=type(error).__name__)
            await asyncio.sleep(_RETRY_SECONDS)

    async def _listen(self) -> None:
        conninfo = (
            make_url(self._database.url).set(drivername="postgresql").render_as_string(hide_password=False)
        )
        async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as connection:
            await connection.execute(f"LISTEN {_CHANNEL}")
            # What was said while nobody listened is lost: everyone looks once.
            self._local.publish_all()
            async for message in connection.notifies():
                scopes = frozenset(json.loads(message.payload))
                if self._self not in scopes:
                    self._local.publish(scopes)


def _payloads(scopes: Iterable[str], sender: str) -> Iterator[str]:
    """The scopes as JSON lists that begin with the sender, each short enough for one message."""
    part = [sender]
    size = empty = len(json.dumps(part))
    for scope in scopes:
        length = len(json.dumps(scope)) + 2
        if size + length > _PAYLOAD_BYTES and len(part) > 1:
            yield json.dumps(part)
            part, size = [sender], empty
        part.append(scope)
        size += length
    if len(part) > 1:
        yield json.dumps(part)
