"""The time that leases are held to: it never runs backwards, whatever the device's clock is set to (R11)."""

import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from mobile.state.local import LocalFacts

_KEY = "lease_clock"


def steady_ms() -> int:
    """Milliseconds since some moment, on a clock that nobody can set; it may rest while the device sleeps."""
    return time.monotonic_ns() // 1_000_000


class LeaseClock:
    """The server's time as this device last heard it, carried on by the device's own clock, and never set back.

    While the app runs, a clock that cannot be set carries it on as well; whichever is later counts.
    """

    def __init__(
        self,
        facts: LocalFacts,
        device_now_ms: Callable[[], int],
        steady_now_ms: Callable[[], int] = steady_ms,
    ) -> None:
        """Kept beside the other facts of this device, so that a restart opens no window either."""
        self._facts = facts
        self._device_now_ms = device_now_ms
        self._steady_now_ms = steady_now_ms
        self._steady_start_ms: int | None = None
        self._known: dict[str, Any] | None = facts.read(_KEY)
        self.heard_ms = int(self._known["seen_ms"]) if self._known else 0
        """A moment of the server's clock that has certainly come."""

    def heard(self, server_now_ms: int) -> None:
        """The server has just said what time it is; that counts from now on."""
        skew_ms = self._device_now_ms() - server_now_ms
        self._known = {"skew_ms": skew_ms, "seen_ms": server_now_ms}
        self._facts.write(_KEY, self._known)
        self.heard_ms = server_now_ms
        self._steady_start_ms = server_now_ms - self._steady_now_ms()

    def now_ms(self) -> int:
        """The time by the server's clock; never before a moment that was noted."""
        known = self._known
        if known is None:
            return self._device_now_ms()
        steady = 0 if self._steady_start_ms is None else self._steady_start_ms + self._steady_now_ms()
        return max(int(known["seen_ms"]), self._device_now_ms() - int(known["skew_ms"]), steady)

    def note(self, connection: Connection | None = None) -> int:
        """Remember that this moment has come, at whatever a person does; the moment.

        With a `connection` in the transaction of what they do, which then waits for the disk once.
        """
        known, now_ms = self._known, self.now_ms()
        if known is not None and now_ms > known["seen_ms"]:
            self._known = {**known, "seen_ms": now_ms}
            if connection is None:
                self._facts.write(_KEY, self._known)
            else:
                self._facts.write_on(connection, _KEY, self._known)
        return now_ms

    def forget(self) -> None:
        """The facts of this device were wiped, this one among them."""
        self._known = None
