"""What people type into a form, as the values it stands for."""

from typing import Any

from shared_models.errors import RuleError
from shared_models.moments import day_bounds_ms, local_date, parse_moment
from shared_models.money import parse_yuan


def whole(text: Any) -> int:
    """A whole number, 0 or more; nothing typed is 0. Refuses anything else (`RuleError("number")`)."""
    typed = str(text or "").strip().replace(",", "")
    if not typed:
        return 0
    if not typed.isascii() or not typed.isdigit():
        raise RuleError("number", text=typed)
    return int(typed)


def optional_whole(text: Any) -> int | None:
    """As `whole`; nothing typed is None."""
    return whole(text) if str(text or "").strip() else None


def fen(text: Any) -> int:
    """An amount in yuan; nothing typed is 0. Refuses what is no amount (`RuleError("money")`)."""
    typed = str(text or "").strip()
    return parse_yuan(typed) if typed else 0


def optional_day(text: Any) -> str | None:
    """A local date as `YYYY-MM-DD`; nothing typed is None. Refuses what is none (`RuleError("date")`)."""
    typed = str(text or "").strip()
    if not typed:
        return None
    try:
        day_bounds_ms(typed)
    except ValueError:
        raise RuleError("date", text=typed) from None
    return typed


def first_ms(day: Any, now_ms: int) -> int | None:
    """From when something holds, for the local day that was typed; None for now.

    Refuses what is no day (`RuleError("date")`), and one that has begun already (`"valid_from"`).
    """
    typed = optional_day(day)
    if typed is None:
        return None
    if typed <= local_date(now_ms):
        raise RuleError("valid_from")
    return day_bounds_ms(typed)[0]


def moment_of(day: Any, clock: Any) -> int:
    """The moment of a local date and a time of day such as `14:30`. Refuses what is none (`RuleError("date")`)."""
    try:
        return parse_moment(f"{str(day or '').strip()}T{str(clock or '').strip() or '00:00'}:00+08:00")
    except RuleError:
        raise RuleError("date", text=f"{day} {clock}") from None
