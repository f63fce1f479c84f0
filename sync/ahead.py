"""Asking the hub one round ahead: it answers the next request while the device works in the last answer.

An answer names the cursor after it, so the next request need not wait until that answer has been worked in. It carries the
units after those just applied, and none once all were sent: what a person does meanwhile is sent with a later one, as if it
had been done just after. What is cut off here is sent again, and the hub knows the units that it has answered.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from dataclasses import dataclass
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

_TURNS = 8
"""How many turns of the event loop a request has to reach the network over an open connection, before the device turns to the
page in hand. The HTTP client takes three; waiting for a time instead made every round as much longer."""


async def begin_task(exchanging: Coroutine[Any, Any, wire.Response]) -> "asyncio.Task[wire.Response]":
    """Set an exchange going on the event loop, which meanwhile gets its turn for whatever else waits, such as a tap."""
    task = asyncio.create_task(exchanging)
    # One that is let go of has nobody to raise its error to.
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    for _turn in range(_TURNS):
        await asyncio.sleep(0)
    return task


@dataclass(frozen=True, slots=True)
class Following:
    """The units that wait behind those of a request, and whether they are the last."""

    units: wire.Packed
    are_last: bool


class Asker:
    """Asks the hub, and has it answer the round after the one in hand."""

    def __init__(self, exchange: Exchange, begin: Begin) -> None:
        """Ask over `exchange`; set going by `begin` what is asked ahead."""
        self._exchange = exchange
        self._begin = begin
        self._asked: tuple[wire.Request, Begun] | None = None

    def asked(self, standing: Callable[[], str]) -> wire.Request | None:
        """What was asked ahead; None where nothing was.

        None too where the copy no longer stands where it was asked for, as `standing` says: somebody made it begin anew.
        """
        if self._asked is not None and self._asked[0].cursor != standing():
            self.let_go()
        return self._asked[0] if self._asked is not None else None

    async def ask(self, request: wire.Request) -> None:
        """Set the exchange going; on return the request is on its way, and the device may do something else meanwhile."""
        self._asked = request, await self._begin(self._ask(request))

    async def answer(self, request: wire.Request) -> wire.Response:
        """The answer to the request, which is asked now where it was not asked before."""
        if self._asked is None:
            return await self._exchange(request)
        (_, begun), self._asked = self._asked, None
        return await begun

    async def ask_ahead(
        self,
        request: wire.Request,
        response: wire.Response,
        following: Following | None,
        *,
        limit: int,
        now_ms: int,
    ) -> None:
        """Set the next exchange going where units or rows follow and nothing has to be done before."""
        if any(result.outcome != "applied" for result in response.results) or response.order:
            return  # the next request tells of what was refused, which is known when this answer has been worked in
        has_rows = request.pull and response.more and response.cursor
        if following is None and not has_rows:
            return
        await self.ask(
            msgspec.structs.replace(
                request,
                device_now_ms=now_ms,
                units=following.units if following else [],
                pull=following.are_last if following else True,
                pending=max(0, request.pending - len(request.units)),
                cursor=response.cursor,
                limit=limit,
            )
        )

    async def _ask(self, request: wire.Request) -> wire.Response:
        return await self._exchange(request)

    def let_go(self) -> None:
        """Forget what was asked ahead; units that it carried are still in the outbox."""
        if self._asked is not None:
            self._asked[1].cancel()
            self._asked = None
