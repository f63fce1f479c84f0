"""What somebody has bought, as far as this device has their orders."""

from sqlalchemy import func, select
from sqlmodel import Session, col

from mobile.state.queries.customers import identifiers_of
from shared_models.loyalty.earning import spent_fen
from shared_models.sales.tables import Order, OrderLine, Payment, SaleReturn
from shared_models.stock.tables import ProductKind

TABLES = ("sales_order", "orderline", "payment", "salereturn")


def bought_fen(session: Session, customer_id: str) -> int:
    """What was paid for products, less what came back of them (T-04)."""
    own = select(Order).where(col(Order.customer_id).in_(identifiers_of(session, customer_id)))
    return sum(_of_order(session, order) for order in session.scalars(own).all())


def _of_order(session: Session, order: Order) -> int:
    paid = select(func.coalesce(func.sum(col(Payment.amount_fen)), 0)).where(
        col(Payment.order_id) == order.id
    )
    returns = select(SaleReturn).where(col(SaleReturn.order_id) == order.id)
    gone = {line_id for each in session.scalars(returns) for line_id in each.line_ids}
    returned = select(func.coalesce(func.sum(col(OrderLine.net_fen)), 0)).where(
        col(OrderLine.id).in_(gone), col(OrderLine.kind) == ProductKind.PRODUCT
    )
    paid_fen, returned_fen = int(session.scalar(paid) or 0), int(session.scalar(returned) or 0)
    return spent_fen(order.products_net_fen, paid_fen, returned_fen)
