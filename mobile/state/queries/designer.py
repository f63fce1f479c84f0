"""A designer's own figures from the local copy: the year, what is owed, each order and each referral (R9, R10)."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import select
from sqlmodel import Session, col

from shared_models.designers.commission import (
    Balance,
    CommissionKind,
    YearFigures,
    balance,
    clawed_back_fen,
    figures_of_year,
)
from shared_models.designers.stored import changes_of, lines_of, rules_at
from shared_models.designers.tables import (
    CommissionEntry,
    CommissionStatement,
    Designer,
    DesignerLevelChange,
    DesignerLevels,
)
from shared_models.designers.years import fiscal_year, level_in

Row = TypeVar("Row", CommissionEntry, CommissionStatement, DesignerLevelChange)

TABLES = (
    "designer",
    "designerlevels",
    "designerlevelchange",
    "designeryear",
    "commissionentry",
    "commissionstatement",
)


@dataclass(frozen=True, slots=True)
class DesignerYearView:
    """The year so far. `to_next_fen` is None at the top; `share` is how much of the way there has been covered, 0 to 1."""

    name: str
    year: int
    level: str
    rate_percent: Decimal
    figures: YearFigures
    next_level: str | None
    to_next_fen: int | None
    share: float
    keeps_from_fen: int | None
    """What the level asks for at least; None where nothing moves down."""
    owed: Balance
    paid_fen: int
    carry_fen: int
    clawed_back_fen: int


@dataclass(frozen=True, slots=True)
class EarnedOrder:
    """What one order has earned so far, and how far it has come."""

    order_id: str
    number: str
    client: str
    sold_at_ms: int
    rate_percent: str
    performance_fen: int
    commission_fen: int
    state: str
    """`pending`, `payable`, `paid`, or `returned` where nothing is left of it."""
    payable_from_ms: int | None


def designer_year(session: Session, designer_id: str, now_ms: int) -> DesignerYearView | None:
    """How the designer stands now; None before the first sync has brought their file."""
    designer = session.get(Designer, designer_id)
    if designer is None:
        return None
    year = fiscal_year(now_ms)
    rules = rules_at(session.scalars(select(DesignerLevels)).all(), now_ms)
    changes = changes_of(_own(session, DesignerLevelChange, designer_id))
    level = rules.level(level_in(year, changes) or rules.levels[0].name)
    lines = lines_of(_own(session, CommissionEntry, designer_id))
    figures = figures_of_year(lines, year)
    statements = sorted(_own(session, CommissionStatement, designer_id), key=lambda row: row.number)
    above = rules.next_level(level.name)
    return DesignerYearView(
        name=designer.name,
        year=year,
        level=level.name,
        rate_percent=level.rate_percent,
        figures=figures,
        next_level=above.name if above else None,
        to_next_fen=rules.to_next_level_fen(level.name, figures.performance_fen),
        share=_share(figures.performance_fen, level.upper_fen if above else None),
        keeps_from_fen=level.lower_fen if rules.levels[0] != level else None,
        owed=balance(lines, now_ms),
        paid_fen=sum(row.pay_fen for row in statements),
        carry_fen=statements[-1].carry_fen if statements else 0,
        clawed_back_fen=clawed_back_fen(lines),
    )


def earned_orders(session: Session, designer_id: str, now_ms: int) -> list[EarnedOrder]:
    """Every order that earned something, the newest first."""
    by_order: dict[str, list[CommissionEntry]] = {}
    entries = sorted(
        _own(session, CommissionEntry, designer_id), key=lambda entry: (entry.posted_at_ms, entry.id)
    )
    for entry in entries:
        by_order.setdefault(entry.order_id, []).append(entry)
    orders = [_earned(order_id, of_order, now_ms) for order_id, of_order in by_order.items()]
    return sorted(orders, key=lambda order: (-order.sold_at_ms, order.order_id))


def statements_of(session: Session, designer_id: str) -> list[CommissionStatement]:
    """The designer's statements, the newest first."""
    return sorted(_own(session, CommissionStatement, designer_id), key=lambda row: -row.number)


def earned_by_client(session: Session, designer_id: str) -> dict[str, int]:
    """Commission by customer, in fen."""
    earned: dict[str, int] = {}
    for entry in _own(session, CommissionEntry, designer_id):
        if entry.customer_id and entry.kind != CommissionKind.SETTLED:
            earned[entry.customer_id] = earned.get(entry.customer_id, 0) + entry.amount_fen
    return earned


def _share(performance_fen: int, upper_fen: int | None) -> float:
    return min(1.0, max(0.0, performance_fen / upper_fen)) if upper_fen else 1.0


def _earned(order_id: str, entries: list[CommissionEntry], now_ms: int) -> EarnedOrder:
    lines = lines_of(entries)
    posted = [entry for entry in entries if entry.kind != CommissionKind.SETTLED]
    owed = balance(lines, now_ms)
    commission_fen = sum(entry.amount_fen for entry in posted)
    if owed.pending_fen:
        state = "pending"
    elif owed.payable_fen:
        state = "payable"
    else:
        state = "paid" if commission_fen else "returned"
    return EarnedOrder(
        order_id=order_id,
        number=entries[0].order_number,
        client=entries[0].client_name,
        sold_at_ms=posted[0].occurred_at_ms,
        rate_percent=posted[0].rate_percent,
        performance_fen=sum(entry.performance_fen for entry in posted),
        commission_fen=commission_fen,
        state=state,
        payable_from_ms=max(
            (entry.payable_from_ms for entry in posted if entry.payable_from_ms is not None), default=None
        ),
    )


def _own(session: Session, table: type[Row], designer_id: str) -> list[Row]:
    return list(session.scalars(select(table).where(col(table.designer_id) == designer_id)).all())
