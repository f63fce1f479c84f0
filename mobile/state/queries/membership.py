"""What a member sees of themselves: card, gifts, and why each line of the ledger is what it is."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from mobile.state.queries.gifts import gifts_now
from mobile.state.queries.orders import OrderRow, order_rows
from mobile.state.queries.schemes import rules_of, scheme_in_force
from shared_models.loyalty.gifts import Terms, is_offered
from shared_models.loyalty.scheme import LoyaltyRules, Tier
from shared_models.loyalty.tables import (
    Gift,
    GiftVersion,
    MemberAccount,
    PointsEntry,
    PointsLot,
    Redemption,
    Scheme,
)
from shared_models.loyalty.tiers import counted_for_tiers, has_reached, tier_for
from shared_models.moments import local_date
from shared_models.people.tables import Store
from shared_models.sales.tables import Customer, Order, Payment, SaleReturn

TABLES = (
    "customer",
    "memberaccount",
    "pointsentry",
    "pointslot",
    "redemption",
    "gift",
    "giftversion",
    "scheme",
    "store",
    "sales_order",
    "payment",
    "salereturn",
)


@dataclass(frozen=True, slots=True)
class GiftItem:
    """A gift for one member by what holds for it now: how many points are missing, and the tier that is, if any."""

    gift: Gift
    terms: Terms
    missing: int
    needs_tier: str

    @property
    def in_reach(self) -> bool:
        """Whether the member can have it now, as far as this device knows."""
        return not self.missing and not self.needs_tier and self.gift.stock != 0


@dataclass(frozen=True, slots=True)
class EntryWhy:
    """A line of the ledger with all that it follows from, where there is any."""

    entry: PointsEntry
    order: Order | None = None
    payment: Payment | None = None
    returned: SaleReturn | None = None
    gift: str = ""
    lot: PointsLot | None = None
    scheme_version: int | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """A member as their own phone knows them; `spendable` is what they can give for gifts now."""

    customer: Customer
    account: MemberAccount
    rules: LoyaltyRules
    scheme: Scheme | None
    store: str
    tier: Tier
    spendable: int
    gifts: tuple[GiftItem, ...]


def membership(session: Session, customer_id: str, now_ms: int) -> Membership | None:
    """How the member stands; None before the first sync has brought their row."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        return None
    account = session.get(MemberAccount, customer_id) or MemberAccount(
        id=customer_id, company_id=customer.company_id, customer_id=customer_id
    )
    scheme = scheme_in_force(session, now_ms)
    rules = rules_of(scheme)
    counted = counted_for_tiers(rules, growth=account.growth, spent_fen=account.spent_fen)
    store = session.get(Store, customer.store_id)
    spendable = 0 if account.debt else max(0, account.balance - account.leased)
    today = local_date(now_ms)
    offered = [each for each in gifts_now(session, now_ms) if is_offered(each[1], today)]
    return Membership(
        customer=customer,
        account=account,
        rules=rules,
        scheme=scheme,
        store=store.name if store else "",
        tier=tier_for(counted, rules.tiers),
        spendable=spendable,
        gifts=tuple(_gift_item(gift, terms, counted, rules, spendable) for gift, terms in offered),
    )


def entries_of(session: Session, customer_id: str) -> list[EntryWhy]:
    """The whole ledger, the newest line first, each with what it follows from."""
    own = col(PointsEntry.customer_id) == customer_id
    newest = (col(PointsEntry.posted_at_ms).desc(), col(PointsEntry.id).desc())
    return [
        _why(session, entry) for entry in session.scalars(select(PointsEntry).where(own).order_by(*newest))
    ]


def own_orders(session: Session, customer_id: str) -> list[OrderRow]:
    """All orders of the member, the newest first."""
    own = select(col(Order.id)).where(col(Order.customer_id) == customer_id)
    return order_rows(session, list(session.scalars(own.order_by(col(Order.sold_at_ms).desc()))))


def _gift_item(gift: Gift, terms: Terms, counted: int, rules: LoyaltyRules, spendable: int) -> GiftItem:
    reached = not terms.min_tier or has_reached(counted, terms.min_tier, rules.tiers)
    return GiftItem(gift, terms, max(0, terms.points - spendable), "" if reached else terms.min_tier)


def _why(session: Session, entry: PointsEntry) -> EntryWhy:
    redemption = session.get(Redemption, entry.redemption_id) if entry.redemption_id else None
    gift = _gift_of(session, redemption) if redemption else None
    scheme = session.get(Scheme, entry.scheme_id) if entry.scheme_id else None
    return EntryWhy(
        entry=entry,
        order=session.get(Order, entry.order_id) if entry.order_id else None,
        payment=session.get(Payment, entry.payment_id) if entry.payment_id else None,
        returned=session.get(SaleReturn, entry.return_id) if entry.return_id else None,
        gift=gift.name if gift else redemption.note if redemption else "",
        lot=session.get(PointsLot, entry.lot_id) if entry.lot_id else None,
        scheme_version=scheme.version if scheme else None,
    )


def _gift_of(session: Session, redemption: Redemption) -> Terms | None:
    """What the member got, as it was said when they got it."""
    if redemption.gift_version_id and (version := session.get(GiftVersion, redemption.gift_version_id)):
        return version
    return session.get(Gift, redemption.gift_id) if redemption.gift_id else None
