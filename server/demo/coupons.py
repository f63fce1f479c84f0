"""Coupons of the demo company: some to use, some used at the counter, and some that have expired."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from server.demo.scene import COMPANY
from server.domain.loyalty.coupons import Issue, expire_coupons, issue, members_of_tier
from server.domain.loyalty.selling import NewSale, SoldArticle, sell
from shared_models.ids import derived_id
from shared_models.loyalty.tables import Coupon
from shared_models.moments import DAY_MS, days_after, local_date
from shared_models.people.tables import Role, Staff
from shared_models.sales.pricing import CartLine
from shared_models.sales.tables import Customer
from shared_models.stock.tables import Product
from sync.hub.recorder import SERVER, recording


@dataclass(frozen=True, slots=True)
class _Batch:
    """Coupons for all members of some tiers: issued so many days ago, good for so many from now; None is without end."""

    campaign: str
    amount_yuan: int
    tiers: tuple[str, ...]
    days_ago: int
    days_left: int | None


_BATCHES = (
    _Batch("开春焕新", 300, ("S4", "S5", "S6"), 60, -20),
    _Batch("会员日", 100, ("S2",), 10, 20),
    _Batch("老友回馈", 500, ("S3", "S4", "S5", "S6"), 6, 45),
    _Batch("", 200, ("S4", "S5", "S6"), 3, None),
)
_USED = _BATCHES[1]
_BOUGHT = ("YQ0501", "YQ0502", "YQ1103")
"""What three members bought with theirs."""


def issue_coupons(session: Session, now_ms: int) -> None:
    """Issue all of them, sell with some, and let those expire whose last day has passed."""
    office = session.exec(select(Staff).where(Staff.company_id == COMPANY, Staff.role == Role.OFFICE)).one()
    for batch in _BATCHES:
        at_ms = now_ms - batch.days_ago * DAY_MS
        until = None if batch.days_left is None else days_after(local_date(now_ms), batch.days_left)
        wanted = Issue(_issue_id(batch), COMPANY, batch.amount_yuan * 100, until, batch.campaign, office.id)
        with recording(session, author=office.id, at_ms=at_ms):
            issue(session, wanted, _members(session, batch.tiers), now_ms=at_ms)
    for number, sku in enumerate(_BOUGHT):
        at_ms = now_ms - (number + 1) * 2 * DAY_MS
        with recording(session, author=SERVER, at_ms=at_ms):
            _sell(session, number, sku, at_ms)
    with recording(session, author=SERVER, at_ms=now_ms):
        expire_coupons(session, now_ms)


def _issue_id(batch: _Batch) -> str:
    return derived_id(COMPANY, "demo", "coupons", str(batch.days_ago))


def _members(session: Session, tiers: tuple[str, ...]) -> list[str]:
    return [member for tier in tiers for member in members_of_tier(session, COMPANY, tier)]


def _sell(session: Session, number: int, sku: str, at_ms: int) -> None:
    """One of the members who got a coupon buys something with it."""
    coupons = (
        select(Coupon, Customer)
        .join(Customer, col(Customer.id) == col(Coupon.customer_id))
        .where(Coupon.company_id == COMPANY, Coupon.campaign == _USED.campaign)
        .order_by(col(Customer.member_no))
    )
    coupon, customer = session.exec(coupons).all()[number]
    seller = session.exec(
        select(Staff)
        .where(Staff.store_id == customer.store_id, Staff.role == Role.SALES)
        .order_by(col(Staff.code))
    ).first()
    product = session.exec(select(Product).where(Product.company_id == COMPANY, Product.sku == sku)).one()
    if seller is None:
        raise LookupError(customer.store_id)
    order_id = derived_id(COMPANY, "demo", "coupon-sale", sku)
    line = CartLine(derived_id(order_id, "line"), product.price_fen, 1, product.kind, product.category)
    sale = NewSale(
        COMPANY,
        customer.store_id,
        seller.id,
        customer.id,
        (line,),
        {line.id: SoldArticle(product.name, product.id)},
        order_id,
        coupon_id=coupon.id,
    )
    sell(session, sale, now_ms=at_ms)
