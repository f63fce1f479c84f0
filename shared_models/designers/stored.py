"""Rows of designers' tables read as the plain values that the rules take; the same on the server and on a device."""

from collections.abc import Iterable
from decimal import Decimal

from shared_models.designers.claims import Claim
from shared_models.designers.commission import CommissionKind, CommissionLine
from shared_models.designers.levels import DEFAULT_LEVEL_RULES, LevelRules, parse_level_rules
from shared_models.designers.tables import CommissionEntry, DesignerLevelChange, DesignerLevels, Referral
from shared_models.designers.years import LevelChange


def rules_at(versions: Iterable[DesignerLevels], at_ms: int) -> LevelRules:
    """The rules in force at a moment; before the first version, the first; those that ship where there is none."""
    in_order = sorted(versions, key=lambda row: (row.valid_from_ms, row.version))
    in_force = [row for row in in_order if row.valid_from_ms <= at_ms]
    if not in_order:
        return DEFAULT_LEVEL_RULES
    return parse_level_rules((in_force[-1] if in_force else in_order[0]).rules)


def changes_of(rows: Iterable[DesignerLevelChange]) -> list[LevelChange]:
    """The levels given to one designer."""
    return [LevelChange(row.from_year, row.level, row.recorded_at_ms, row.id) for row in rows]


def claim_of(row: Referral) -> Claim:
    """One designer's claim on a client."""
    return Claim(row.id, row.designer_id, row.claimed_at_ms, row.decided_at_ms)


def lines_of(rows: Iterable[CommissionEntry]) -> list[CommissionLine]:
    """The commissions of one designer, in the order in which they were posted."""
    in_order = sorted(rows, key=lambda row: (row.posted_at_ms, row.id))
    return [
        CommissionLine(
            CommissionKind(row.kind),
            row.order_id,
            row.amount_fen,
            row.performance_fen,
            row.year,
            row.posted_at_ms,
            row.payable_from_ms,
            Decimal(row.rate_percent),
        )
        for row in in_order
    ]
