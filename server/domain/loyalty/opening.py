"""Opening balances: what a member held elsewhere, entered once when the books are opened here."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, select

from server.domain.ledger import open_account
from server.domain.loyalty.books import Books, books_of
from server.domain.loyalty.spending import open_purchases
from shared_models.errors import RuleError
from shared_models.ids import derived_id
from shared_models.loyalty.account import Lot
from shared_models.loyalty.ledger import open_books
from shared_models.loyalty.tables import PointsLot
from shared_models.moments import day_bounds_ms
from shared_models.sales.tables import Customer


@dataclass(frozen=True, slots=True)
class OpeningLot:
    """Points earned together. `key` names the lot within the member's opening; `earned_on` and `expires_on` are dates."""

    key: str
    points: int
    expires_on: str | None = None
    earned_on: str | None = None


def open_balance(
    session: Session,
    customer_id: str,
    lots: Sequence[OpeningLot],
    *,
    growth: int,
    at_ms: int,
    spent_fen: int = 0,
) -> Books:
    """Make a customer a member who holds these lots, oldest first, and this growth; there is no welcome gift.

    A lot without a date of earning counts as earned in the order given, before everything else. `spent_fen` is what they
    had bought elsewhere (T-04). Opening the same books again does nothing. Refuses negative figures (`RuleError("points")`,
    `"money"`) and a member with books of their own (`"opened"`).
    """
    customer = session.get_one(Customer, customer_id)
    books = books_of(session, customer_id, at_ms)
    if is_opened_otherwise(session, customer_id, lots):
        raise RuleError("opened", id=customer_id)
    if books is None:
        if customer.enrolled_at_ms is None:
            customer.enrolled_at_ms = at_ms
        open_account(session, customer)
        books = books_of(session, customer_id, at_ms)
    assert books is not None  # noqa: S101 - opened above
    earned = [
        Lot(
            lot_id(customer_id, lot.key),
            lot.points,
            lot.points,
            day_bounds_ms(lot.earned_on)[0] if lot.earned_on else place,
            lot.expires_on,
        )
        for place, lot in enumerate(lots)
    ]
    books.post(open_books(earned, growth, at_ms=at_ms), event_id=f"{customer_id}:opening", at_ms=at_ms)
    open_purchases(session, customer, spent_fen)
    books.close(at_ms)
    return books


def lot_id(customer_id: str, key: str) -> str:
    """The identifier of a lot of the opening balance."""
    return derived_id("opening", customer_id, key)


def is_opened_otherwise(session: Session, customer_id: str, lots: Sequence[OpeningLot]) -> bool:
    """Whether somebody has books of their own: points, and none of them by these lots."""
    held = set(session.exec(select(PointsLot.id).where(PointsLot.customer_id == customer_id)))
    return bool(held) and held.isdisjoint(lot_id(customer_id, lot.key) for lot in lots)
