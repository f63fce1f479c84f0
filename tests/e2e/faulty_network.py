"""The network between one tablet and the server: it can go down, or cut a chosen exchange of a sync at a chosen place.

A small HTTP/1.1 proxy in a thread of its own. It closes each connection after one answer, so that every request is a
connection that it sees from its beginning and the browser has no spare one to try again on by itself.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from threading import Thread
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")
_HEAD_END = b"\r\n\r\n"
_LONGEST_HEAD = 64 * 1024
_CHUNK = 64 * 1024
_SYNC = b"POST /api/sync "
_BROKEN = (ConnectionError, asyncio.IncompleteReadError, OSError)


class Cut(StrEnum):
    """Where an exchange is cut."""

    BEFORE_THE_SERVER = "before the request reaches the server"
    BEFORE_THE_ANSWER = "after the server has answered, before the tablet has any of it"
    WITHIN_THE_ANSWER = "in the middle of the bytes of the answer"


@dataclass(slots=True)
class Traffic:
    """What became of the exchanges of a sync, in numbers."""

    begun: int = 0
    """Requests that the tablet sent while the network was up."""
    answered: int = 0
    """Those the server received and answered."""
    delivered: int = 0
    """Those whose whole answer was passed on."""
    cut: list[Cut] = field(default_factory=list)
    """Those that were cut, in order."""
    refused: int = 0
    """Connections of any kind refused while the network was down."""


class FaultyNetwork:
    """A proxy on a free port of the loopback address, up while the context is open."""

    def __init__(self, server_port: int) -> None:
        """Lead to the server on `server_port` of this machine."""
        self._server_port = server_port
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="faulty-network", daemon=True)
        self._listener: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._is_up = True
        self._cuts: dict[int, Cut] = {}
        self.traffic = Traffic()

    @property
    def address(self) -> str:
        """Where a browser finds the app: a secure context, as it is this machine."""
        assert self._listener is not None
        return f"http://localhost:{self._listener.sockets[0].getsockname()[1]}"

    def go_down(self) -> None:
        """Break every connection and refuse new ones."""
        self._call(self._set_up, is_up=False)

    def come_up(self) -> None:
        """Let everything through again."""
        self._call(self._set_up, is_up=True)

    def cut_sync(self, cut: Cut, number: int = 1) -> None:
        """Cut the exchange that is the `number`-th from now."""
        self._call(self._plan, cut, number)

    def __enter__(self) -> Self:
        self._thread.start()
        self._listener = self._await(asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_LONGEST_HEAD))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.go_down()
        self._await(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _plan(self, cut: Cut, number: int) -> None:
        self._cuts[self.traffic.begun + number] = cut

    def _set_up(self, *, is_up: bool) -> None:
        self._is_up = is_up
        if not is_up:
            for writer in self._open:
                writer.transport.abort()

    async def _end(self) -> None:
        assert self._listener is not None
        self._listener.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of the browser: one request, one answer."""
        if not self._is_up:
            self.traffic.refused += 1
            writer.transport.abort()
            return
        self._open.add(writer)
        try:
            # Either side may vanish at any moment: that is what this network is for.
            with suppress(*_BROKEN):
                await self._pass_on(reader, writer)
        finally:
            self._open.discard(writer)
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(_HEAD_END)
        body = await reader.readexactly(_content_length(head))
        cut = self._begin_sync() if head.startswith(_SYNC) else None
        if cut is Cut.BEFORE_THE_SERVER:
            self._break(writer, cut)
            return
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
        self._open.add(to_server)
        try:
            to_server.write(_closing(head) + body)
            await to_server.drain()
            if head.startswith(_SYNC):
                await self._answer_sync(from_server, writer, cut)
            else:
                await self._relay(from_server, writer)
        finally:
            self._open.discard(to_server)
            to_server.close()

    def _begin_sync(self) -> Cut | None:
        self.traffic.begun += 1
        return self._cuts.pop(self.traffic.begun, None)

    async def _answer_sync(
        self, from_server: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: Cut | None
    ) -> None:
        """Take the whole answer first: then it is certain what the server did and what the tablet knows of it."""
        answer = await from_server.read(-1)
        self.traffic.answered += 1
        if cut is Cut.WITHIN_THE_ANSWER:
            head = answer.index(_HEAD_END) + len(_HEAD_END)
            writer.write(answer[: head + (len(answer) - head) // 2])
            await writer.drain()
        if cut is None:
            writer.write(answer)
            await writer.drain()
            self.traffic.delivered += 1
        else:
            self._break(writer, cut, politely=cut is Cut.WITHIN_THE_ANSWER)

    async def _relay(self, from_server: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await from_server.read(_CHUNK):
            writer.write(chunk)
            await writer.drain()

    def _break(self, writer: asyncio.StreamWriter, cut: Cut, *, politely: bool = False) -> None:
        """End the connection; `politely` lets the bytes that were written arrive first."""
        self.traffic.cut.append(cut)
        if politely:
            writer.close()
        else:
            writer.transport.abort()

    def _call(self, function: Callable[..., None], *arguments: object, **options: object) -> None:
        async def called() -> None:
            function(*arguments, **options)

        self._await(called())

    def _await(self, work: Coroutine[object, object, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0


def _closing(head: bytes) -> bytes:
    """The same request, asking for the connection to be closed after its answer."""
    lines = [
        line
        for line in head.removesuffix(_HEAD_END).split(b"\r\n")
        if not line.lower().startswith((b"connection:", b"keep-alive:"))
    ]
    return b"\r\n".join([*lines, b"Connection: close"]) + _HEAD_END
