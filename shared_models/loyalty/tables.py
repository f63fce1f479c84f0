"""The loyalty scheme and the points ledger."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Index

from shared_models.synced import (
    Kind,
    Parent,
    Synced,
    column,
    document,
    moment_ms,
    money_fen,
    points_count,
    synced,
)


class EntryKind(StrEnum):
    """Why points moved."""

    BASE = "base"
    BONUS = "bonus"
    ACTIVITY = "activity"
    REDEEM = "redeem"
    REVERSAL = "reversal"
    EXPIRE = "expire"
    ADJUST = "adjust"
    REPAY = "repay"
    """Debt paid off: a line that takes points from a lot and one that credits the debt, or only the latter when a
    refund pays (R7)."""


class Scheme(Synced, table=True):
    """One version of the loyalty scheme; `rules` is read by `shared_models.loyalty.scheme`."""

    __table_args__ = synced(Kind.REFERENCE, scopes=("company:{company_id}",), rank=13)
    version: int
    valid_from_ms: int = moment_ms(index=True)
    rules: dict[str, Any] = document()


class PointsEntry(Synced, table=True):
    """One line of a member's ledger, never changed: why so many points and so much growth came or went (R4)."""

    __table_args__ = synced(
        Kind.FACT,
        parent=Parent("customer_id", "customer"),
        device_writes=False,
        rank=60,
        indexes=(Index("ix_pointsentry_customer", "customer_id", "posted_at_ms"),),
    )
    customer_id: str = column(references="customer")
    kind: str
    points: int = points_count()
    growth: int = points_count(0)
    lot_id: str | None = column(None, references="pointslot")
    order_id: str | None = column(None, references="sales_order", index=True)
    payment_id: str | None = column(None, references="payment")
    return_id: str | None = column(None, references="salereturn")
    scheme_id: str | None = column(None, references="scheme")
    rule: str = ""
    """Which rule of the scheme, for bonuses; who and why, for adjustments."""
    posted_at_ms: int = moment_ms()


class PointsLot(Synced, table=True):
    """Points earned together, spent and expiring together (R8)."""

    __table_args__ = synced(Kind.DERIVED, parent=Parent("customer_id", "customer"), rank=61)
    customer_id: str = column(references="customer", index=True)
    order_id: str | None = column(None, references="sales_order", index=True)
    earned: int = points_count()
    remaining: int = points_count()
    earned_at_ms: int = moment_ms()
    expires_on: str | None = None
    """Last local date on which the lot may be spent; None never expires."""


class MemberAccount(Synced, table=True):
    """What the ledger of one customer adds up to; its identifier is the customer's."""

    __table_args__ = synced(Kind.DERIVED, parent=Parent("customer_id", "customer"), rank=31)
    customer_id: str = column(references="customer", index=True)
    balance: int = points_count()
    leased: int = points_count()
    debt: int = points_count()
    growth: int = points_count()
    tier: str = ""
    orders: int = 0
    spent_fen: int = money_fen(0)
