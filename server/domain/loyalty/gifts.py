"""What can be had for points: putting a gift on offer, and changing it from a moment on while it is being redeemed."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from server.domain.ledger import rules_at
from shared_models.errors import RuleError
from shared_models.loyalty.gifts import TERMS, Terms, check_gift, edited_stock, says_the_same, terms_at
from shared_models.loyalty.tables import Gift, GiftVersion


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
    gift = _wanted(session, company_id, terms, at_ms=now_ms)
    gift.id = gift_id
    session.add(gift)
    session.add(_version(gift, gift, number=1, begins_at_ms=now_ms))
    session.flush()
    return gift


def change_gift(
    session: Session,
    company_id: str,
    gift_id: str,
    terms: GiftTerms,
    *,
    now_ms: int,
    begins_at_ms: int | None = None,
) -> Gift:
    """Change what is said about a gift, from now on or from a later moment: that makes a version, unless it says the same.

    The stock counts at once; what was redeemed since the author looked stays taken from it. Refuses an unknown gift
    (`RuleError("unknown")`), a moment that has passed (`"valid_from"`) and what `check_gift` refuses.
    """
    start_ms = now_ms if begins_at_ms is None else begins_at_ms
    if start_ms < now_ms:
        raise RuleError("valid_from")
    gift = session.get(Gift, gift_id, with_for_update=True, populate_existing=True)
    if gift is None:
        raise RuleError("unknown", id=gift_id)
    gift = _own(gift, company_id)
    wanted = _wanted(session, company_id, terms, at_ms=start_ms)
    gift.stock = edited_stock(gift.stock, terms.seen_stock, terms.stock)
    versions = versions_of(session, gift_id)
    if not says_the_same(terms_at(gift, versions, start_ms), wanted):
        if not versions:
            versions = [_version(gift, gift, number=1, begins_at_ms=0)]
        versions.append(_version(gift, wanted, number=versions[-1].version + 1, begins_at_ms=start_ms))
        session.add_all(versions)
    _repeat(gift, terms_at(gift, versions, now_ms))
    session.flush()
    return gift


def begin_versions(session: Session, now_ms: int) -> int:
    """Have every gift repeat the version in force by now; how many changed. Doing it again does nothing."""
    versions: dict[str, list[GiftVersion]] = {}
    for version in session.exec(select(GiftVersion)):
        versions.setdefault(version.gift_id, []).append(version)
    gifts = session.exec(select(Gift).where(col(Gift.id).in_(sorted(versions)))).all()
    changed = sum(_repeat(gift, terms_at(gift, versions[gift.id], now_ms)) for gift in gifts)
    session.flush()
    return changed


def versions_of(session: Session, gift_id: str) -> list[GiftVersion]:
    """The versions of a gift, the first one first; none for one that was offered before there were any."""
    chosen = select(GiftVersion).where(GiftVersion.gift_id == gift_id)
    return list(session.exec(chosen.order_by(col(GiftVersion.version))).all())


def _own(gift: Gift, company_id: str) -> Gift:
    if gift.company_id != company_id:
        raise RuleError("unknown", id=gift.id)
    return gift


def _wanted(session: Session, company_id: str, terms: GiftTerms, *, at_ms: int) -> Gift:
    """The gift as it is to be, checked against the scheme that holds when it begins."""
    wanted = Gift(
        company_id=company_id,
        name=terms.name.strip(),
        points=terms.points,
        value_fen=terms.value_fen,
        stock=terms.stock,
        min_tier=terms.min_tier,
        valid_from=terms.valid_from,
        valid_until=terms.valid_until,
        active=terms.active,
    )
    check_gift(wanted, rules_at(session, company_id, at_ms))
    return wanted


def _version(gift: Gift, terms: Terms, *, number: int, begins_at_ms: int) -> GiftVersion:
    said = {name: getattr(terms, name) for name in TERMS}
    return GiftVersion(
        company_id=gift.company_id, gift_id=gift.id, version=number, begins_at_ms=begins_at_ms, **said
    )


def _repeat(gift: Gift, terms: Terms) -> bool:
    """Write what holds into the gift itself; whether that changed it."""
    if says_the_same(gift, terms):
        return False
    for name in TERMS:
        setattr(gift, name, getattr(terms, name))
    return True
