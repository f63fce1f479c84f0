"""The network between a device and the server: in-process HTTP that can be down, lose answers and deliver twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from sync import wire

_SYNC = "/api/sync"


class AnotherBatch(AssertionError):
    """A device that got no answer sent something else than the batch it had sent before."""


@dataclass
class Network(httpx.AsyncBaseTransport):
    """One device's way to the server; down unless a step lets it through."""

    server: httpx.AsyncBaseTransport
    is_up: bool = False
    loses_answer: bool = False
    """The next sync request arrives at the server, its answer does not come back."""
    extra_deliveries: int = 0
    """How often the next sync request arrives once more, its later answers unheard."""
    _lost_batch: list[wire.Unit] | None = field(default=None)

    @contextmanager
    def up(self) -> Iterator[None]:
        """Let the device through while the block lasts."""
        self.is_up = True
        try:
            yield
        finally:
            self.is_up = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry a request there and its answer back, as far as the faults let it."""
        if not self.is_up:
            raise httpx.ConnectError("the device is offline", request=request)
        body = await request.aread()
        if request.url.path != _SYNC:
            return await self._deliver(request, body)
        units = wire.decode_request(body).units
        if self._lost_batch is not None and units[: len(self._lost_batch)] != self._lost_batch:
            raise AnotherBatch("after a lost answer the device must send the very same batch again")
        answer = await self._deliver(request, body)
        if self.loses_answer:
            self._lost_batch = units
            raise httpx.ReadError("the answer was lost", request=request)
        self._lost_batch = None
        for _ in range(self.extra_deliveries):
            await self._deliver(request, body)
        self.extra_deliveries = 0
        return answer

    async def _deliver(self, request: httpx.Request, body: bytes) -> httpx.Response:
        copy = httpx.Request(
            request.method, request.url, headers=request.headers, content=body, extensions=request.extensions
        )
        answer = await self.server.handle_async_request(copy)
        await answer.aread()
        return answer
