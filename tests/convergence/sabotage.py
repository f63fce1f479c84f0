"""Ways to break the engine on purpose: each oracle of the simulation is worth what it notices.

Each way names what the simulation must say of it; `test_sabotage.py` sees that it does.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import sync.clock
import sync.device.answers
import sync.device.outbox
import sync.device.renewal
import sync.device.rows
import sync.hub.applying
import sync.hub.feed
import sync.hub.handing_out
import sync.hub.trimming
import sync.hub.workspace
from server.domain.loyalty import books
from sync.hub import recorder


@dataclass(frozen=True, slots=True)
class Break:
    """A way to break the engine, and what the simulation must say of it."""

    do: Callable[[], None]
    promise: str


BREAKS: dict[str, Break] = {}


def breaks(promise: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Register a way to break the engine under what it breaks."""

    def register(do: Callable[[], None]) -> Callable[[], None]:
        BREAKS[do.__name__] = Break(do, promise)
        return do

    return register


@breaks("S2: the confirmed unit")
def forget_refused_units() -> None:
    """A refused unit leaves the outbox like one that was applied."""
    sync.device.answers.outbox.settle = lambda connection, unit, *_: sync.device.outbox.remove(
        connection, [unit]
    )  # type: ignore[attr-defined]


@breaks("S3: ")
def keep_half_of_refused_units() -> None:
    """What a refused unit had written before it was refused stays."""
    sync.hub.workspace.Workspace.refuse = sync.hub.workspace.Workspace.accept  # type: ignore[method-assign]


@breaks("S2: the stock")
def count_equal_movements_once() -> None:
    """Two who count the same are taken for one."""
    merge_row = sync.hub.applying.merge_row

    def merged(spec: Any, current: Any, stamps: Any, fields: Any, *rest: Any) -> Any:
        news = {name: value for name, value in fields.items() if value != current.get(name)}
        return merge_row(spec, current, stamps, news, *rest)

    sync.hub.applying.merge_row = merged


@breaks("S4: ")
def forget_losing_values() -> None:
    """The value that gives way is not put into the inbox."""
    merge_row = sync.hub.applying.merge_row

    def merged(*arguments: Any) -> Any:
        return replace(merge_row(*arguments), lost=[])

    sync.hub.applying.merge_row = merged


@breaks("S4: ")
def delete_unseen() -> None:
    """A deletion takes along what its author never saw."""
    sync.hub.applying.judging.check_seen_whole = lambda *_: None


@breaks("S5: ")
def leave_rows_that_moved() -> None:
    """A row that leaves a scope is not announced as gone."""
    entries = sync.hub.feed._entries
    sync.hub.feed._entries = lambda news: [entry for entry in entries(news) if entry[3] != "exit"]


@breaks("S5: ")
def leave_rows_of_lost_scopes() -> None:
    """Who loses a scope keeps its rows."""
    sync.hub.handing_out._purge_lost_scopes = lambda *_: None


@breaks("S5: ")
def renew_without_looking() -> None:
    """A copy begun anew keeps what it held."""
    sync.device.renewal.begin = lambda _connection: None


@breaks("S5: ")
def forget_without_telling() -> None:
    """A device that was away for longer than the log is not told to begin anew."""
    sync.hub.trimming._raise_horizon = lambda *_: None


@breaks("S1: ")
def show_refused_edits() -> None:
    """The copy goes on showing what was refused."""
    sync.device.rows.rebuild = lambda *_: None


@breaks("S1: ")
def leave_out_what_the_hub_set() -> None:
    """The author of a new row does not hear what the hub made of it."""
    sync.device.rows.fill = lambda *_: None


@breaks("S5: ")
def hand_out_everything() -> None:
    """A salesperson is handed what their manager sees."""
    effective = sync.hub.handing_out.effective_scopes
    sync.hub.handing_out.effective_scopes = lambda scopes, *rest: effective(scopes, *rest) | {"manager:north"}


@breaks("S1: ")
def skip_positions() -> None:
    """The cursor goes one entry further than what was handed out."""
    after = sync.hub.handing_out.positions.after
    sync.hub.handing_out.positions.after = lambda at: after((at[0], at[1] + 1))


@breaks("S9: ")
def believe_clocks() -> None:
    """The device's clock is taken for the time."""
    sync.clock.Correction.corrected_ms = lambda _self, device_ms: device_ms  # type: ignore[method-assign]


@breaks("S2: ")
def earn_twice() -> None:
    """A payment is credited under a new name each time it is looked at."""
    post = books.post

    def posted(session: Any, member: Any, before: Any, posting: Any, *, event_id: str, **rest: Any) -> bool:
        done = post(session, member, before, posting, event_id=event_id, **rest)
        if posting.entries and posting.entries[0].kind == "base":
            post(session, member, posting.account, posting, event_id=event_id + recorder.SERVER, **rest)
        return done

    books.post = posted
