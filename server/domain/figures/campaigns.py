"""What is recorded of campaigns: the orders that carry their code, who placed them, and what came back (M-04, R17)."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import and_
from sqlmodel import Session, col, select

from server.domain.loyalty.spending import OrderSums, order_sums
from shared_models.office.campaigns import CampaignSales, sales_of
from shared_models.sales.tables import Order


@dataclass(frozen=True, slots=True)
class RecordedCampaign:
    """A campaign by its code, and what its orders came to."""

    code: str
    sales: CampaignSales


def recorded_campaigns(session: Session, company_id: str) -> list[RecordedCampaign]:
    """Every campaign that an order of the company carries the code of, by code."""
    of_company = and_(col(Order.company_id) == company_id, col(Order.campaign) != "")
    codes = dict(session.exec(select(Order.id, Order.campaign).where(of_company)).all())
    by_code: dict[str, list[OrderSums]] = defaultdict(list)
    for each in order_sums(session, of_company):
        by_code[codes[each.order_id]].append(each)
    return [
        RecordedCampaign(
            code,
            sales_of((each.customer_id, each.products_net_fen, each.returned_fen) for each in orders),
        )
        for code, orders in sorted(by_code.items())
    ]
