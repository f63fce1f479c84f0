"""The yearly review: closes a year for every designer and gives the level for the next; done once (R9)."""

from sqlmodel import Session, col, select

from server.domain.designers.levels import (
    closed_through,
    give_level,
    level_changes,
    level_held,
    rules_in_force,
)
from shared_models.designers.commission import YearFigures, figures_of_year
from shared_models.designers.levels import LevelRules
from shared_models.designers.stored import lines_of
from shared_models.designers.tables import CommissionEntry, Designer, DesignerYear, LevelCause
from shared_models.designers.years import LevelChange, fiscal_year, level_in, year_bounds_ms
from shared_models.errors import RuleError
from shared_models.ids import derived_id
from shared_models.moments import DAY_MS


def review_year(
    session: Session, company_id: str, year: int, *, now_ms: int, staff_id: str | None = None
) -> dict[str, str]:
    """Close a year that is over; the level of every designer for the next year, by their identifier.

    Who has been reviewed for it keeps what that gave, so that doing it again changes nothing. Refuses a year that is not
    over (`RuleError("year_open")`).
    """
    ends_ms = year_bounds_ms(year)[1]
    if now_ms < ends_ms:
        raise RuleError("year_open", year=year)
    rules = rules_in_force(session, company_id, ends_ms - 1)
    levels: dict[str, str] = {}
    found = select(Designer).where(Designer.company_id == company_id).order_by(Designer.id).with_for_update()
    for designer in session.exec(found).all():
        if designer.joined_year is not None and designer.joined_year > year:
            continue
        if year > (closed_through(session, designer.id) or 0):
            _review(session, designer, year, rules, now_ms=now_ms, staff_id=staff_id)
        levels[designer.id] = level_in(year + 1, level_changes(session, designer.id)) or ""
    return levels


def review_when_due(session: Session, now_ms: int) -> dict[str, int]:
    """Review last year in every company whose rules say that it is time; how many designers have a level for this one."""
    year = fiscal_year(now_ms) - 1
    ends_ms = year_bounds_ms(year)[1]
    reviewed = 0
    for company_id in session.exec(select(Designer.company_id).distinct()).all():
        after_days = rules_in_force(session, company_id, ends_ms - 1).review_after_days
        if now_ms >= ends_ms + after_days * DAY_MS:
            reviewed += len(review_year(session, company_id, year, now_ms=now_ms))
    return {"year": year, "reviewed": reviewed}


def year_figures(session: Session, designer_id: str, year: int) -> YearFigures:
    """What counts for a designer in a year, closed or open."""
    found = select(CommissionEntry).where(
        CommissionEntry.designer_id == designer_id, col(CommissionEntry.year) == year
    )
    return figures_of_year(lines_of(session.exec(found).all()), year)


def _review(
    session: Session,
    designer: Designer,
    year: int,
    rules: LevelRules,
    *,
    now_ms: int,
    staff_id: str | None,
) -> None:
    level = level_held(session, designer.id, year, rules)
    figures = year_figures(session, designer.id, year)
    following = rules.review(level, figures.performance_fen, is_joining_year=designer.joined_year == year)
    session.add(
        DesignerYear(
            id=derived_id("designer-year", designer.id, str(year)),
            company_id=designer.company_id,
            designer_id=designer.id,
            year=year,
            level=level,
            next_level=following.name,
            performance_fen=figures.performance_fen,
            commission_fen=figures.commission_fen,
            staff_id=staff_id,
            closed_at_ms=now_ms,
        )
    )
    session.flush()
    change = LevelChange(year + 1, following.name, now_ms, derived_id("review", designer.id, str(year)))
    give_level(session, designer, change, LevelCause.REVIEW, staff_id=staff_id)
