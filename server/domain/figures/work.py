"""What a person did in a period, and the score that makes of it (R16)."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from sqlmodel import Session, col, func, select

from shared_models.office.figures import mean
from shared_models.office.kpi import (
    DEFAULT_KPI_RULES,
    KpiRules,
    Target,
    Work,
    parse_kpi_rules,
    score,
)
from shared_models.people.tables import KpiScheme, KpiTarget, Staff
from shared_models.sales.tables import FollowUp, Lead, Order, OrderLine, Outcome, Payment, SaleReturn
from shared_models.service.tables import Survey
from shared_models.stock.tables import ProductKind


@dataclass(frozen=True, slots=True)
class Period:
    """From one moment until before another."""

    from_ms: int
    to_ms: int

    def contains(self, at_ms: int) -> bool:
        """Whether a moment is in it."""
        return self.from_ms <= at_ms < self.to_ms


@dataclass(frozen=True, slots=True)
class Scored:
    """A person's work in a period, what they were to reach, and their score."""

    work: Work
    target: Target
    score: Decimal | None


def score_person(session: Session, staff: Staff, period: Period) -> Scored:
    """The work of a person in a period, scored by the rules and the target in force at its end."""
    work = work_of(session, staff.id, period)
    target = target_of(session, staff.id, period)
    return Scored(work, target, score(work, target, kpi_rules(session, staff.company_id, period)))


def work_of(session: Session, staff_id: str, period: Period) -> Work:
    """Contacts that reached somebody, leads that came in and those won, net product sales, and the mean of the surveys."""
    scores = select(Survey.score).where(
        Survey.staff_id == staff_id,
        col(Survey.answered_at_ms) >= period.from_ms,
        col(Survey.answered_at_ms) < period.to_ms,
    )
    leads = _leads(session, staff_id, period)
    return Work(
        followups=_followups(session, staff_id, period),
        won=len(_with_a_sale(session, leads)),
        leads=len(leads),
        sales_fen=_sales_fen(session, staff_id, period),
        satisfaction=mean([Decimal(text) for text in session.exec(scores).all()]),
    )


def target_of(session: Session, staff_id: str, period: Period) -> Target:
    """What the person was to reach by the end of a period; nothing where nothing was agreed."""
    agreed = select(KpiTarget).where(
        KpiTarget.staff_id == staff_id, col(KpiTarget.valid_from_ms) < period.to_ms
    )
    row = session.exec(agreed.order_by(col(KpiTarget.valid_from_ms).desc(), col(KpiTarget.id).desc())).first()
    return Target(row.followups, row.sales_fen) if row else Target()


def kpi_rules(session: Session, company_id: str, period: Period) -> KpiRules:
    """The weights in force at the end of a period; those that ship where there are none."""
    valid = select(KpiScheme).where(
        KpiScheme.company_id == company_id, col(KpiScheme.valid_from_ms) < period.to_ms
    )
    row = session.exec(
        valid.order_by(col(KpiScheme.valid_from_ms).desc(), col(KpiScheme.version).desc())
    ).first()
    return parse_kpi_rules(row.rules) if row else DEFAULT_KPI_RULES


def _followups(session: Session, staff_id: str, period: Period) -> int:
    """Contacts that reached somebody: a call that nobody answered is logged, but is no follow-up (R14)."""
    logged = select(func.count()).select_from(FollowUp)
    mine = logged.where(
        FollowUp.staff_id == staff_id,
        FollowUp.outcome == Outcome.REACHED,
        col(FollowUp.occurred_at_ms) >= period.from_ms,
        col(FollowUp.occurred_at_ms) < period.to_ms,
    )
    return session.exec(mine).one()


def _leads(session: Session, staff_id: str, period: Period) -> list[str]:
    owned = select(Lead.id).where(
        Lead.owner_id == staff_id,
        col(Lead.inquired_at_ms) >= period.from_ms,
        col(Lead.inquired_at_ms) < period.to_ms,
    )
    return list(session.exec(owned).all())


def _with_a_sale(session: Session, lead_ids: list[str]) -> set[str | None]:
    sold = select(Order.lead_id).where(col(Order.lead_id).in_(lead_ids)).distinct()
    return set(session.exec(sold).all())


def _sales_fen(session: Session, staff_id: str, period: Period) -> int:
    """Net product amount paid in the period minus what came back in it; part payments cover the products first."""
    own = select(Order.id).where(Order.staff_id == staff_id, col(Order.sold_at_ms) < period.to_ms)
    payments = (
        select(Payment).where(col(Payment.order_id).in_(own)).order_by(col(Payment.paid_at_ms), Payment.id)
    )
    returns = select(SaleReturn).where(col(SaleReturn.order_id).in_(own))
    product_lines = select(OrderLine).where(
        col(OrderLine.order_id).in_(own), OrderLine.kind == ProductKind.PRODUCT
    )
    net_fen_of: dict[str, dict[str, int]] = defaultdict(dict)
    for line in session.exec(product_lines).all():
        net_fen_of[line.order_id][line.id] = line.net_fen
    total_fen = 0
    paid_fen: dict[str, int] = defaultdict(int)
    for payment in session.exec(payments).all():
        products_fen = sum(net_fen_of[payment.order_id].values())
        before_fen = min(paid_fen[payment.order_id], products_fen)
        paid_fen[payment.order_id] += payment.amount_fen
        if period.contains(payment.paid_at_ms):
            total_fen += min(paid_fen[payment.order_id], products_fen) - before_fen
    for returned in session.exec(returns).all():
        if period.contains(returned.returned_at_ms):
            total_fen -= sum(net_fen_of[returned.order_id].get(line_id, 0) for line_id in returned.line_ids)
    return total_fen
