"""Where a device's copy stands, as the text that it hands back.

It says which scopes the copy holds, up to which position, and how far a first sync of further scopes has come.
"""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from sync.hub.errors import MalformedCursor

_Number = Annotated[int, Meta(ge=0, le=2**63 - 1)]
_Text = Annotated[str, Meta(pattern="^[^\\x00]*$")]


class Snapshot(msgspec.Struct):
    """A first sync under way: of these scopes, from the table of this name on, below this identifier.

    By name, so that a hub which gains tables meanwhile goes on at the right one; empty at the beginning.
    """

    scopes: list[str]
    table: str = ""
    below: _Text = ""
    left: _Number = 0


class Cursor(msgspec.Struct, omit_defaults=True):
    """The copy holds `scopes` as they were at position `at`, and what the device itself wrote at the positions `own`.

    A device keeps the cursor in the transaction that works the answer in which brought it, so a copy whose cursor names a
    position of its own holds that very row, whatever becomes of the device: it need not be sent back.
    """

    at: tuple[_Number, _Number] | None = None
    scopes: list[str] = []
    snapshot: Snapshot | None = None
    own: list[tuple[_Number, _Number, _Number]] = []

    def add_own(self, spans: Sequence[tuple[int, int, int]]) -> None:
        """Note what the device has just written; while a first sync is under way it is sent everything anyway."""
        for span in spans if self.at is not None and self.snapshot is None else ():
            last = self.own[-1] if self.own else None
            if last is not None and last[0] == span[0] and last[2] + 1 == span[1]:
                self.own[-1] = (last[0], last[1], span[2])
            else:
                self.own.append(span)

    def advance(self, at: tuple[int, int]) -> None:
        """Everything up to `at` has been handed out."""
        self.at = at
        self.own = [span for span in self.own if (span[0], span[2]) > at]

    @property
    def named_scopes(self) -> frozenset[str]:
        """Every scope that the cursor speaks of."""
        return frozenset(self.scopes) | frozenset(self.snapshot.scopes if self.snapshot else ())


def parse(text: str) -> Cursor:
    """Read a cursor; empty text is that of a first sync. Raises `MalformedCursor`."""
    if not text:
        return Cursor()
    try:
        return msgspec.json.decode(text, type=Cursor)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedCursor(str(error)) from error


def text_of(cursor: Cursor) -> str:
    """The cursor as text for the device to keep; its inside is the hub's own business."""
    return msgspec.json.encode(cursor).decode()
