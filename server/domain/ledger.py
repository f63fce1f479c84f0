"""A member's points account in the database: read as the plain values that the rules work on, written back from them."""

from sqlmodel import Session, col, select

from server.domain.loyalty.spending import bought_by
from shared_models.ids import derived_id
from shared_models.loyalty import stored
from shared_models.loyalty.account import Account, Lot, Posting
from shared_models.loyalty.scheme import DEFAULT_RULES, LoyaltyRules, Tier, parse_rules
from shared_models.loyalty.tables import MemberAccount, PointsEntry, PointsLot, Scheme
from shared_models.loyalty.tiers import counted_for_tiers, tier_for
from shared_models.sales.tables import Customer


def rules_of(session: Session, scheme_id: str | None) -> LoyaltyRules:
    """The rules of a scheme version; those that ship, where there is none."""
    scheme = session.get(Scheme, scheme_id) if scheme_id else None
    return parse_rules(scheme.rules) if scheme else DEFAULT_RULES


def rules_at(session: Session, company_id: str, at_ms: int) -> LoyaltyRules:
    """The rules of the company's scheme that is valid at this moment."""
    scheme = scheme_at(session, company_id, at_ms)
    return parse_rules(scheme.rules) if scheme else DEFAULT_RULES


def scheme_at(session: Session, company_id: str, at_ms: int) -> Scheme | None:
    """The company's scheme version that is valid at this moment; None before it has any."""
    valid = select(Scheme).where(Scheme.company_id == company_id, Scheme.valid_from_ms <= at_ms)
    newest = valid.order_by(col(Scheme.valid_from_ms).desc(), col(Scheme.version).desc())
    return session.exec(newest.limit(1)).first()


def locked_member(session: Session, customer_id: str) -> MemberAccount | None:
    """The member's account, kept from everybody else until the transaction ends; None for one who is no member."""
    session.flush()  # what this transaction has written already must not be read over
    return session.get(MemberAccount, customer_id, with_for_update=True, populate_existing=True)


def account_of(session: Session, member: MemberAccount) -> Account:
    """What the member holds, as the rules see it."""
    lots = session.exec(
        select(PointsLot)
        .where(PointsLot.customer_id == member.customer_id)
        .order_by(col(PointsLot.earned_at_ms), col(PointsLot.id))
    ).all()
    return stored.account_of(member, lots)


def post(
    session: Session,
    member: MemberAccount,
    before: Account,
    posting: Posting,
    *,
    event_id: str,
    at_ms: int,
    **about: str | None,
) -> bool:
    """Write what an event does to a member's ledger; `about` are columns of its lines, such as `payment_id`.

    Lines are identified by the event and their place in it: posting it again finds them written and does nothing.
    Whether it was written now.
    """
    ids = [derived_id("entry", event_id, str(position)) for position in range(len(posting.entries))]
    if session.exec(select(PointsEntry.id).where(col(PointsEntry.id).in_(ids[:1]))).first():
        return False
    for lot in posting.changed_lots(before):
        _write_lot(session, member, lot)
    for entry_id, entry in zip(ids, posting.entries, strict=True):
        columns = {"order_id": entry.order_id, **about}
        session.add(
            PointsEntry(
                id=entry_id,
                company_id=member.company_id,
                customer_id=member.customer_id,
                kind=entry.kind,
                points=entry.points,
                growth=entry.growth,
                lot_id=entry.lot_id,
                rule=entry.rule,
                posted_at_ms=at_ms,
                **columns,
            )
        )
    member.balance = posting.account.balance
    member.debt = posting.account.debt
    member.growth = posting.account.growth
    member.leased = posting.account.leased
    return True


def refresh_totals(session: Session, member: MemberAccount, *, at_ms: int) -> None:
    """Set what follows from the facts: the number of orders, what was spent, and the tier that it or growth gives (R5)."""
    bought = bought_by(session, member.customer_id)
    member.orders, member.spent_fen = bought.orders, bought.spent_fen
    member.tier = tier_of(member, rules_at(session, member.company_id, at_ms)).name


def tier_of(member: MemberAccount, rules: LoyaltyRules) -> Tier:
    """The tier that an account has reached under these rules."""
    counted = counted_for_tiers(rules, growth=member.growth, spent_fen=member.spent_fen)
    return tier_for(counted, rules.tiers)


def open_account(session: Session, customer: Customer) -> MemberAccount:
    """The empty account of a customer who has just become a member."""
    member = MemberAccount(id=customer.id, company_id=customer.company_id, customer_id=customer.id)
    session.add(member)
    session.flush()
    return member


def _write_lot(session: Session, member: MemberAccount, lot: Lot) -> None:
    row = session.get(PointsLot, lot.id)
    if row is not None:
        row.earned, row.remaining = lot.earned, lot.remaining
        return
    session.add(
        PointsLot(
            id=lot.id,
            company_id=member.company_id,
            customer_id=member.customer_id,
            order_id=lot.order_id,
            earned=lot.earned,
            remaining=lot.remaining,
            earned_at_ms=lot.earned_at_ms,
            expires_on=lot.expires_on,
        )
    )
