"""What each customer brought in a year: the net of the products they kept, minus what these cost (R15)."""

from collections import defaultdict

from sqlmodel import Session, col, func, select

from shared_models.designers.years import year_bounds_ms
from shared_models.office.value import CustomerValue, rank_by_profit
from shared_models.sales.tables import Order, OrderLine, SaleReturn
from shared_models.stock.tables import Product, ProductKind


def value_of_customers(session: Session, company_id: str, year: int) -> list[CustomerValue]:
    """The customers with an order in a local year, best first.

    An article counts with its cost at the time of the sale; where that was not kept, with the one it has now, and one
    that nobody knows the cost of costs nothing.
    """
    from_ms, to_ms = year_bounds_ms(year)
    of_year = (
        select(Order.id)
        .where(Order.company_id == company_id)
        .where(col(Order.sold_at_ms) >= from_ms, col(Order.sold_at_ms) < to_ms)
    )
    gone: set[str] = set()
    for line_ids in session.exec(
        select(SaleReturn.line_ids).where(col(SaleReturn.order_id).in_(of_year))
    ).all():
        gone.update(line_ids)
    cost = func.coalesce(OrderLine.cost_fen, Product.cost_fen, 0)
    sold = (
        select(Order.customer_id, OrderLine.id, OrderLine.net_fen - cost * OrderLine.quantity)
        .join(OrderLine, col(OrderLine.order_id) == col(Order.id))
        .join(Product, col(Product.id) == col(OrderLine.product_id), isouter=True)
        .where(col(Order.id).in_(of_year), OrderLine.kind == ProductKind.PRODUCT)
    )
    profit_fen: dict[str, int] = defaultdict(int)
    for customer_id, line_id, line_profit_fen in session.exec(sold).all():
        profit_fen[customer_id] += 0 if line_id in gone else int(line_profit_fen)
    return rank_by_profit(profit_fen)
