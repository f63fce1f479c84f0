"""What a person does with a customer's file, each as one unit."""

from collections.abc import Callable
from typing import Any

from sqlmodel import Session

from mobile.state.application import App
from shared_models.errors import RuleError
from shared_models.sales.tables import Customer


def edit_customer(app: App, customer_id: str, **changes: Any) -> Callable[[], None] | None:
    """Write the fields that differ; what takes the edit back, or None when nothing differed.

    Refuses a customer whom this device does not have (`RuleError("not_here")`).
    """
    before = app.read(lambda session: _differing(session, customer_id, changes))
    if not before:
        return None
    _write(app, "edit_customer", customer_id, {name: changes[name] for name in before})
    return lambda: _write(app, "undo_edit", customer_id, before)


def _write(app: App, action: str, customer_id: str, values: dict[str, Any]) -> None:
    with app.action(action) as session:
        customer = session.get_one(Customer, customer_id)
        for name, value in values.items():
            setattr(customer, name, value)


def _differing(session: Session, customer_id: str, changes: dict[str, Any]) -> dict[str, Any]:
    customer = session.get(Customer, customer_id)
    if customer is None:
        raise RuleError("not_here")
    return {
        name: getattr(customer, name) for name, value in changes.items() if getattr(customer, name) != value
    }
