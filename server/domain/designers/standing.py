"""How a designer stands: what is owed to them, and what a year came to."""

from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, select

from server.domain.designers.levels import level_held, rules_in_force
from server.domain.designers.reviews import year_figures
from server.domain.designers.settlement import last_statement
from shared_models.designers.commission import YearFigures, balance
from shared_models.designers.stored import lines_of
from shared_models.designers.tables import CommissionEntry, CommissionStatement, Designer
from shared_models.designers.years import year_bounds_ms


@dataclass(frozen=True, slots=True)
class Owed:
    """In fen: `paid` over all statements, `carry` as the last one left it."""

    pending_fen: int
    payable_fen: int
    paid_fen: int
    carry_fen: int


@dataclass(frozen=True, slots=True)
class YearStanding:
    """A year of a designer, as far as it has come."""

    level: str
    rate_percent: Decimal
    figures: YearFigures
    to_next_level_fen: int | None
    """What is missing until the review moves up; None where nothing does."""


def owed_to(session: Session, designer_id: str, now_ms: int) -> Owed:
    """What a designer has coming at a moment, and what they were paid."""
    entries = session.exec(select(CommissionEntry).where(CommissionEntry.designer_id == designer_id)).all()
    standing = balance(lines_of(entries), now_ms)
    paid = select(CommissionStatement.pay_fen).where(CommissionStatement.designer_id == designer_id)
    last = last_statement(session, designer_id)
    return Owed(
        standing.pending_fen,
        standing.payable_fen,
        sum(session.exec(paid).all()),
        last.carry_fen if last else 0,
    )


def year_of(session: Session, designer: Designer, year: int, now_ms: int) -> YearStanding:
    """The level a designer holds in a year, its rate by then, and what counts in it."""
    rules = rules_in_force(session, designer.company_id, min(now_ms, year_bounds_ms(year)[1] - 1))
    level = rules.level(level_held(session, designer.id, year, rules))
    figures = year_figures(session, designer.id, year)
    missing_fen = rules.to_next_level_fen(level.name, figures.performance_fen)
    return YearStanding(level.name, level.rate_percent, figures, missing_fen)
