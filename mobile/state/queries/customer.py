"""One customer with everything the page shows: account, ledger, orders, and what is forecast."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from mobile.state.queries.forecast import Forecast, forecast_for
from mobile.state.queries.orders import OrderRow, order_rows
from mobile.state.queries.schemes import rules_of, scheme_in_force
from shared_models.loyalty.scheme import LoyaltyRules
from shared_models.loyalty.tables import MemberAccount, PointsEntry, Scheme
from shared_models.people.tables import Store
from shared_models.sales.tables import Customer, Lead, Order

TABLES = (
    "customer",
    "memberaccount",
    "pointsentry",
    "sales_order",
    "orderline",
    "payment",
    "scheme",
    "lead",
    "store",
)
SHOWN_ORDERS = 8
SHOWN_ENTRIES = 30


@dataclass(frozen=True, slots=True)
class EntryItem:
    """A line of the ledger with the number of the order it is about, empty when there is none on this device."""

    entry: PointsEntry
    order_number: str


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """A customer as this device knows them."""

    customer: Customer
    account: MemberAccount | None
    scheme: Scheme | None
    rules: LoyaltyRules
    store: str
    lead_id: str | None
    forecast: Forecast
    orders: tuple[OrderRow, ...]
    entries: tuple[EntryItem, ...]


def customer_record(
    session: Session, customer_id: str, *, now_ms: int, waiting: Collection[str]
) -> CustomerRecord | None:
    """The customer, or None when the device has none of that identifier; `waiting` are payments not yet sent."""
    customer = session.get(Customer, customer_id)
    if customer is None:
        return None
    scheme = scheme_in_force(session, now_ms)
    store = session.get(Store, customer.store_id)
    lead = session.scalars(select(col(Lead.id)).where(col(Lead.customer_id) == customer_id).limit(1)).first()
    latest = select(col(Order.id)).where(col(Order.customer_id) == customer_id)
    latest = latest.order_by(col(Order.sold_at_ms).desc()).limit(SHOWN_ORDERS)
    return CustomerRecord(
        customer=customer,
        account=session.get(MemberAccount, customer_id),
        scheme=scheme,
        rules=rules_of(scheme),
        store=store.name if store else "",
        lead_id=lead,
        forecast=forecast_for(session, customer, waiting),
        orders=tuple(order_rows(session, list(session.scalars(latest)))),
        entries=_entries(session, customer_id),
    )


def _entries(session: Session, customer_id: str) -> tuple[EntryItem, ...]:
    query = select(PointsEntry, col(Order.number)).outerjoin(
        Order, col(Order.id) == col(PointsEntry.order_id)
    )
    query = query.where(col(PointsEntry.customer_id) == customer_id)
    newest = query.order_by(col(PointsEntry.posted_at_ms).desc(), col(PointsEntry.id).desc()).limit(
        SHOWN_ENTRIES
    )
    return tuple(EntryItem(entry, number or "") for entry, number in session.execute(newest))
