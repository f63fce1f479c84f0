"""Selling: an order with all that belongs to it, or a further payment, each as one unit."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from mobile.state.application import App
from mobile.state.queries.customers import customer_meant, customer_with_phone
from mobile.state.queries.leases import share_out, unspent_leases
from mobile.state.queries.purchases import bought_fen
from mobile.state.queries.schemes import rules_by_scheme
from mobile.state.sale_draft import SaleDraft
from shared_models.errors import RuleError
from shared_models.loyalty.coupons import use
from shared_models.loyalty.earning import spent_fen
from shared_models.loyalty.enrolment import missing_to_enrol_fen
from shared_models.loyalty.scheme import DEFAULT_RULES
from shared_models.loyalty.tables import Coupon
from shared_models.moments import local_date
from shared_models.phone import normalise_phone
from shared_models.sales.numbers import member_number, order_number
from shared_models.sales.pricing import Quote
from shared_models.sales.tables import Customer, Lead, LeadStage, Order, OrderLine, Payment


@dataclass(frozen=True, slots=True)
class Sale:
    """What the person confirmed: the draft, its price, and the payment made now."""

    draft: SaleDraft
    quote: Quote
    pay_now_fen: int
    scheme_id: str | None
    store_id: str
    lead_id: str | None = None


def place_order(app: App, sale: Sale) -> str:
    """Write the order, its lines, the payment, the customer if new, and the lead's success; return its identifier.

    Placing the same draft again finds the order that is there. Refuses points that this device's leases no longer hold
    (`RuleError("lease")`), and a coupon that was used or has expired meanwhile (`"coupon_gone"`).
    """
    order_id = sale.draft.order_id
    if app.read(lambda session: session.get(Order, order_id)) is not None:
        return order_id
    now_ms, lease_now_ms = app.now_ms(), app.lease_clock.note()
    with app.action("place_order") as session:
        lead = session.get(Lead, sale.lead_id) if sale.lead_id else None
        customer = _buyer(session, app, sale, lead, now_ms)
        order = _order(app, sale, customer, now_ms)
        order.lease_points = share_out(
            order.offset_points, unspent_leases(session, customer.id, lease_now_ms)
        )
        session.add(order)
        session.add_all(_lines(app, sale))
        if sale.draft.coupon_id:
            coupon = session.get(Coupon, sale.draft.coupon_id)
            use(coupon, customer_id=customer.id, order_id=order_id, today=local_date(now_ms))
        if sale.pay_now_fen:
            session.add(_payment(app, order_id, sale.pay_now_fen, sale.draft.method))
        if lead is not None:
            lead.customer_id = customer.id
            if lead.stage != LeadStage.WON:
                lead.stage = LeadStage.WON
    return order_id


def record_payment(app: App, order_id: str, amount_fen: int, method: str) -> None:
    """Take a further payment. Refuses one that is not positive or exceeds what is due (`RuleError`)."""
    if amount_fen <= 0:
        raise RuleError("amount", amount_fen=amount_fen)
    due_fen = app.read(lambda session: balance_fen(session, order_id))
    if amount_fen > due_fen:
        raise RuleError("overpaid", due_fen=due_fen)
    with app.action("record_payment") as session:
        session.add(_payment(app, order_id, amount_fen, method))


def balance_fen(session: Session, order_id: str) -> int:
    """What is still to be paid for an order, as this device knows it."""
    order = session.get_one(Order, order_id)
    paid = select(func.coalesce(func.sum(col(Payment.amount_fen)), 0)).where(
        col(Payment.order_id) == order_id
    )
    return order.products_net_fen + order.services_fen - int(session.scalar(paid) or 0)


def _buyer(session: Session, app: App, sale: Sale, lead: Lead | None, now_ms: int) -> Customer:
    """The customer of the draft, or of its phone number, or a new one (R19); enrolled when that is asked for."""
    draft = sale.draft
    phone = normalise_phone(draft.phone)
    customer = customer_meant(session, draft.customer_id) if draft.customer_id else None
    customer = customer or customer_with_phone(session, phone)
    if customer is None:
        customer = Customer(
            company_id=app.replica.company_id, store_id=sale.store_id, name=draft.name.strip(), phone=phone
        )
        if lead is not None:
            customer.styles, customer.colours, customer.materials = lead.styles, lead.colours, lead.materials
        session.add(customer)
    if (
        draft.enrol
        and customer.enrolled_at_ms is None
        and customer.phone
        and _may_join(session, sale, customer)
    ):
        customer.enrolled_at_ms = now_ms
        customer.member_no = customer.member_no or member_number(customer.id)
    return customer


def _may_join(session: Session, sale: Sale, customer: Customer) -> bool:
    """Whether earlier purchases and what is paid now are enough to be a member (T-04)."""
    paid_now_fen = spent_fen(sale.quote.products_net_fen, sale.pay_now_fen)
    rules = rules_by_scheme(session).get(sale.scheme_id, DEFAULT_RULES)
    return not missing_to_enrol_fen(rules, bought_fen(session, customer.id) + paid_now_fen)


def _order(app: App, sale: Sale, customer: Customer, now_ms: int) -> Order:
    quote = sale.quote
    return Order(
        id=sale.draft.order_id,
        company_id=app.replica.company_id,
        store_id=sale.store_id,
        customer_id=customer.id,
        lead_id=sale.lead_id,
        staff_id=app.replica.staff_id,
        number=order_number(sale.draft.order_id, now_ms),
        scheme_id=sale.scheme_id,
        coupon_fen=quote.coupon_fen,
        offset_points=quote.offset.points,
        offset_fen=quote.offset.fen,
        campaign=sale.draft.campaign,
        designer_id=sale.draft.designer_id,
        products_net_fen=quote.products_net_fen,
        services_fen=quote.services_fen,
        note=sale.draft.note.strip(),
        sold_at_ms=now_ms,
    )


def _lines(app: App, sale: Sale) -> list[OrderLine]:
    entered = {line.id: line for line in sale.draft.lines}
    return [
        OrderLine(
            id=priced.cart.id,
            company_id=app.replica.company_id,
            order_id=sale.draft.order_id,
            product_id=entered[priced.cart.id].product_id,
            position=position,
            name=entered[priced.cart.id].name,
            category=priced.cart.category,
            kind=priced.cart.kind,
            quantity=priced.cart.quantity,
            list_price_fen=priced.cart.list_price_fen,
            discount_fen=priced.discount_fen,
            net_fen=priced.net_fen,
            offset_points=priced.offset_points,
        )
        for position, priced in enumerate(sale.quote.lines)
    ]


def _payment(app: App, order_id: str, amount_fen: int, method: str) -> Payment:
    return Payment(
        company_id=app.replica.company_id,
        order_id=order_id,
        staff_id=app.replica.staff_id,
        amount_fen=amount_fen,
        method=method,
        paid_at_ms=app.now_ms(),
    )
