"""True time, which only the scenario moves."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MINUTE_MS = 60_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment_ms(moment: datetime) -> int:
    """A moment in milliseconds since the Unix epoch."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def moment_at(at_ms: int | None) -> datetime | None:
    """The moment of so many milliseconds since the Unix epoch."""
    return None if at_ms is None else _EPOCH + timedelta(milliseconds=at_ms)


@dataclass
class Clock:
    """The server's clock, which is right."""

    now_ms: int = 0

    def __call__(self) -> int:
        """What it shows."""
        return self.now_ms


@dataclass
class DeviceClock:
    """A device's clock: true time and so many minutes."""

    true: Clock
    minutes: int = 0

    def __call__(self) -> int:
        """What it shows."""
        return self.true.now_ms + self.minutes * MINUTE_MS
