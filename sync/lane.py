"""The lane of what is too large to travel with rows: which bytes go next, and which are let go. Pure, knows no database.

Rows name bytes by their SHA-256 (`shared_models.synced.Content`). The small ones, which come first, are fetched unasked
and stay; the large ones are fetched when a person wants to see them, and let go when room runs short. What the hub has
not confirmed is never let go.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

FIRST_REST_MS = 15_000
LONGEST_REST_MS = 60 * 60_000


class State(StrEnum):
    """Where the bytes of one item are."""

    DRAFT = "draft"
    """Here, and no row names them yet."""
    WAITING = "waiting"
    """Here, and not confirmed by the hub."""
    HERE = "here"
    """Here and at the hub."""
    WANTED = "wanted"
    """At the hub, and not here or not all of them."""


@dataclass(frozen=True, slots=True)
class Item:
    """The bytes of one part of one row. `at_ms` is when the item was made, `used_at_ms` when somebody last looked at it.

    `tries` is how often carrying it went wrong since it last went right, `code` why; until `retry_at_ms` it rests.
    """

    table: str
    row_id: str
    part: str
    sha256: str
    size: int
    state: str
    first: bool
    at_ms: int
    used_at_ms: int = 0
    tries: int = 0
    retry_at_ms: int = 0
    code: str = ""


def in_turn(items: Iterable[Item], now_ms: int) -> list[Item]:
    """What can be carried now, in the order in which it goes.

    Thumbnails go up before anything else, since colleagues see by them that there is a picture. Then what a person is
    waiting to see, then thumbnails down, newest first; last the pictures up, oldest first.
    """
    ready = [each for each in items if each.retry_at_ms <= now_ms and each.state in _CARRIED]
    return sorted(ready, key=_place)


def rest_ms(tries: int) -> int:
    """How long an item rests after so many failures in a row: doubling, at most an hour."""
    return min(LONGEST_REST_MS, FIRST_REST_MS << min(max(0, tries - 1), 10))


def let_go(items: Sequence[Item], room_bytes: int) -> list[Item]:
    """What to remove so that all bytes here fit into `room_bytes`: confirmed large ones, longest unused first.

    Fewer than it would take where the rest may not be let go.
    """
    excess = sum(each.size for each in items if each.state != State.WANTED) - room_bytes
    gone: list[Item] = []
    for each in sorted(items, key=lambda item: (item.used_at_ms, item.row_id)):
        if excess <= 0:
            break
        if each.state == State.HERE and not each.first:
            gone.append(each)
            excess -= each.size
    return gone


_CARRIED = {State.WAITING, State.WANTED}
_TURNS = {
    (State.WAITING, True): 0,
    (State.WANTED, False): 1,
    (State.WANTED, True): 2,
    (State.WAITING, False): 3,
}


def _place(item: Item) -> tuple[int, int, str]:
    turn = _TURNS[State(item.state), item.first]
    oldest_first = item.state == State.WAITING
    return turn, item.at_ms if oldest_first else -item.at_ms, item.row_id
