"""The designers of the company as their showroom and the back office see them."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from mobile.state.queries.designer import DesignerYearView, designer_year, statements_of
from mobile.state.queries.designer_offers import ReferralItem, referrals_of
from shared_models.designers.tables import (
    CommissionStatement,
    Designer,
    DesignerFirm,
    DesignerLevels,
)

TABLES = (
    "designer",
    "designerfirm",
    "designerlevels",
    "designerlevelchange",
    "commissionentry",
    "commissionstatement",
    "referral",
)


@dataclass(frozen=True, slots=True)
class DesignerRow:
    """A designer in the list."""

    id: str
    name: str
    level: str
    firm: str


@dataclass(frozen=True, slots=True)
class DesignerRecord:
    """A designer's file. `standing` and `statements` are there for those alone who may see what designers earn."""

    designer: Designer
    firm: str
    standing: DesignerYearView | None
    statements: list[CommissionStatement]
    referrals: list[ReferralItem]


def designer_rows(session: Session, text: str) -> list[DesignerRow]:
    """The designers whose name, initials or firm contain what was typed, by name."""
    found = session.execute(
        select(Designer, col(DesignerFirm.name))
        .join(DesignerFirm, col(DesignerFirm.id) == col(Designer.firm_id), isouter=True)
        .order_by(col(Designer.name), col(Designer.id))
    ).all()
    typed = text.strip().lower()
    return [
        DesignerRow(designer.id, designer.name, designer.level, firm or "")
        for designer, firm in found
        if any(typed in part for part in (designer.name.lower(), designer.name_key, (firm or "").lower()))
    ]


def designer_record(
    session: Session, designer_id: str, now_ms: int, *, with_earnings: bool
) -> DesignerRecord | None:
    """One designer's file; None for one that this device does not have."""
    designer = session.get(Designer, designer_id)
    if designer is None:
        return None
    firm = session.get(DesignerFirm, designer.firm_id) if designer.firm_id else None
    return DesignerRecord(
        designer=designer,
        firm=firm.name if firm else "",
        standing=designer_year(session, designer_id, now_ms) if with_earnings else None,
        statements=statements_of(session, designer_id) if with_earnings else [],
        referrals=referrals_of(session, designer_id),
    )


def level_versions(session: Session) -> list[DesignerLevels]:
    """Every version of the levels, the newest first."""
    return list(session.scalars(select(DesignerLevels).order_by(col(DesignerLevels.version).desc())).all())
