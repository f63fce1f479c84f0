"""What goes wrong on purpose: a process killed at any statement, a network that fails.

`Crash` is no `Exception`, so that nothing in the product can mistake it for an error it knows how to handle.
"""

import sys
from collections.abc import Callable, Coroutine, Generator
from typing import Any

from sqlalchemy import Engine

NEVER = sys.maxsize
"""What a fuse is set to that is only to count."""

_DOING = ("do_execute", "do_execute_no_params", "do_executemany", "do_commit")
"""What SQLAlchemy has its dialect do to a database."""


class Crash(BaseException):
    """The process was killed here: whatever was not committed is gone."""


class ConnectionLost(Exception):
    """The network failed; nobody knows how far the request got."""


class Fuse:
    """Kills whoever uses an engine at the statement of a given number; a commit counts as one.

    `count` is the number of statements since it was last set, so that a first run says how many places there are. One that
    was put out is not there at all: most of what runs through an engine with a fuse is not to be killed.
    """

    def __init__(self, engine: Engine) -> None:
        self.count = 0
        self._burns_at = NEVER
        self._dialect = engine.dialect
        self._lit = {name: self._before(getattr(engine.dialect, name)) for name in _DOING}

    def set(self, burns_at: int) -> None:
        """Burn at the statement of that number from now, counted from 0."""
        self.count, self._burns_at = 0, burns_at
        vars(self._dialect).update(self._lit)

    def put_out(self) -> None:
        """Neither burn nor count any more."""
        for name in _DOING:
            vars(self._dialect).pop(name, None)

    def _before(self, doing: Callable[..., None]) -> Callable[..., None]:
        def do(*arguments: Any) -> None:
            self.count += 1
            if self.count == self._burns_at + 1:
                raise Crash  # SQLAlchemy then lets go of the connection as it does of one whose server died
            doing(*arguments)

        return do


def run_by_hand(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that never waits for anything outside: an event loop for each sync costs more than the sync."""
    while True:
        try:
            coroutine.send(None)
        except StopIteration as done:
            return done.value


class Begun:
    """An exchange that was asked ahead: the hub has answered it at once, before the device works in the page in hand."""

    def __init__(self, exchanging: Coroutine[Any, Any, Any]) -> None:
        self._answer: Any = None
        self._error: Exception | None = None
        try:
            self._answer = run_by_hand(exchanging)
        except Exception as error:  # noqa: BLE001 - raised to whoever waits for the answer
            self._error = error

    def __await__(self) -> Generator[Any, Any, Any]:
        if self._error is not None:
            raise self._error
        return self._answer
        yield  # what makes it a generator

    def cancel(self) -> None:
        """The answer is not wanted any more; the hub has given it all the same."""


async def begin_by_hand(exchanging: Coroutine[Any, Any, Any]) -> Begun:
    """Set an exchange going without an event loop."""
    return Begun(exchanging)


class Mailbox:
    """Requests that the network kept back; they may arrive long after newer ones, and more than once."""

    def __init__(self) -> None:
        self._kept: list[Callable[[], object]] = []

    def keep(self, deliver: Callable[[], object]) -> None:
        """Keep a request, as what delivering it does."""
        self._kept.append(deliver)

    def deliver(self, pick: int, *, again: bool) -> bool:
        """Deliver one of them, and keep it for another time or not; False when there is none."""
        if not self._kept:
            return False
        at = pick % len(self._kept)
        deliver = self._kept[at] if again else self._kept.pop(at)
        deliver()
        return True

    def deliver_all(self) -> None:
        """Deliver everything that is left, the newest first."""
        while self._kept:
            self._kept.pop()()
