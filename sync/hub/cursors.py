"""Where a device's copy stands, as the text that it hands back.

It says which scopes the copy holds, up to which position, and how far a first sync of further scopes has come.
"""

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


class Cursor(msgspec.Struct):
    """The copy holds `scopes` as they were at position `at`."""

    at: tuple[_Number, _Number] | None = None
    scopes: list[str] = []
    snapshot: Snapshot | None = None

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
