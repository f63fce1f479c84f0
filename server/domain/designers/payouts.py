"""Paying what statements say: noted once for each, by a named person."""

from sqlmodel import Session

from shared_models.designers.tables import CommissionPayout, CommissionStatement
from shared_models.errors import RuleError
from shared_models.ids import derived_id


def pay_out(
    session: Session, company_id: str, statement_id: str, *, reference: str, staff_id: str, now_ms: int
) -> CommissionPayout:
    """Note that a statement was paid. Again, it says the same and changes nothing.

    Refuses an unknown statement (`RuleError("unknown")`) and one that pays nothing (`"nothing_to_pay"`).
    """
    statement = session.get(CommissionStatement, statement_id, with_for_update=True, populate_existing=True)
    if statement is None or statement.company_id != company_id:
        raise RuleError("unknown", id=statement_id)
    if statement.pay_fen <= 0:
        raise RuleError("nothing_to_pay")
    payout_id = derived_id("payout", statement.id)
    payout = session.get(CommissionPayout, payout_id)
    if payout is None:
        payout = CommissionPayout(
            id=payout_id,
            company_id=company_id,
            statement_id=statement.id,
            designer_id=statement.designer_id,
            amount_fen=statement.pay_fen,
            reference=reference.strip(),
            staff_id=staff_id,
            paid_at_ms=now_ms,
        )
        session.add(payout)
        session.flush()
    return payout
