"""Fiscal years: calendar years in local time, closed by the review and never changed afterwards (R9)."""

from collections.abc import Sequence
from dataclasses import dataclass

from shared_models.moments import day_bounds_ms, local_moment


@dataclass(frozen=True, slots=True)
class LevelChange:
    """A level given to a designer, from the beginning of a year on; a later one for the same year corrects it."""

    from_year: int
    level: str
    recorded_at_ms: int
    id: str = ""


def fiscal_year(at_ms: int) -> int:
    """The year that a moment falls in, by the business's clock."""
    return local_moment(at_ms).year


def year_bounds_ms(year: int) -> tuple[int, int]:
    """The first moment of a year, and the first of the next."""
    return day_bounds_ms(f"{year}-01-01")[0], day_bounds_ms(f"{year + 1}-01-01")[0]


def counting_year(occurred_at_ms: int, closed_through: int | None) -> int:
    """The year in which a sale or a return counts: that in which it happened, or else the year now open.

    `closed_through` is the last year that a review has closed, and with it all before; None while none is closed.
    """
    year = fiscal_year(occurred_at_ms)
    return year if closed_through is None else max(year, closed_through + 1)


def level_in(year: int, changes: Sequence[LevelChange]) -> str | None:
    """The level held in a year: the latest given from it or an earlier one; before the first, the first.

    None for a designer who was never given any.
    """
    in_order = sorted(changes, key=lambda change: (change.from_year, change.recorded_at_ms, change.id))
    until = [change.level for change in in_order if change.from_year <= year]
    if until:
        return until[-1]
    return in_order[0].level if in_order else None
