"""The time that leases are held to: it never runs backwards, whatever the device's clock is set to (R11)."""

import time
from collections.abc import Callable

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
        known = facts.read(_KEY)
        self.heard_ms = int(known["seen_ms"]) if known else 0
        """A moment of the server's clock that has certainly come."""

    def heard(self, server_now_ms: int) -> None:
        """The server has just said what time it is; that counts from now on."""
        skew_ms = self._device_now_ms() - server_now_ms
        self._facts.write(_KEY, {"skew_ms": skew_ms, "seen_ms": server_now_ms})
        self.heard_ms = server_now_ms
        self._steady_start_ms = server_now_ms - self._steady_now_ms()

    def now_ms(self) -> int:
        """The time by the server's clock; never before a moment that was noted."""
        known = self._facts.read(_KEY)
        if known is None:
            return self._device_now_ms()
        steady = 0 if self._steady_start_ms is None else self._steady_start_ms + self._steady_now_ms()
        return max(int(known["seen_ms"]), self._device_now_ms() - int(known["skew_ms"]), steady)

    def note(self) -> int:
        """Remember that this moment has come, at whatever a person does; the moment."""
        known, now_ms = self._facts.read(_KEY), self.now_ms()
        if known is not None and now_ms > known["seen_ms"]:
            self._facts.write(_KEY, {**known, "seen_ms": now_ms})
        return now_ms
