"""Designers' levels in the database: which rules are in force, and which level somebody holds."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from shared_models.designers.levels import LevelRules, parse_level_rules
from shared_models.designers.stored import changes_of, rules_at
from shared_models.designers.tables import (
    Designer,
    DesignerLevelChange,
    DesignerLevels,
    DesignerYear,
    LevelCause,
)
from shared_models.designers.years import LevelChange, fiscal_year, level_in
from shared_models.errors import RuleError
from shared_models.ids import derived_id


def rules_in_force(session: Session, company_id: str, at_ms: int) -> LevelRules:
    """The rules of the company's levels at a moment."""
    versions = session.exec(select(DesignerLevels).where(DesignerLevels.company_id == company_id)).all()
    return rules_at(versions, at_ms)


def publish_levels(
    session: Session, company_id: str, document: Mapping[str, Any], *, valid_from_ms: int
) -> DesignerLevels:
    """A new version of the levels, in force from a moment on; what it says is checked first.

    Refuses what `parse_level_rules` refuses, and a version without a level that a designer holds (`RuleError("level")`):
    nobody could say what they earn.
    """
    rules = parse_level_rules(document)
    held = select(Designer.level).where(Designer.company_id == company_id, Designer.level != "").distinct()
    for name in sorted(session.exec(held).all()):
        rules.level(name)
    versions = select(DesignerLevels.version).where(DesignerLevels.company_id == company_id)
    number = max(session.exec(versions).all(), default=0) + 1
    row = DesignerLevels(
        # Two who publish at once would make the same version: one of them is refused by the identifier.
        id=derived_id("designer-levels", company_id, str(number)),
        company_id=company_id,
        version=number,
        valid_from_ms=valid_from_ms,
        rules=dict(document),
    )
    session.add(row)
    session.flush()
    return row


def level_changes(session: Session, designer_id: str) -> list[LevelChange]:
    """The levels that were given to a designer."""
    found = select(DesignerLevelChange).where(DesignerLevelChange.designer_id == designer_id)
    return changes_of(session.exec(found).all())


def level_held(session: Session, designer_id: str, year: int, rules: LevelRules) -> str:
    """The level a designer holds in a year; the lowest for one who was never given any."""
    return level_in(year, level_changes(session, designer_id)) or rules.levels[0].name


def give_level(
    session: Session,
    designer: Designer,
    change: LevelChange,
    cause: LevelCause,
    *,
    reason: str = "",
    staff_id: str | None = None,
) -> None:
    """Note a level from a year on, and show it on the designer's file if that year has begun."""
    session.add(
        DesignerLevelChange(
            id=change.id,
            company_id=designer.company_id,
            designer_id=designer.id,
            from_year=change.from_year,
            level=change.level,
            cause=cause,
            reason=reason,
            staff_id=staff_id,
            recorded_at_ms=change.recorded_at_ms,
        )
    )
    session.flush()
    this_year = fiscal_year(change.recorded_at_ms)
    designer.level = level_in(this_year, level_changes(session, designer.id)) or ""
    session.flush()


def correct_level(
    session: Session, designer: Designer, *, year: int, level: str, reason: str, staff_id: str, now_ms: int
) -> None:
    """Give another level for a year than the review gave: by a named person, with a reason; the closed year stays.

    Refuses an unknown level (`RuleError("level")`), an empty reason (`"reason"`), and a year for which no review has
    given a level yet (`"year_open"`).
    """
    rules_in_force(session, designer.company_id, now_ms).level(level)
    if not reason.strip():
        raise RuleError("reason")
    if year - 1 > (closed_through(session, designer.id) or 0):
        raise RuleError("year_open", year=year - 1)
    before = level_changes(session, designer.id)
    # What corrects comes after what it corrects, in the same millisecond and on a clock that was set back too.
    at_ms = max([now_ms, *(change.recorded_at_ms + 1 for change in before)])
    change = LevelChange(
        year, level, at_ms, derived_id("correction", designer.id, str(year), str(len(before)))
    )
    give_level(session, designer, change, LevelCause.CORRECTION, reason=reason.strip(), staff_id=staff_id)


def closed_through(session: Session, designer_id: str) -> int | None:
    """The last year of a designer that a review has closed."""
    years = select(DesignerYear.year).where(DesignerYear.designer_id == designer_id)
    return session.exec(years.order_by(col(DesignerYear.year).desc())).first()
