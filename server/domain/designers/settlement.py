"""Settling commissions: one statement a designer, taking what is due and carrying what is negative (R10)."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, col, select

from shared_models.designers.commission import CommissionKind
from shared_models.designers.statements import Settlement, settle
from shared_models.designers.stored import lines_of
from shared_models.designers.tables import CommissionEntry, CommissionStatement, Designer
from shared_models.designers.years import fiscal_year
from shared_models.ids import derived_id
from shared_models.moments import day_bounds_ms, local_date


@dataclass(frozen=True, slots=True)
class Settled:
    """What a settlement did for one designer; no statement is made where there is nothing to settle."""

    settlement: Settlement
    statement: CommissionStatement | None


def settle_commissions(
    session: Session,
    company_id: str,
    *,
    now_ms: int,
    due_at_ms: int | None = None,
    staff_id: str | None = None,
) -> dict[str, Settled]:
    """Make the statements of a company's designers, by designer; doing it again at once makes none.

    `due_at_ms` leaves out what became due later; now, if it is not given.
    """
    cutoff_ms = now_ms if due_at_ms is None else due_at_ms
    # The designers are locked so that two who settle at once do not pay anything twice.
    found = select(Designer).where(Designer.company_id == company_id).order_by(Designer.id).with_for_update()
    return {
        designer.id: _settle(session, designer, cutoff_ms, now_ms, staff_id)
        for designer in session.exec(found).all()
    }


def settle_month(session: Session, now_ms: int) -> dict[str, int]:
    """The monthly statements of every company: what was due when this month began, once; how many were made."""
    month_ms = day_bounds_ms(local_date(now_ms)[:8] + "01")[0]
    made = 0
    for company_id in session.exec(select(Designer.company_id).distinct()).all():
        done = settle_commissions(session, company_id, now_ms=now_ms, due_at_ms=month_ms)
        made += sum(settled.statement is not None for settled in done.values())
    return {"statements": made}


def last_statement(session: Session, designer_id: str) -> CommissionStatement | None:
    """The statement that what is carried stands on."""
    found = select(CommissionStatement).where(CommissionStatement.designer_id == designer_id)
    return session.exec(found.order_by(col(CommissionStatement.number).desc())).first()


def _settle(
    session: Session, designer: Designer, cutoff_ms: int, now_ms: int, staff_id: str | None
) -> Settled:
    entries = session.exec(select(CommissionEntry).where(CommissionEntry.designer_id == designer.id)).all()
    last = last_statement(session, designer.id)
    carried_fen = last.carry_fen if last else 0
    if last is not None and last.settled_at_ms > cutoff_ms:
        # Settled by hand since then: what it took must not be looked at as it was before.
        return Settled(Settlement({}, carried_fen), None)
    made = settle(lines_of(entries), carried_in_fen=carried_fen, now_ms=cutoff_ms)
    if not made.lines:
        return Settled(made, None)
    number = last.number + 1 if last else 1
    statement = CommissionStatement(
        id=derived_id("statement", designer.id, str(number)),
        company_id=designer.company_id,
        designer_id=designer.id,
        number=number,
        carried_in_fen=carried_fen,
        total_fen=made.total_fen,
        pay_fen=made.pay_fen,
        carry_fen=made.carry_fen,
        staff_id=staff_id,
        settled_at_ms=now_ms,
    )
    session.add(statement)
    _write_lines(session, statement, made.lines, {entry.order_id: entry for entry in entries})
    session.flush()
    return Settled(made, statement)


def _write_lines(
    session: Session,
    statement: CommissionStatement,
    lines: Mapping[str, int],
    about: Mapping[str, CommissionEntry],
) -> None:
    for order_id, amount_fen in lines.items():
        entry = about[order_id]
        session.add(
            CommissionEntry(
                id=derived_id("settled", statement.id, order_id),
                company_id=statement.company_id,
                designer_id=statement.designer_id,
                order_id=order_id,
                order_number=entry.order_number,
                customer_id=entry.customer_id,
                client_name=entry.client_name,
                kind=CommissionKind.SETTLED,
                amount_fen=-amount_fen,
                year=fiscal_year(statement.settled_at_ms),
                level=entry.level,
                rate_percent=entry.rate_percent,
                statement_id=statement.id,
                occurred_at_ms=statement.settled_at_ms,
                posted_at_ms=statement.settled_at_ms,
            )
        )
