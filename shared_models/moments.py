"""Moments are integer milliseconds since the Unix epoch, UTC; days are those of the business, at +08:00."""

from datetime import date, datetime, timedelta, timezone

from shared_models.errors import RuleError

BUSINESS_ZONE = timezone(timedelta(hours=8))
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
LARGEST_PLAUSIBLE_SKEW_MS = 12 * HOUR_MS

_EPOCH = datetime.fromtimestamp(0, BUSINESS_ZONE)
_MILLISECOND = timedelta(milliseconds=1)


def parse_moment(text: str) -> int:
    """Milliseconds for an ISO 8601 moment with an offset, such as `2026-03-01T10:00:00+08:00`.

    Refuses one without an offset, since nobody could say when it was (`RuleError("moment")`).
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise RuleError("moment", text=text) from None
    if moment.tzinfo is None:
        raise RuleError("moment", text=text)
    return (moment - _EPOCH) // _MILLISECOND


def local_moment(at_ms: int) -> datetime:
    """The moment on the business's clock, to be shown."""
    return _EPOCH + at_ms * _MILLISECOND


def local_date(at_ms: int) -> str:
    """The business day a moment falls on, as `YYYY-MM-DD`."""
    return local_moment(at_ms).date().isoformat()


def day_bounds_ms(day: str) -> tuple[int, int]:
    """First moment of a business day, and the first of the next: a moment is in it from the one until before the other."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=BUSINESS_ZONE)
    start_ms = (midnight - _EPOCH) // _MILLISECOND
    return start_ms, start_ms + DAY_MS


def days_after(day: str, count: int) -> str:
    """The date so many days after another one; before it, if negative."""
    return (date.fromisoformat(day) + timedelta(days=count)).isoformat()


def corrected_ms(device_ms: int, *, device_now_ms: int, server_now_ms: int, receipt_ms: int) -> int:
    """When something that a device dates `device_ms` truly happened (R12).

    `device_now_ms` and `server_now_ms` are the two clocks at the same moment, during the sync that brought it. Never
    later than its receipt.
    """
    return min(device_ms - (device_now_ms - server_now_ms), receipt_ms)


def is_implausible_skew(device_now_ms: int, server_now_ms: int) -> bool:
    """Whether a device's clock is more than twelve hours off, either way, and a manager should know (R12)."""
    return abs(device_now_ms - server_now_ms) > LARGEST_PLAUSIBLE_SKEW_MS
