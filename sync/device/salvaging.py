"""Taking out of a damaged database what was not sent yet, and putting it into a fresh one.

Every page of the file is authenticated, so what can be read is what was written. A unit is taken whole or not at all.
"""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from sync.device import rows, state
from sync.device.tables import CONTENT, CONTENT_PIECE, OUTBOX, OUTBOX_CHANGE, STATE
from sync.lane import State
from sync.schema import catalogue

_IDENTITY = ("device_id", "staff_id", "company_id", "skew_ms")


@dataclass(slots=True)
class Salvaged:
    """What could be read: who the device is, its units with their changes, and how many units could not be read."""

    identity: dict[str, Any] = field(default_factory=dict)
    units: list[tuple[dict[str, Any], list[dict[str, Any]]]] = field(default_factory=list)
    contents: list[tuple[dict[str, Any], list[dict[str, Any]]]] = field(default_factory=list)
    """Bytes that were not sent, such as pictures, each item with its pieces."""
    lost: int = 0
    is_certain: bool = True
    """Whether `lost` is all there was; False where even the list of units could not be read."""


def take_out(connection: Connection) -> Salvaged:
    """Read what was not sent; nothing here raises because a page is damaged."""
    found = Salvaged()
    for key in _IDENTITY:
        try:
            found.identity[key] = connection.execute(select(STATE.c.value).where(STATE.c.key == key)).scalar()
        except DBAPIError:
            found.is_certain = False
    try:
        first, last = _span(connection)
    except DBAPIError:
        found.is_certain = False
        return found
    for seq in range(first, last + 1):
        try:
            unit = connection.execute(select(OUTBOX).where(OUTBOX.c.seq == seq)).mappings().first()
            chosen = select(OUTBOX_CHANGE).where(OUTBOX_CHANGE.c.seq == seq).order_by(OUTBOX_CHANGE.c.id)
            changes = connection.execute(chosen).mappings().all() if unit else []
        except DBAPIError:
            found.lost += 1
            continue
        if unit and changes:
            found.units.append((dict(unit), [dict(change) for change in changes]))
    _take_out_contents(connection, found)
    return found


def _take_out_contents(connection: Connection, found: Salvaged) -> None:
    """The bytes that only this device has; of each item all or nothing."""
    unsent = select(CONTENT).where(CONTENT.c.state.in_((State.WAITING, State.DRAFT)))
    try:
        items = connection.execute(unsent).mappings().all()
    except DBAPIError:
        found.is_certain = False
        return
    for item in items:
        of_item = (CONTENT_PIECE.c.row_id == item["row_id"], CONTENT_PIECE.c.part == item["part"])
        try:
            pieces = connection.execute(select(CONTENT_PIECE).where(*of_item)).mappings().all()
        except DBAPIError:
            found.lost += 1
            continue
        found.contents.append((dict(item), [dict(piece) for piece in pieces]))


def _span(connection: Connection) -> tuple[int, int]:
    """The first and the last number in the outbox, by its two ends alone; (1, 0) when it is empty."""
    numbers = select(OUTBOX.c.seq)
    first = connection.execute(numbers.order_by(OUTBOX.c.seq).limit(1)).scalar()
    last = connection.execute(numbers.order_by(OUTBOX.c.seq.desc()).limit(1)).scalar()
    return (first, last) if first is not None and last is not None else (1, 0)


def put_in(connection: Connection, found: Salvaged) -> None:
    """Put what was read into a fresh database: the first sync brings the rows, and these changes go on top of them."""
    known = {key: value for key, value in found.identity.items() if value is not None}
    if known:
        state.write(connection, **known)
    for unit, changes in found.units:
        connection.execute(OUTBOX.insert(), unit)
        connection.execute(OUTBOX_CHANGE.insert(), [_without_id(change) for change in changes])
        for change in changes:
            if change["tbl"] in catalogue():
                rows.set_bases(connection, change["tbl"], {change["row_id"]: None})
                rows.rebuild(connection, catalogue()[change["tbl"]], [change["row_id"]])
    for item, pieces in found.contents:
        connection.execute(CONTENT.insert(), item)
        if pieces:
            connection.execute(CONTENT_PIECE.insert(), pieces)


def _without_id(change: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in change.items() if name != "id"}
