"""What can be had for points: putting a gift on offer, and changing it while it is being redeemed."""

from dataclasses import dataclass

from sqlmodel import Session

from server.domain.ledger import rules_at
from shared_models.errors import RuleError
from shared_models.loyalty.gifts import check_gift, edited_stock
from shared_models.loyalty.tables import Gift


@dataclass(frozen=True, slots=True)
class GiftTerms:
    """All that is said about a gift; see `Gift`. `seen_stock` is the stock that the author saw."""

    name: str
    points: int
    value_fen: int
    stock: int | None = None
    seen_stock: int | None = None
    min_tier: str = ""
    valid_from: str | None = None
    valid_until: str | None = None
    active: bool = True


def offer_gift(session: Session, company_id: str, terms: GiftTerms, *, gift_id: str, now_ms: int) -> Gift:
    """Put a gift on offer; the same `gift_id` again changes nothing. Refuses what `check_gift` refuses."""
    known = session.get(Gift, gift_id)
    if known is not None:
        return _own(known, company_id)
    gift = Gift(id=gift_id, company_id=company_id, name=terms.name, points=terms.points)
    _write(session, gift, terms, stock=terms.stock, now_ms=now_ms)
    session.add(gift)
    session.flush()
    return gift


def change_gift(session: Session, company_id: str, gift_id: str, terms: GiftTerms, *, now_ms: int) -> Gift:
    """Change what is said about a gift; what was redeemed since the author looked stays taken from its stock.

    Refuses an unknown gift (`RuleError("unknown")`) and what `check_gift` refuses.
    """
    gift = session.get(Gift, gift_id, with_for_update=True, populate_existing=True)
    if gift is None:
        raise RuleError("unknown", id=gift_id)
    gift = _own(gift, company_id)
    stock = edited_stock(gift.stock, terms.seen_stock, terms.stock)
    _write(session, gift, terms, stock=stock, now_ms=now_ms)
    session.flush()
    return gift


def _own(gift: Gift, company_id: str) -> Gift:
    if gift.company_id != company_id:
        raise RuleError("unknown", id=gift.id)
    return gift


def _write(session: Session, gift: Gift, terms: GiftTerms, *, stock: int | None, now_ms: int) -> None:
    wanted = Gift(
        company_id=gift.company_id,
        name=terms.name.strip(),
        points=terms.points,
        value_fen=terms.value_fen,
        stock=terms.stock,
        min_tier=terms.min_tier,
        valid_from=terms.valid_from,
        valid_until=terms.valid_until,
        active=terms.active,
    )
    check_gift(wanted, rules_at(session, gift.company_id, now_ms))
    for name in ("name", "points", "value_fen", "min_tier", "valid_from", "valid_until", "active"):
        setattr(gift, name, getattr(wanted, name))
    gift.stock = stock
