"""The bytes that rows name by their hash, on this device: in the same encrypted database as the rows, in pieces.

So what a person has kept survives a kill together with the row that names it, and is wiped with it. None of it is synced
with the rows; `sync.carrying` brings it to the hub and fetches it.
"""

import hashlib
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, literal, select, update

from shared_models.synced import Content
from sync import bulk, lane
from sync.device import outbox
from sync.device.tables import CONTENT, CONTENT_PIECE, OUTBOX, OUTBOX_CHANGE
from sync.lane import Item, State
from sync.schema import TableSpec, catalogue

PIECE_BYTES = 128 * 1024
"""What is sent in one request: on a bad network a small piece arrives where a whole picture does not."""
DRAFT_MS = 30 * 86_400_000
"""How long bytes wait for a row to name them."""

_COLUMNS = (
    CONTENT.c.tbl, CONTENT.c.row_id, CONTENT.c.part, CONTENT.c.sha256, CONTENT.c.size, CONTENT.c.state, CONTENT.c.first,
    CONTENT.c.at_ms, CONTENT.c.used_at_ms, CONTENT.c.tries, CONTENT.c.retry_at_ms, CONTENT.c.code,
)  # fmt: skip
_DROPPED = (
    select(OUTBOX_CHANGE.c.row_id)
    .join(OUTBOX, OUTBOX.c.seq == OUTBOX_CHANGE.c.seq)
    .where(OUTBOX.c.state == outbox.DROPPED, OUTBOX_CHANGE.c.tbl == CONTENT.c.tbl)
    .where(OUTBOX_CHANGE.c.row_id == CONTENT.c.row_id)
)
_WAITING = and_(CONTENT.c.state == State.WAITING, ~_DROPPED.exists())
"""Bytes to be sent. Those of a unit that was dropped stay while it can be taken back, and wait for nothing."""
_WAITING_ROWS = select(CONTENT.c.row_id).where(_WAITING)


def keep(
    connection: Connection, spec: TableSpec, row_id: str, parts: dict[str, bytes], at_ms: int
) -> dict[str, Any]:
    """Keep the bytes of a row that is about to be written, by their parts; the values of its columns that name them."""
    values: dict[str, Any] = {}
    for column, content in spec.contents.items():
        held = parts[content.part]
        values |= {column: hashlib.sha256(held).hexdigest(), content.size: len(held)}
        item = _item(spec, row_id, content, values, State.DRAFT, at_ms)
        connection.execute(insert(CONTENT).values(item))
        for start in range(0, len(held), PIECE_BYTES):
            _put_piece(connection, row_id, content.part, start, held[start : start + PIECE_BYTES])
    return values


def claim(connection: Connection, row_id: str) -> None:
    """The row that names these bytes is written in this transaction: they wait to be sent from now on."""
    drafts = (CONTENT.c.row_id == row_id, CONTENT.c.state == State.DRAFT)
    connection.execute(update(CONTENT).where(*drafts).values(state=State.WAITING))


def forget(connection: Connection, row_id: str) -> None:
    """Remove whatever is here of the row's bytes."""
    for table in (CONTENT_PIECE, CONTENT):
        connection.execute(delete(table).where(table.c.row_id == row_id))


def want(connection: Connection, spec: TableSpec, row_id: str, part: str, now_ms: int) -> None:
    """Somebody wants to see this part: fetch it if it is not here, at once also where that went wrong before."""
    content = next(each for each in spec.contents.values() if each.part == part)
    row = connection.execute(select(spec.table).where(spec.table.c.id == row_id)).mappings().first()
    here = _place(row_id, part)
    if row is None:
        return
    if connection.execute(select(CONTENT.c.state).where(here)).first() is None:
        item = _item(spec, row_id, content, dict(row), State.WANTED, now_ms)
        connection.execute(insert(CONTENT).values(item | {"used_at_ms": now_ms}))
        return
    connection.execute(update(CONTENT).where(here).values(used_at_ms=now_ms))
    connection.execute(
        update(CONTENT).where(here, CONTENT.c.state == State.WANTED).values(retry_at_ms=0, at_ms=now_ms)
    )


def item_of(connection: Connection, row_id: str, part: str) -> Item | None:
    """How it stands with this part, None where nothing of it is known."""
    found = connection.execute(select(*_COLUMNS).where(_place(row_id, part))).first()
    return Item(*found) if found else None


def read(connection: Connection, row_id: str, part: str) -> bytes | None:
    """The bytes of this part, or None where they are not here, or not all of them."""
    return read_all(connection, [row_id], part).get(row_id)


def read_all(connection: Connection, row_ids: Collection[str], part: str) -> dict[str, bytes]:
    """The bytes of this part of several rows, of those where all of them are here."""
    whole = and_(CONTENT.c.row_id == CONTENT_PIECE.c.row_id, CONTENT.c.part == CONTENT_PIECE.c.part)
    pieces = (
        select(CONTENT_PIECE.c.row_id, CONTENT_PIECE.c.bytes)
        .join(CONTENT, whole)
        .where(bulk.among(connection, CONTENT_PIECE.c.row_id, row_ids))
        .where(CONTENT_PIECE.c.part == part, CONTENT.c.state != State.WANTED)
        .order_by(CONTENT_PIECE.c.row_id, CONTENT_PIECE.c.start)
    )
    found: dict[str, list[bytes]] = {}
    for row_id, piece in connection.execute(pieces):
        found.setdefault(row_id, []).append(piece)
    return {row_id: b"".join(held) for row_id, held in found.items()}


def piece_from(connection: Connection, item: Item, offset: int) -> bytes:
    """The bytes from `offset` to the end of the piece they are in; empty behind the last one."""
    before = select(CONTENT_PIECE.c.start, CONTENT_PIECE.c.bytes).where(
        _of(item.row_id, item.part), CONTENT_PIECE.c.start <= offset
    )
    found = connection.execute(before.order_by(CONTENT_PIECE.c.start.desc()).limit(1)).first()
    return bytes(found.bytes[offset - found.start :]) if found else b""


def received(connection: Connection, item: Item) -> int:
    """How many bytes of the item are here."""
    size = func.coalesce(func.sum(func.length(CONTENT_PIECE.c.bytes)), 0)
    return int(connection.execute(select(size).where(_of(item.row_id, item.part))).scalar_one())


def add_piece(connection: Connection, item: Item, piece: bytes) -> bool:
    """Keep the next bytes of an item that is being fetched; False where it is not wanted any more."""
    wanted = item_of(connection, item.row_id, item.part)
    if wanted is None or wanted.state != State.WANTED or wanted.sha256 != item.sha256:
        return False
    _put_piece(connection, item.row_id, item.part, received(connection, item), piece)
    return True


def complete(connection: Connection, item: Item) -> bool:
    """All bytes have come: they are here if they are what the row names, and thrown away if not."""
    pieces = select(CONTENT_PIECE.c.bytes).where(_of(item.row_id, item.part)).order_by(CONTENT_PIECE.c.start)
    digest = hashlib.sha256()
    for piece in connection.execute(pieces).scalars():
        digest.update(piece)
    if digest.hexdigest() != item.sha256:
        connection.execute(delete(CONTENT_PIECE).where(_of(item.row_id, item.part)))
        return False
    settle(connection, item)
    return True


def settle(connection: Connection, item: Item) -> None:
    """These bytes are here and at the hub."""
    values = {"state": State.HERE, "tries": 0, "retry_at_ms": 0, "code": ""}
    connection.execute(update(CONTENT).where(_place(item.row_id, item.part)).values(values))


def put_off(connection: Connection, item: Item, code: str, now_ms: int) -> None:
    """Carrying it went wrong: it rests for a while, longer each time."""
    tries = item.tries + 1
    values = {"tries": tries, "retry_at_ms": now_ms + lane.rest_ms(tries), "code": code}
    connection.execute(update(CONTENT).where(_place(item.row_id, item.part)).values(values))


def prepare(connection: Connection, now_ms: int, room_bytes: int) -> None:
    """Bring the list of items in line with the rows: what is to be fetched is entered, what is nobody's is removed."""
    abandoned = select(CONTENT.c.row_id).where(
        CONTENT.c.state == State.DRAFT, CONTENT.c.at_ms < now_ms - DRAFT_MS
    )
    _forget_all(connection, abandoned)
    for spec in catalogue().values():
        for column, content in spec.contents.items():
            _note_arrivals(connection, spec, content)
            if content.first and _held_bytes(connection) < room_bytes:
                _enter_missing(connection, spec, column, content, now_ms)
        if spec.contents:
            gone = ~select(spec.table.c.id).where(spec.table.c.id == CONTENT.c.row_id).exists()
            no_use = CONTENT.c.state.in_((State.HERE, State.WANTED))
            _forget_all(connection, select(CONTENT.c.row_id).where(CONTENT.c.tbl == spec.name, gone, no_use))
    make_room(connection, room_bytes)


def make_room(connection: Connection, room_bytes: int) -> None:
    """Let go of what may be let go, until all bytes fit into `room_bytes`."""
    if _held_bytes(connection) <= room_bytes:
        return
    items = [Item(*row) for row in connection.execute(select(*_COLUMNS))]
    for item in lane.let_go(items, room_bytes):
        connection.execute(delete(CONTENT_PIECE).where(_of(item.row_id, item.part)))
        connection.execute(delete(CONTENT).where(_place(item.row_id, item.part)))


def next_item(connection: Connection, now_ms: int) -> Item | None:
    """What to carry next; nothing goes before the row that names it."""
    unsent = select(OUTBOX_CHANGE.c.row_id).where(
        OUTBOX_CHANGE.c.tbl == CONTENT.c.tbl, OUTBOX_CHANGE.c.row_id == CONTENT.c.row_id
    )
    ready = (CONTENT.c.state.in_((State.WAITING, State.WANTED)), CONTENT.c.retry_at_ms <= now_ms)
    found = connection.execute(select(*_COLUMNS).where(*ready, ~unsent.exists()))
    return next(iter(lane.in_turn([Item(*row) for row in found], now_ms)), None)


def is_known(connection: Connection, item: Item) -> bool:
    """Whether the row that names the bytes is in the copy, or on its way to the hub."""
    table = catalogue()[item.table].table
    in_copy = select(literal(1)).where(table.c.id == item.row_id)
    in_outbox = select(literal(1)).where(
        OUTBOX_CHANGE.c.tbl == item.table, OUTBOX_CHANGE.c.row_id == item.row_id
    )
    return any(connection.execute(each).first() for each in (in_copy, in_outbox))


def count_waiting(connection: Connection) -> int:
    """Of how many rows bytes wait to be sent."""
    return len(waiting_rows(connection))


def troubles(connection: Connection) -> list[str]:
    """Why bytes that wait to be sent were refused: the hub's codes, each once."""
    codes = select(CONTENT.c.code).where(_WAITING, CONTENT.c.code != "").distinct()
    return sorted(connection.execute(codes).scalars())


def waiting_rows(connection: Connection) -> frozenset[str]:
    """The rows with bytes that wait to be sent."""
    return frozenset(row_id for (row_id,) in bulk.fetch_lasting(connection, _WAITING_ROWS))


def _item(
    spec: TableSpec, row_id: str, content: Content, row: dict[str, Any], state: State, at_ms: int
) -> dict[str, Any]:
    column = next(name for name, each in spec.contents.items() if each is content)
    values = {
        "row_id": row_id,
        "part": content.part,
        "tbl": spec.name,
        "state": state,
        "first": content.first,
    }
    values |= {"sha256": row[column], "size": row[content.size], "at_ms": at_ms, "used_at_ms": at_ms}
    return values | {"tries": 0, "retry_at_ms": 0, "code": ""}


def _note_arrivals(connection: Connection, spec: TableSpec, content: Content) -> None:
    """What the hub says it has is confirmed, also where its answer to the last piece was lost."""
    table = spec.table
    has_arrived = (
        select(table.c.id)
        .where(table.c.id == CONTENT.c.row_id, table.c[content.arrived].is_not(None))
        .exists()
    )
    mine = (CONTENT.c.tbl == spec.name, CONTENT.c.part == content.part, CONTENT.c.state == State.WAITING)
    connection.execute(update(CONTENT).where(*mine, has_arrived).values(state=State.HERE, code=""))


def _enter_missing(
    connection: Connection, spec: TableSpec, column: str, content: Content, now_ms: int
) -> None:
    """Whatever the hub has of this part and nothing is known of here is to be fetched, newest rows first."""
    table = spec.table
    known = and_(CONTENT.c.row_id == table.c.id, CONTENT.c.part == content.part)
    missing = select(table.c.id, table.c[column], table.c[content.size], table.c[content.arrived]).where(
        table.c[content.arrived].is_not(None), ~select(CONTENT.c.row_id).where(known).exists()
    )
    for row_id, sha256, size, arrived_at_ms in connection.execute(missing).all():
        row = {column: sha256, content.size: size}
        item = _item(spec, row_id, content, row, State.WANTED, arrived_at_ms)
        connection.execute(insert(CONTENT).values(item | {"used_at_ms": now_ms}))


def _held_bytes(connection: Connection) -> int:
    held = select(func.coalesce(func.sum(CONTENT.c.size), 0)).where(CONTENT.c.state != State.WANTED)
    return int(connection.execute(held).scalar_one())


def _forget_all(connection: Connection, row_ids: Any) -> None:
    for row_id in set(connection.execute(row_ids).scalars()):
        forget(connection, row_id)


def _put_piece(connection: Connection, row_id: str, part: str, start: int, piece: bytes) -> None:
    values = {"row_id": row_id, "part": part, "start": start, "bytes": piece}
    connection.execute(insert(CONTENT_PIECE).values(values))


def _place(row_id: str, part: str) -> Any:
    return and_(CONTENT.c.row_id == row_id, CONTENT.c.part == part)


def _of(row_id: str, part: str) -> Any:
    return and_(CONTENT_PIECE.c.row_id == row_id, CONTENT_PIECE.c.part == part)
