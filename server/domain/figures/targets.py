"""What people are to reach, and how their work is scored: versions that reach forward, never back."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, select

from shared_models.ids import derived_id
from shared_models.office.kpi import parse_kpi_rules
from shared_models.people.tables import KpiScheme, KpiTarget, Staff


def agree_target(
    session: Session, staff: Staff, *, followups: int | None, sales_fen: int | None, valid_from_ms: int
) -> KpiTarget:
    """A target for a person from a moment on; one for the same moment takes the place of the other."""
    target_id = derived_id("kpi-target", staff.id, str(valid_from_ms))
    row = session.get(KpiTarget, target_id)
    if row is None:
        row = KpiTarget(
            id=target_id,
            company_id=staff.company_id,
            staff_id=staff.id,
            store_id=staff.store_id,
            valid_from_ms=valid_from_ms,
        )
        session.add(row)
    row.followups, row.sales_fen = followups, sales_fen
    session.flush()
    return row


def publish_kpi_rules(
    session: Session, company_id: str, document: Mapping[str, Any], *, valid_from_ms: int
) -> KpiScheme:
    """A new version of how work is scored. Refuses what `parse_kpi_rules` refuses."""
    parse_kpi_rules(document)
    versions = session.exec(select(KpiScheme.version).where(KpiScheme.company_id == company_id)).all()
    number = max(versions, default=0) + 1
    row = KpiScheme(
        id=derived_id("kpi-scheme", company_id, str(number)),
        company_id=company_id,
        version=number,
        valid_from_ms=valid_from_ms,
        rules=dict(document),
    )
    session.add(row)
    session.flush()
    return row
