"""The device's side of the lane, from top to bottom: bytes to the hub and from it, beside the sync of rows.

One item after the other, in pieces. Each piece that was sent is at the hub, each that came is in the database, so it may
be cut off anywhere and goes on from there. What the hub refuses rests and is tried again, and never stops the others.
"""

from typing import Protocol

from sync.device import contents
from sync.device.replica import Replica
from sync.lane import Item, State

ROOM_BYTES = 150_000_000
"""What pictures may take on a device unless it is told otherwise."""
GONE = frozenset({"not_found", "not_yours", "forbidden"})
"""The hub's codes for a row that it does not have, or that is not this person's."""


class NotCarried(Exception):
    """The hub refused an item; `code` says why."""

    def __init__(self, code: str) -> None:
        """Keep the hub's code."""
        super().__init__(code)
        self.code = code


class Carrier(Protocol):
    """Brings bytes to the hub and from it; each raises `NotCarried`, or whatever the network raises."""

    async def arrived(self, item: Item) -> int:
        """How many bytes of the item the hub has."""

    async def send(self, item: Item, offset: int, piece: bytes) -> int:
        """Send the bytes from `offset` on; how many the hub has now."""

    async def fetch(self, item: Item, offset: int) -> bytes:
        """The next bytes from `offset` on, as many as one request should bring."""


async def carry(replica: Replica, carrier: Carrier, room_bytes: int = ROOM_BYTES) -> int:
    """Carry everything whose turn it is; how many items were. Raises what the network raises."""
    with replica.engine.begin() as connection:
        contents.prepare(connection, replica.now_ms(), room_bytes)
    carried = 0
    while (item := _next(replica)) is not None:
        try:
            carried += await (_send if item.state == State.WAITING else _fetch)(replica, carrier, item)
        except NotCarried as refusal:
            _put_off(replica, item, refusal.code)
        with replica.engine.begin() as connection:
            contents.make_room(connection, room_bytes)
        replica.tell(frozenset({item.table}))
    return carried


def _next(replica: Replica) -> Item | None:
    with replica.engine.connect() as connection:
        return contents.next_item(connection, replica.now_ms())


async def _send(replica: Replica, carrier: Carrier, item: Item) -> int:
    # A small item arrives with its first request; asking how much of it has would only be one more.
    offset = 0 if item.first and not item.tries else await carrier.arrived(item)
    while offset < item.size:
        with replica.engine.connect() as connection:
            piece = contents.piece_from(connection, item, offset)
        sent = await carrier.send(item, offset, piece) if piece else offset
        if sent <= offset:
            raise NotCarried("photo_damaged")
        offset = sent
    with replica.engine.begin() as connection:
        contents.settle(connection, item)
    return 1


async def _fetch(replica: Replica, carrier: Carrier, item: Item) -> int:
    with replica.engine.connect() as connection:
        offset = contents.received(connection, item)
    while offset < item.size:
        piece = await carrier.fetch(item, offset)
        if not piece:
            raise NotCarried("photo_damaged")
        with replica.engine.begin() as connection:
            if not contents.add_piece(connection, item, piece):
                return 0
        offset += len(piece)
    with replica.engine.begin() as connection:
        is_right = contents.complete(connection, item)
    if not is_right:
        raise NotCarried("photo_damaged")
    return 1


def _put_off(replica: Replica, item: Item, code: str) -> None:
    with replica.engine.begin() as connection:
        is_lost = code in GONE and (item.state == State.WANTED or not contents.is_known(connection, item))
        if is_lost:  # the person gave the row up, or may not see it any more
            contents.forget(connection, item.row_id)
        else:
            contents.put_off(connection, item, code, replica.now_ms())
