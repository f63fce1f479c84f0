"""Asking the hub one page ahead: it reads the next page while the device works in the last one.

An answer names the cursor after it, so the next request need not wait until that answer has been worked in. It carries no
units: what a person does meanwhile is sent with a later one, as if it had been done just after.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, Protocol

import msgspec

from sync import wire

Exchange = Callable[[wire.Request], Awaitable[wire.Response]]
"""Sends a request to the hub and gives its answer; raises whatever the network raises."""


class Begun(Protocol):
    """An exchange under way: awaiting it gives the answer or raises what the exchange raised."""

    def __await__(self) -> Generator[Any, Any, wire.Response]:
        """Wait for the answer."""

    def cancel(self) -> object:
        """Let go of it, whether it is done or not."""


Begin = Callable[[Coroutine[Any, Any, wire.Response]], Awaitable[Begun]]
"""Sets an exchange going, and returns once its request is on the way."""

_LEAVES_S = 0.002
"""How long a request may take to reach the network before the device turns to the page in hand."""


async def begin_task(exchanging: Coroutine[Any, Any, wire.Response]) -> "asyncio.Task[wire.Response]":
    """Set an exchange going on the event loop, which meanwhile gets its turn for whatever else waits, such as a tap."""
    task = asyncio.create_task(exchanging)
    # One that is let go of has nobody to raise its error to.
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    await asyncio.wait({task}, timeout=_LEAVES_S)
    return task


class Asker:
    """Asks the hub, and has it prepare the page after the one in hand."""

    def __init__(self, exchange: Exchange, begin: Begin) -> None:
        """Ask over `exchange`; set going by `begin` what is asked ahead."""
        self._exchange = exchange
        self._begin = begin
        self._asked: tuple[wire.Request, Begun] | None = None

    async def answer(self, standing: Callable[[], str]) -> tuple[wire.Request, wire.Response] | None:
        """What was asked ahead, with its answer; None where nothing was.

        None too where the copy no longer stands where it was asked for, as `standing` says: somebody made it begin anew.
        """
        if self._asked is None:
            return None
        request, begun = self._asked
        if request.cursor != standing():
            self.let_go()
            return None
        self._asked = None
        return request, await begun

    async def ask_ahead(
        self, request: wire.Request, response: wire.Response, *, limit: int, now_ms: int
    ) -> None:
        """Set the next exchange going where this answer says that more rows follow and nothing has to be done before."""
        if not (request.pull and response.more and response.cursor) or response.order:
            return
        if any(result.outcome != "applied" for result in response.results):
            return  # the next request tells of what was refused, which is known when this answer has been worked in
        next_request = msgspec.structs.replace(
            request,
            device_now_ms=now_ms,
            units=[],
            pending=max(0, request.pending - len(request.units)),
            cursor=response.cursor,
            limit=limit,
        )
        self._asked = next_request, await self._begin(self._ask(next_request))

    async def _ask(self, request: wire.Request) -> wire.Response:
        return await self._exchange(request)

    def let_go(self) -> None:
        """Forget what was asked ahead; the hub has changed nothing by answering it."""
        if self._asked is not None:
            self._asked[1].cancel()
            self._asked = None
