"""What goes wrong on purpose: a process killed at any statement, a network that fails.

`Crash` is no `Exception`, so that nothing in the product can mistake it for an error it knows how to handle.
"""

from collections.abc import Callable, Coroutine, Generator
from typing import Any

from sqlalchemy import Connection, Engine, event


class Crash(BaseException):
    """The process was killed here: whatever was not committed is gone."""


class ConnectionLost(Exception):
    """The network failed; nobody knows how far the request got."""


class Fuse:
    """Kills whoever uses an engine at the statement of a given number; a commit counts as one.

    `count` is the number of statements since it was last set, so that a first run says how many places there are.
    """

    def __init__(self, engine: Engine) -> None:
        self.count = 0
        self._burns_at: int | None = None
        event.listen(engine, "before_cursor_execute", self._statement)
        event.listen(engine, "commit", self._commit)

    def set(self, burns_at: int | None) -> None:
        """Burn at the statement of that number from now, counted from 0; None never burns."""
        self.count, self._burns_at = 0, burns_at

    @property
    def is_burnt(self) -> bool:
        """Whether it has killed somebody since it was set."""
        return self._burns_at is not None and self.count > self._burns_at

    def _statement(self, *_context: Any) -> None:
        self.count += 1
        if self._burns_at is not None and self.count == self._burns_at + 1:
            raise Crash

    def _commit(self, connection: Connection) -> None:
        try:
            self._statement()
        except Crash:
            connection.invalidate()  # or it would go back to the pool with its transaction open
            raise


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
