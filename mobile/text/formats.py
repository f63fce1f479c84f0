"""Money, counts and moments as words of the active language. Moments are shown by the business's clock."""

from datetime import date, datetime, timedelta

from mobile.text import language, t
from shared_models.moments import local_moment

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000

_WEEKDAYS = {
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_LONG_WEEKDAYS = {
    "zh": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def count(value: int) -> str:
    """A whole number with thousands separated: `26,350`."""
    return f"{value:,}"


def money(fen: int) -> str:
    """Fen as yuan: `¥12,880`, with its cents only when there are some."""
    yuan, cents = divmod(abs(fen), 100)
    tail = f".{cents:02d}" if cents else ""
    return f"{'-' if fen < 0 else ''}¥{yuan:,}{tail}"


def plain_money(fen: int) -> str:
    """Fen as a person types yuan into a field: `12880`, `999.50`."""
    yuan, cents = divmod(fen, 100)
    return f"{yuan}.{cents:02d}" if cents else str(yuan)


def signed(value: int) -> str:
    """Points that came or went: `+1,980`, `-500`."""
    return f"{value:+,}"


def masked_phone(phone: str) -> str:
    """The first three and last four digits: `138 ···· 8000`."""
    if len(phone) <= 4:
        return phone
    return f"{phone[:3] + ' ' if len(phone) > 7 else ''}···· {phone[-4:]}"


def spaced_phone(phone: str) -> str:
    """A Chinese mobile number in its usual groups: `138 0013 8000`."""
    digits = phone.removeprefix("+86")
    return f"{digits[:3]} {digits[3:7]} {digits[7:]}" if len(digits) == 11 and digits.isdigit() else phone


def local(at_ms: int) -> datetime:
    """The moment in the business's zone."""
    return local_moment(at_ms)


def clock(at_ms: int) -> str:
    """The time of day: `15:10`."""
    return local(at_ms).strftime("%H:%M")


def day(of: date, *, year: int | None = None) -> str:
    """A date in short: `11月22日`, `22 Nov`; with its year when that is not `year`."""
    with_year = year is not None and of.year != year
    if language() == "zh":
        return f"{of.year}年{of.month}月{of.day}日" if with_year else f"{of.month}月{of.day}日"
    return f"{of.day} {_MONTHS[of.month - 1]}{f' {of.year}' if with_year else ''}"


def today_line(now_ms: int) -> str:
    """Today's date with its weekday: `11月22日 星期日`."""
    today = local(now_ms).date()
    weekday = _LONG_WEEKDAYS[language()][today.weekday()]
    return f"{day(today)} {weekday}" if language() == "zh" else f"{weekday}, {day(today)}"


def moment(at_ms: int, now_ms: int) -> str:
    """When something happened or will: `15:10` today, `昨天 15:10`, `周四` within a week, else the date."""
    then, now = local(at_ms), local(now_ms)
    days = (then.date() - now.date()).days
    if days == 0:
        return clock(at_ms)
    if days in {-1, 1}:
        return t("moment.yesterday" if days < 0 else "moment.tomorrow", clock=clock(at_ms))
    if -7 < days < 7:
        return _WEEKDAYS[language()][then.weekday()]
    return day(then.date(), year=now.year)


def until(at_ms: int, now_ms: int) -> str:
    """The last moment of something, exact to the minute: `15:10` today, else `11月25日 15:10`."""
    then, now = local(at_ms), local(now_ms)
    if then.date() == now.date():
        return clock(at_ms)
    return f"{day(then.date(), year=now.year)} {clock(at_ms)}"


def due(at_ms: int, now_ms: int) -> tuple[str, bool]:
    """When a follow-up is due, and whether that has passed: `超时 2 小时`, `14:30`, `明天 10:00`."""
    late = now_ms - at_ms
    if late <= 0:
        return moment(at_ms, now_ms), False
    return t("moment.overdue", span=span(late)), True


def span(length_ms: int) -> str:
    """A length of time in its largest whole unit: `48 分钟`, `2 小时`, `3 天`."""
    if length_ms < HOUR:
        return t("span.minutes", n=max(1, length_ms // MINUTE))
    if length_ms < DAY:
        return t("span.hours" if length_ms >= 2 * HOUR else "span.hour", n=length_ms // HOUR)
    return t("span.days" if length_ms >= 2 * DAY else "span.day", n=length_ms // DAY)


def ago(at_ms: int | None, now_ms: int) -> str:
    """How long ago a sync was: `刚刚`, `5 分钟前`, `从未`."""
    if at_ms is None:
        return t("moment.never")
    if now_ms - at_ms < MINUTE:
        return t("moment.just_now")
    return t("moment.ago", span=span(now_ms - at_ms))


def midnight_ms(now_ms: int, *, days: int = 0) -> int:
    """The first moment of the local day `days` after the one of `now_ms`."""
    start = local(now_ms).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days)
    return int(start.timestamp() * 1000)
