"""What is recorded of campaigns: the orders that carry their code, who placed them, and what came back (M-04, R17)."""

from collections import Counter, defaultdict
from dataclasses import dataclass

from sqlalchemy import and_
from sqlmodel import Session, col, func, select

from server.domain.loyalty.spending import OrderSums, order_sums
from shared_models.loyalty.tables import Coupon, CouponState
from shared_models.office.campaigns import CampaignSales, sales_of
from shared_models.sales.tables import Order


@dataclass(frozen=True, slots=True)
class RecordedCampaign:
    """A campaign by its code: what its orders came to, and how many of the coupons issued for it have been used."""

    code: str
    sales: CampaignSales
    coupons_issued: int
    coupons_used: int


def recorded_campaigns(session: Session, company_id: str) -> list[RecordedCampaign]:
    """Every campaign whose code an order or a coupon of the company carries, by code."""
    of_company = and_(col(Order.company_id) == company_id, col(Order.campaign) != "")
    codes = dict(session.exec(select(Order.id, Order.campaign).where(of_company)).all())
    by_code: dict[str, list[OrderSums]] = defaultdict(list)
    for each in order_sums(session, of_company):
        by_code[codes[each.order_id]].append(each)
    issued, used = _coupons(session, company_id)
    return [
        RecordedCampaign(
            code,
            sales_of((each.customer_id, each.products_net_fen, each.returned_fen) for each in by_code[code]),
            issued[code],
            used[code],
        )
        for code in sorted(by_code.keys() | issued.keys())
    ]


def _coupons(session: Session, company_id: str) -> tuple[Counter[str], Counter[str]]:
    """How many coupons were issued for each campaign, and how many of them have been used."""
    counts = (
        select(Coupon.campaign, Coupon.state, func.count())
        .where(Coupon.company_id == company_id, Coupon.campaign != "")
        .group_by(col(Coupon.campaign), col(Coupon.state))
    )
    issued: Counter[str] = Counter()
    used: Counter[str] = Counter()
    for code, state, count in session.exec(counts):
        issued[code] += int(count)
        used[code] += int(count) if state == CouponState.USED else 0
    return issued, used
