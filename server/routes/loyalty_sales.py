"""Selling, paying and returning online; what a sale does to points is posted with it in one step."""

from typing import Any, Literal

from litestar import Request, Router, post
from litestar.datastructures import State
from litestar.params import FromPath, JSONBody
from msgspec import Struct, field

from server.acting import acting, store_of, trying
from server.domain.loyalty import returning, selling
from server.domain.loyalty.serving import serve
from server.services import Wired
from server.visibility import visible
from shared_models.ids import new_id
from shared_models.loyalty.returns import ReturnFigures
from shared_models.sales.pricing import CartLine
from shared_models.sales.tables import Order
from shared_models.stock.tables import ProductKind
from sync.hub import Caller

_Request = Request[Caller, Any, State]


class LineBody(Struct):
    """One article: `price_fen` per unit, `discount_fen` agreed by hand for the whole line, `cost_fen` per unit."""

    price_fen: int
    name: str = ""
    category: str = ""
    kind: ProductKind = ProductKind.PRODUCT
    quantity: int = 1
    discount_fen: int = 0
    product_id: str | None = None
    cost_fen: int | None = None
    id: str = field(default_factory=new_id)


class SaleBody(Struct):
    """A sale. `offset`: points to pay with, `max` for as many as may be. `pay_fen`: paid at once, all of it if null.

    `coupon_id` is a coupon of the customer, whose amount stands in the place of `coupon_fen`.
    """

    customer_id: str
    lines: list[LineBody]
    coupon_fen: int = 0
    coupon_id: str | None = None
    offset: int | Literal["max"] = 0
    campaign: str = ""
    designer_id: str | None = None
    lead_id: str | None = None
    pay_fen: int | None = None
    method: str = "card"
    store_id: str | None = None
    id: str = field(default_factory=new_id)


class SoldBody(Struct):
    """What came of a sale: the price by line, what is due and paid, the points used and credited."""

    id: str
    number: str
    net_fen_by_line: dict[str, int]
    due_fen: int
    paid_fen: int
    offset_points: int
    offset_fen: int
    points: int


class PaymentBody(Struct):
    """Money received."""

    amount_fen: int
    method: str = "card"


class PaidBody(Struct):
    """The payment, what has been paid for the order so far, and the points credited for it."""

    id: str
    paid_fen: int
    points: int


class ReturnBody(Struct):
    """Which lines come back."""

    line_ids: list[str]
    id: str = field(default_factory=new_id)


class ReturnedBody(Struct):
    """What a return does; `id` is empty for a preview."""

    id: str
    refund_fen: int
    withheld_fen: int
    restored_points: int
    clawback_points: int
    debt: int
    growth: int
    tier: str
    commission_fen: int
    """What it changes of the designer's commission."""


@post("/sales", sync_to_thread=True)
def sell(data: JSONBody[SaleBody], services: Wired, request: _Request) -> SoldBody:
    """Place an order at the counter: priced, paid with points and money, credited."""
    with acting(services, request.user) as session:
        serve(session, request.user, data.customer_id)
        store_id = store_of(session, request.user, data.store_id)
        sold = selling.sell(session, _sale(data, store_id, request.user), now_ms=services.now_ms())
    return SoldBody(
        id=sold.order.id,
        number=sold.order.number,
        net_fen_by_line={line.cart.id: line.net_fen for line in sold.quote.lines},
        due_fen=sold.quote.due_fen,
        paid_fen=sold.paid_fen,
        offset_points=sold.quote.offset.points,
        offset_fen=sold.quote.offset.fen,
        points=sold.points,
    )


@post("/orders/{order_id:str}/payments", sync_to_thread=True)
def pay(order_id: FromPath[str], data: JSONBody[PaymentBody], services: Wired, request: _Request) -> PaidBody:
    """Receive money for an order."""
    with acting(services, request.user) as session:
        visible(session, request.user, Order, order_id)
        payment, points = selling.take_payment(
            session,
            order_id,
            data.amount_fen,
            staff_id=request.user.staff_id,
            method=data.method,
            now_ms=services.now_ms(),
        )
        return PaidBody(payment.id, selling.paid_fen(session, order_id), points)


@post("/orders/{order_id:str}/returns", sync_to_thread=True)
def take_back(
    order_id: FromPath[str], data: JSONBody[ReturnBody], services: Wired, request: _Request
) -> ReturnedBody:
    """Take back whole lines of an order."""
    with acting(services, request.user) as session:
        visible(session, request.user, Order, order_id)
        returned, figures = returning.post_return(
            session,
            order_id,
            data.line_ids,
            staff_id=request.user.staff_id,
            now_ms=services.now_ms(),
            return_id=data.id,
        )
        return _returned(returned.id, figures)


@post("/orders/{order_id:str}/returns/preview", status_code=200, sync_to_thread=True)
def preview(
    order_id: FromPath[str], data: JSONBody[ReturnBody], services: Wired, request: _Request
) -> ReturnedBody:
    """What taking these lines back would do; nothing changes."""
    with trying(services) as session:
        visible(session, request.user, Order, order_id)
        figures = returning.preview_return(session, order_id, data.line_ids, now_ms=services.now_ms())
    return _returned("", figures)


def _sale(data: JSONBody[SaleBody], store_id: str, caller: Caller) -> selling.NewSale:
    lines = tuple(
        CartLine(line.id, line.price_fen, line.quantity, line.kind, line.category, line.discount_fen)
        for line in data.lines
    )
    return selling.NewSale(
        company_id=caller.company_id,
        store_id=store_id,
        staff_id=caller.staff_id,
        customer_id=data.customer_id,
        lines=lines,
        articles={
            line.id: selling.SoldArticle(line.name or line.category, line.product_id, line.cost_fen)
            for line in data.lines
        },
        order_id=data.id,
        coupon_fen=data.coupon_fen,
        coupon_id=data.coupon_id,
        offset=data.offset,
        campaign=data.campaign,
        designer_id=data.designer_id,
        lead_id=data.lead_id,
        pay_fen=data.pay_fen,
        method=data.method,
    )


def _returned(return_id: str, figures: ReturnFigures) -> ReturnedBody:
    return ReturnedBody(
        id=return_id,
        refund_fen=figures.refund_fen,
        withheld_fen=figures.withheld_fen,
        restored_points=figures.restored_points,
        clawback_points=figures.clawback_points,
        debt=figures.debt,
        growth=figures.growth,
        tier=figures.tier,
        commission_fen=figures.commission_fen,
    )


sales_routes = Router("/api", route_handlers=[sell, pay, take_back, preview], tags=["sales"])
