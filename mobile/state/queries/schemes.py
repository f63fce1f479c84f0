"""The loyalty rules this device holds: those in force, and those of an order."""

from sqlalchemy import select
from sqlmodel import Session, col

from shared_models.loyalty.practice import DEFAULT_PRACTICE, Practice, read_practice
from shared_models.loyalty.scheme import DEFAULT_RULES, LoyaltyRules, parse_rules
from shared_models.loyalty.tables import Scheme


def scheme_in_force(session: Session, now_ms: int) -> Scheme | None:
    """The newest version that is valid at this moment; a sale made now is under it (R3)."""
    start = col(Scheme.valid_from_ms)
    valid = select(Scheme).where(start <= now_ms).order_by(start.desc(), col(Scheme.version).desc())
    return session.scalars(valid.limit(1)).first()


def rules_of(scheme: Scheme | None) -> LoyaltyRules:
    """The rules of a version; those that ship when the device has none yet."""
    return parse_rules(scheme.rules) if scheme else DEFAULT_RULES


def practice_of(scheme: Scheme | None) -> Practice:
    """How tablets work under a version; what ships for whatever is not known here."""
    return read_practice(scheme.practice) if scheme else DEFAULT_PRACTICE


def rules_by_scheme(session: Session) -> dict[str | None, LoyaltyRules]:
    """The rules of all versions by their identifier; an order without one has those that ship."""
    rules: dict[str | None, LoyaltyRules] = {None: DEFAULT_RULES}
    for scheme in session.scalars(select(Scheme)):
        rules[scheme.id] = parse_rules(scheme.rules)
    return rules


def scheme_versions(session: Session) -> list[Scheme]:
    """All versions, the newest first."""
    return list(session.scalars(select(Scheme).order_by(col(Scheme.version).desc())))
