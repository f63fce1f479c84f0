"""Which rows wait to be sent, read once for a screen."""

from dataclasses import dataclass

from mobile.state.hooks import use_app, use_observable, use_query
from mobile.state.queries.customers import customers_with
from sync.device.replica import Replica

WRITTEN = ("customer", "sales_order", "payment")
"""What a person's actions write of customers and orders."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Identifiers of rows with changes that the server has not confirmed, and the customers they are about."""

    customers: frozenset[str]
    orders: frozenset[str]
    payments: frozenset[str]
    about_customers: frozenset[str]


def use_waiting() -> Waiting:
    """Draws the component again when something is done here or has been sent."""
    app = use_app()
    use_observable(app.sync)
    rows = use_query(lambda _: _pending(app.replica), WRITTEN, app.sync.pending)
    customers, orders, payments = rows
    about = use_query(
        lambda session: customers_with(session, customers=customers, orders=orders, payments=payments),
        WRITTEN,
        rows,
    )
    return Waiting(customers, orders, payments, about)


def _pending(replica: Replica) -> tuple[frozenset[str], ...]:
    return tuple(replica.pending_rows(table) for table in WRITTEN)
