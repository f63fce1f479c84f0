"""Telling connected devices that something in their scopes changed.

A message carries nothing but that fact: the device then syncs. A missed message costs a delay, never data, so that
nothing here is stored, and many changes at once become one message.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import Lock
from typing import Protocol

KEEP_ALIVE_SECONDS = 20.0
"""How often a quiet connection is written to, so that proxies keep it and lost ones are noticed."""


class Subscription:
    """One connected device: a flag that is set when something it may see has changed."""

    __slots__ = ("_changed", "_loop", "scopes")

    def __init__(self, scopes: frozenset[str]) -> None:
        """Listen for changes in `scopes`."""
        self.scopes = scopes
        self._loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()

    def wake(self) -> None:
        """Set the flag, from any thread."""
        self._loop.call_soon_threadsafe(self._changed.set)

    async def changes(
        self, *, lasting_seconds: float, keep_alive_seconds: float = KEEP_ALIVE_SECONDS
    ) -> AsyncIterator[bool]:
        """True for each change, several close together being one; False when nothing came for a while. Ends in time."""
        ends = time.monotonic() + lasting_seconds
        while (left := ends - time.monotonic()) > 0:
            try:
                # Not `wait_for`, which keeps a task for each connected device.
                async with asyncio.timeout(min(left, keep_alive_seconds)):
                    await self._changed.wait()
            except TimeoutError:
                yield False
            else:
                self._changed.clear()
                yield True


class Broadcaster(Protocol):
    """Carries the scopes that changed to whoever is connected, to this process or to any."""

    def publish(self, scopes: frozenset[str]) -> None:
        """Something in `scopes` changed and is committed; called from any thread."""

    def subscribed(self, scopes: frozenset[str]) -> AbstractContextManager[Subscription]:
        """Keep a subscription to `scopes` for as long as the context is open; entered on the event loop."""

    async def start(self) -> None:
        """Begin to listen, when the server starts."""

    async def stop(self) -> None:
        """Stop listening, when the server stops."""


class LocalBroadcaster:
    """Reaches the devices connected to this process."""

    def __init__(self) -> None:
        """Start with nobody connected."""
        self._by_scope: dict[str, set[Subscription]] = defaultdict(set)
        self._lock = Lock()

    def publish(self, scopes: frozenset[str]) -> None:
        """Wake everyone who has one of `scopes`."""
        with self._lock:
            concerned = {each for scope in scopes for each in self._by_scope.get(scope, ())}
        for subscription in concerned:
            subscription.wake()

    def publish_all(self) -> None:
        """Wake everyone: something may have been missed."""
        with self._lock:
            scopes = frozenset(self._by_scope)
        self.publish(scopes)

    @contextmanager
    def subscribed(self, scopes: frozenset[str]) -> Iterator[Subscription]:
        """Keep a subscription to `scopes` for as long as the context is open."""
        subscription = Subscription(scopes)
        with self._lock:
            for scope in scopes:
                self._by_scope[scope].add(subscription)
        try:
            yield subscription
        finally:
            with self._lock:
                for scope in scopes:
                    self._by_scope[scope].discard(subscription)
                    if not self._by_scope[scope]:
                        del self._by_scope[scope]

    async def start(self) -> None:
        """Nothing to do within one process."""

    async def stop(self) -> None:
        """Nothing to do within one process."""
