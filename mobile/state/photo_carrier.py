"""The app's part of the photo lane: pieces of pictures over HTTP, beside the sync (`sync.carrying`)."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from mobile.state.errors import LogInNeeded, ServerRefusal, Unreachable
from sync.carrying import NotCarried, carry
from sync.device.contents import PIECE_BYTES

if TYPE_CHECKING:
    from mobile.state.application import App
    from sync.lane import Item

T = TypeVar("T")

_OURS = range(400, 500)
"""Refusals of one item; any other says that the server cannot be used now."""
_UNAUTHORIZED = 401
_LAST_S = 60.0
"""How long a wipe waits for pictures: a device that may be in the wrong hands is not kept for them."""
_log = logging.getLogger(__name__)


class HttpCarrier:
    """Carries pictures for the person who is logged in."""

    def __init__(self, app: "App") -> None:
        """Use the app's session and server."""
        self._app = app

    async def arrived(self, item: "Item") -> int:
        """How many bytes the server has. Raises `NotCarried`, `ServerRefusal`, `Unreachable` or `LogInNeeded`."""
        return await self._ask(lambda token: self._app.server.upload_offset(_path(item), token))

    async def send(self, item: "Item", offset: int, piece: bytes) -> int:
        """Send the bytes from `offset` on; how many the server has now. Raises as `arrived` does."""
        return await self._ask(lambda token: self._app.server.upload(_path(item), offset, piece, token))

    async def fetch(self, item: "Item", offset: int) -> bytes:
        """The next bytes from `offset` on. Raises as `arrived` does."""
        last = offset + PIECE_BYTES - 1
        return await self._ask(lambda token: self._app.server.get_range(_path(item), offset, last, token))

    async def _ask(self, call: Callable[[str], Awaitable[T]]) -> T:
        try:
            return await self._app.session.authorised(call)
        except ServerRefusal as refusal:
            if refusal.status == _UNAUTHORIZED or refusal.status not in _OURS:
                raise
            raise NotCarried(refusal.code) from refusal


async def carry_once(app: "App") -> None:
    """Send the pictures that wait and fetch those that are wanted. Raises as `HttpCarrier` does, but `NotCarried`."""
    if app.session.person is None or app.replica.is_wiped:
        raise LogInNeeded
    await carry(app.replica, HttpCarrier(app))


async def carry_last(app: "App") -> None:
    """Send the pictures that wait, once, before this device is wiped; what goes wrong does not keep it from that."""
    try:
        async with asyncio.timeout(_LAST_S):
            await carry(app.replica, HttpCarrier(app), room_bytes=0)
    except (Unreachable, ServerRefusal, LogInNeeded, TimeoutError) as error:
        _log.warning("pictures were not sent before a wipe: %s", type(error).__name__)


def _path(item: "Item") -> str:
    return f"/api/photos/{item.row_id}/{item.part}"
