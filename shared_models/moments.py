"""Moments are integer milliseconds since the Unix epoch, UTC; days are those of the business, at +08:00 unless it says so.

One installation has one business zone: the server's settings name it, and devices are told when they log in.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone

from shared_models.errors import RuleError

DEFAULT_ZONE = "+08:00"
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
LARGEST_PLAUSIBLE_SKEW_MS = 12 * HOUR_MS

_EPOCH = datetime.fromtimestamp(0, UTC)
_MILLISECOND = timedelta(milliseconds=1)
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>0\d|1[0-4]):(?P<minutes>[0-5]\d)")


class _Business:
    """Where the business's clock hangs: the same for everything that this process dates."""

    offset = DEFAULT_ZONE
    zone = timezone(timedelta(hours=8))


def parse_zone(text: str) -> timezone:
    """The zone of an offset such as `+08:00`, up to 14 hours from UTC. Refuses anything else (`ValueError`)."""
    match = _OFFSET.fullmatch(text)
    if match is None:
        message = f"{text!r} is no offset from UTC such as {DEFAULT_ZONE}"
        raise ValueError(message)
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"]))
    return timezone(-offset if match["sign"] == "-" else offset)


def use_business_zone(text: str) -> None:
    """From now on days and years are those of this zone; called once, before anything is dated. Refuses as `parse_zone`."""
    _Business.zone = parse_zone(text)
    _Business.offset = text


def business_zone() -> timezone:
    """The zone of the business's clock."""
    return _Business.zone


def business_offset() -> str:
    """The same as it is written in a moment: `+08:00`."""
    return _Business.offset


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
    return (_EPOCH + at_ms * _MILLISECOND).astimezone(_Business.zone)


def local_date(at_ms: int) -> str:
    """The business day a moment falls on, as `YYYY-MM-DD`."""
    return local_moment(at_ms).date().isoformat()


def day_bounds_ms(day: str) -> tuple[int, int]:
    """First moment of a business day, and the first of the next: a moment is in it from the one until before the other."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=_Business.zone)
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
