"""What the back office looks after beside the designers' own files: firms, claims, years, statements."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from shared_models.designers.claims import in_order
from shared_models.designers.stored import changes_of, claim_of
from shared_models.designers.tables import (
    CommissionPayout,
    CommissionStatement,
    Designer,
    DesignerEvent,
    DesignerFirm,
    DesignerLevelChange,
    DesignerYear,
    Referral,
)
from shared_models.designers.years import level_in
from shared_models.people.tables import Staff

FIRM_TABLES = ("designerfirm", "designer")
CLAIM_TABLES = ("referral", "designer", "staff")
REVIEW_TABLES = ("designer", "designeryear", "designerlevelchange", "designerlevels")
STATEMENT_TABLES = ("commissionstatement", "commissionpayout", "designer")


@dataclass(frozen=True, slots=True)
class FirmItem:
    """A firm and its designers, by name."""

    firm: DesignerFirm
    designers: tuple[Designer, ...]


@dataclass(frozen=True, slots=True)
class ClaimItem:
    """One designer's claim on a client; `decided_by` is the name of who gave them the client, if somebody did."""

    referral: Referral
    designer: str
    decided_by: str


@dataclass(frozen=True, slots=True)
class ClaimGroup:
    """All claims on one number, the owner's first. They compete when they are of several designers."""

    claims: tuple[ClaimItem, ...]

    @property
    def owner(self) -> ClaimItem:
        """Whose client it is."""
        return self.claims[0]

    @property
    def is_contested(self) -> bool:
        """Whether several designers claim the client."""
        return len({claim.referral.designer_id for claim in self.claims}) > 1


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """What a review gave a designer, and the level they have for the next year, which may have been corrected since."""

    designer: Designer
    year: DesignerYear
    next_level: str
    reason: str

    @property
    def is_corrected(self) -> bool:
        """Whether somebody gave another level than the review."""
        return self.next_level != self.year.next_level


@dataclass(frozen=True, slots=True)
class StatementItem:
    """A statement, whose it is, and its payment, if it was paid."""

    statement: CommissionStatement
    designer: str
    payout: CommissionPayout | None


def table_of(session: Session, record_id: str) -> str | None:
    """Whether the record of this identifier is a firm, a claim or an event, by its table; None for anything else."""
    if session.get(DesignerFirm, record_id) is not None:
        return "designerfirm"
    if session.get(Referral, record_id) is not None:
        return "referral"
    return "designerevent" if session.get(DesignerEvent, record_id) is not None else None


def firm_items(session: Session, text: str) -> list[FirmItem]:
    """The firms whose name or contact contains what was typed, by name."""
    typed = text.strip().lower()
    staff: dict[str, list[Designer]] = {}
    for designer in session.scalars(select(Designer).order_by(col(Designer.name), col(Designer.id))):
        staff.setdefault(designer.firm_id or "", []).append(designer)
    firms = session.scalars(select(DesignerFirm).order_by(col(DesignerFirm.name), col(DesignerFirm.id)))
    return [
        FirmItem(firm, tuple(staff.get(firm.id, ())))
        for firm in firms
        if typed in firm.name.lower() or typed in firm.contact.lower()
    ]


def firm_item(session: Session, firm_id: str) -> FirmItem | None:
    """One firm; None for one that this device does not have."""
    return next((item for item in firm_items(session, "") if item.firm.id == firm_id), None)


def claim_groups(session: Session, text: str = "", *, phone: str | None = None) -> list[ClaimGroup]:
    """The claims by client, those that compete first, then the newest; of one number where one is given."""
    names = {row[0]: row[1] for row in session.execute(select(col(Designer.id), col(Designer.name)))}
    people = {row[0]: row[1] for row in session.execute(select(col(Staff.id), col(Staff.name)))}
    chosen = select(Referral) if phone is None else select(Referral).where(col(Referral.phone) == phone)
    by_phone: dict[str, list[Referral]] = {}
    for row in session.scalars(chosen):
        by_phone.setdefault(row.phone, []).append(row)
    groups = [_group(rows, names, people) for rows in by_phone.values()]
    typed = text.strip().lower()
    found = [
        group
        for group in groups
        if any(
            typed in part.lower()
            for claim in group.claims
            for part in (claim.referral.client_name, claim.designer, claim.referral.phone)
        )
    ]
    return sorted(
        found,
        key=lambda group: (
            not group.is_contested,
            -group.owner.referral.claimed_at_ms,
            group.owner.referral.id,
        ),
    )


def claims_beside(session: Session, referral_id: str) -> ClaimGroup | None:
    """The claim and its rivals; None for one that this device does not have."""
    referral = session.get(Referral, referral_id)
    if referral is None:
        return None
    return claim_groups(session, phone=referral.phone)[0]


def reviewed(session: Session, year: int) -> list[ReviewItem]:
    """What the review of a year gave, by designer; empty before it."""
    found = session.execute(
        select(Designer, DesignerYear)
        .join(DesignerYear, col(DesignerYear.designer_id) == col(Designer.id))
        .where(col(DesignerYear.year) == year)
        .order_by(col(Designer.name), col(Designer.id))
    ).all()
    return [_review_item(session, designer, closed) for designer, closed in found]


def statement_items(session: Session) -> list[StatementItem]:
    """All statements: those that wait to be paid first, then the newest."""
    found = session.execute(
        select(CommissionStatement, col(Designer.name), CommissionPayout)
        .join(Designer, col(Designer.id) == col(CommissionStatement.designer_id))
        .join(
            CommissionPayout, col(CommissionPayout.statement_id) == col(CommissionStatement.id), isouter=True
        )
    ).all()
    items = [StatementItem(statement, name, payout) for statement, name, payout in found]
    return sorted(
        items, key=lambda item: (not _waits(item), -item.statement.settled_at_ms, item.statement.id)
    )


def payouts_of(session: Session, designer_id: str) -> dict[str, CommissionPayout]:
    """The payments of one designer's statements, by statement."""
    rows = session.scalars(select(CommissionPayout).where(col(CommissionPayout.designer_id) == designer_id))
    return {row.statement_id: row for row in rows}


def _group(rows: list[Referral], names: dict[str, str], people: dict[str, str]) -> ClaimGroup:
    row_of = {row.id: row for row in rows}
    claims = (row_of[claim.id] for claim in in_order(claim_of(row) for row in rows))
    return ClaimGroup(
        tuple(
            ClaimItem(row, names.get(row.designer_id, ""), people.get(row.decided_by or "", ""))
            for row in claims
        )
    )


def _review_item(session: Session, designer: Designer, closed: DesignerYear) -> ReviewItem:
    rows = session.scalars(
        select(DesignerLevelChange).where(col(DesignerLevelChange.designer_id) == designer.id)
    ).all()
    following = level_in(closed.year + 1, changes_of(rows)) or closed.next_level
    reasons = [row.reason for row in rows if row.from_year == closed.year + 1 and row.reason]
    return ReviewItem(designer, closed, following, reasons[-1] if reasons else "")


def _waits(item: StatementItem) -> bool:
    return item.payout is None and item.statement.pay_fen > 0
