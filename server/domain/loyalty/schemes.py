"""Publishing a version of the loyalty scheme; what was sold before keeps the version it was sold under (R3)."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, select

from server.domain.ledger import rules_at, tier_of
from server.domain.loyalty.spending import Bought, bought_by_customer
from shared_models.errors import RuleError
from shared_models.loyalty.practice import parse_practice
from shared_models.loyalty.scheme import parse_rules
from shared_models.loyalty.tables import MemberAccount, Scheme


def publish_scheme(
    session: Session,
    company_id: str,
    changes: Mapping[str, Any],
    *,
    now_ms: int,
    valid_from_ms: int | None = None,
    practice: Mapping[str, Any] | None = None,
) -> Scheme:
    """A new version of the company's scheme: the keys given replace the old ones, the others stay.

    Valid from now on, or from a later moment. Refuses a document that `parse_rules` or `parse_practice` refuses
    (`RuleError("scheme")`), and one that would change the past (`"valid_from"`).
    """
    start_ms = now_ms if valid_from_ms is None else valid_from_ms
    if start_ms < now_ms:
        raise RuleError("valid_from")
    versions = select(Scheme).where(Scheme.company_id == company_id)
    newest = session.exec(versions.order_by(col(Scheme.version).desc()).limit(1).with_for_update()).first()
    if newest is None:
        newest = Scheme(company_id=company_id, version=1, valid_from_ms=0, rules={})
        session.add(newest)
    rules = {**newest.rules, **changes}
    parse_rules(rules)
    habits = {**newest.practice, **(practice or {})}
    parse_practice(habits)
    scheme = Scheme(
        company_id=company_id,
        version=newest.version + 1,
        valid_from_ms=max(start_ms, newest.valid_from_ms),
        rules=rules,
        practice=habits,
    )
    session.add(scheme)
    session.flush()
    refresh_tiers(session, company_id, now_ms)
    return scheme


def refresh_tiers(session: Session, company_id: str, now_ms: int) -> int:
    """Give every member the tier that the scheme in force has for their growth (R5) or what they spent; how many changed.

    What they spent is counted again from their orders.
    """
    rules = rules_at(session, company_id, now_ms)
    bought = bought_by_customer(session, company_id)
    changed = 0
    for member in session.exec(select(MemberAccount).where(MemberAccount.company_id == company_id)):
        spent_fen = bought.get(member.customer_id, Bought()).spent_fen
        if member.spent_fen != spent_fen:
            member.spent_fen = spent_fen
        name = tier_of(member, rules).name
        if member.tier != name:
            member.tier = name
            changed += 1
    session.flush()
    return changed
