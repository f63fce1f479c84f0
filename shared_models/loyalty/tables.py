"""The loyalty scheme and the points ledger."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Index

from shared_models.synced import (
    Kind,
    Merge,
    Parent,
    Synced,
    column,
    document,
    moment_ms,
    money_fen,
    points_count,
    synced,
)

_COLLEAGUES_AND_MEMBERS = ("company:{company_id}", "members:{company_id}")
"""The people of the company, and whoever is in its programme."""


class EntryKind(StrEnum):
    """Why points moved."""

    BASE = "base"
    BONUS = "bonus"
    ACTIVITY = "activity"
    REDEEM = "redeem"
    REVERSAL = "reversal"
    EXPIRE = "expire"
    ADJUST = "adjust"
    OPENING = "opening"
    """What a member held when the books were opened here: one line a lot."""
    REPAY = "repay"
    """Debt paid off: a line that takes points from a lot and one that credits the debt, or only the latter when a
    refund pays (R7)."""


class Scheme(Synced, table=True):
    """One version of the loyalty scheme; `rules` is read by `shared_models.loyalty.scheme`, `practice` by `.practice`."""

    __table_args__ = synced(Kind.REFERENCE, scopes=_COLLEAGUES_AND_MEMBERS, rank=13)
    version: int
    valid_from_ms: int = moment_ms(index=True)
    rules: dict[str, Any] = document()
    practice: dict[str, Any] = document()
    """How the tablets work under it: keys that change no figure."""


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
    redemption_id: str | None = column(None, references="redemption", index=True)
    scheme_id: str | None = column(None, references="scheme")
    staff_id: str | None = column(None, references="staff")
    """Who adjusted."""
    rule: str = ""
    """Which rule of the scheme, for bonuses; why, for adjustments."""
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
    """Paid for products, less what came back of them (T-04)."""


class Gift(Synced, table=True):
    """What points can be exchanged for. `stock` counts down as gifts are redeemed; None is without limit.

    The rest repeats the version in force, for whoever reads no versions.
    """

    __table_args__ = synced(Kind.REFERENCE, scopes=_COLLEAGUES_AND_MEMBERS, rank=14)
    name: str
    points: int = points_count()
    value_fen: int = money_fen(0)
    """What it is worth to the member."""
    stock: int | None = None
    min_tier: str = ""
    """The lowest tier that may have it, by its name; empty for everybody."""
    valid_from: str | None = None
    valid_until: str | None = None
    """The first and the last local date on which it is offered; None is without limit."""
    active: bool = True


class GiftVersion(Synced, table=True):
    """What is said about a gift from a moment on, as in `Gift`. Never changed: a change is the next version."""

    __table_args__ = synced(Kind.REFERENCE, scopes=_COLLEAGUES_AND_MEMBERS, rank=14)
    gift_id: str = column(references="gift", index=True)
    version: int
    begins_at_ms: int = moment_ms()
    name: str
    points: int = points_count()
    value_fen: int = money_fen(0)
    min_tier: str = ""
    valid_from: str | None = None
    valid_until: str | None = None
    active: bool = True


class Activity(Synced, table=True):
    """Something that members get points for when they take part in one of its events (L-08)."""

    __table_args__ = synced(Kind.REFERENCE, scopes=_COLLEAGUES_AND_MEMBERS, rank=14)
    name: str
    points: int = points_count()
    """For each event."""
    cap: int | None = None
    """At most so many to one person; None is without limit."""
    valid_from: str | None = None
    valid_until: str | None = None
    """The first and the last local date on which it runs; None is without limit."""
    active: bool = True


class ActivityGrant(Synced, table=True):
    """A member took part in one event of an activity: the points for it, once (L-08)."""

    __table_args__ = synced(Kind.FACT, parent=Parent("customer_id", "customer"), device_writes=False, rank=63)
    customer_id: str = column(references="customer", index=True)
    activity_id: str = column(references="activity", index=True)
    event: str
    points: int = points_count()
    staff_id: str | None = column(None, references="staff")
    granted_at_ms: int = moment_ms()


class RedemptionState(StrEnum):
    """What became of a redemption."""

    RESERVED = "reserved"
    """The points are given, the gift is still to be handed over (L-14)."""
    DONE = "done"
    """Handed over."""
    CANCELLED = "cancelled"
    """The points were given back; only the server cancels."""


REDEMPTION_TRANSITIONS: dict[str, frozenset[str]] = {
    RedemptionState.RESERVED: frozenset({RedemptionState.DONE}),
    RedemptionState.DONE: frozenset(),
    RedemptionState.CANCELLED: frozenset(),
}


class Redemption(Synced, table=True):
    """Points given for a gift, or for something agreed on the spot."""

    __table_args__ = synced(
        Kind.RECORD,
        parent=Parent("customer_id", "customer"),
        transitions=REDEMPTION_TRANSITIONS,
        rank=62,
    )
    customer_id: str = column(references="customer", index=True)
    staff_id: str = column(merge=Merge.AUTHOR, references="staff")
    gift_id: str | None = column(None, references="gift", index=True)
    gift_version_id: str | None = column(None, references="giftversion")
    """The version of the gift that it was judged by."""
    points: int = points_count()
    lease_points: dict[str, Any] = document()
    """How many of the points each lease gave, by its identifier; empty for one made at the server."""
    state: str = column(RedemptionState.DONE, merge=Merge.STATE)
    note: str = ""
    redeemed_at_ms: int = moment_ms(merge=Merge.ACTION_TIME)
    due_at_ms: int | None = moment_ms(None, merge=Merge.SERVER, index=True)
    """Until when the gift is promised; None for one that was handed over at once."""
    handed_over_at_ms: int | None = moment_ms(None, merge=Merge.SERVER)
    handed_over_by: str | None = column(None, merge=Merge.SERVER, references="staff")
    cancelled_at_ms: int | None = moment_ms(None, merge=Merge.SERVER)


class CouponState(StrEnum):
    """What became of a coupon."""

    ISSUED = "issued"
    USED = "used"
    EXPIRED = "expired"


COUPON_TRANSITIONS: dict[str, frozenset[str]] = {
    CouponState.ISSUED: frozenset({CouponState.USED, CouponState.EXPIRED}),
    # A tablet without a network used it while it was valid, and the night did not know.
    CouponState.EXPIRED: frozenset({CouponState.USED}),
    CouponState.USED: frozenset(),
}


class Coupon(Synced, table=True):
    """A coupon of one customer. The server issues it and lets it expire; the counter uses it, without a network too.

    Used in two orders by tablets that did not know of each other, its `order_id` is a conflict that a person sees (R13).
    """

    __table_args__ = synced(
        Kind.RECORD,
        parent=Parent("customer_id", "customer"),
        transitions=COUPON_TRANSITIONS,
        device_inserts=False,
        rank=64,
    )
    customer_id: str = column(merge=Merge.SERVER, references="customer", index=True)
    campaign: str = column("", merge=Merge.SERVER)
    """The code of the campaign it was issued for; a sale that uses it carries the code."""
    amount_fen: int = money_fen(merge=Merge.SERVER)
    valid_until: str | None = column(None, merge=Merge.SERVER)
    """The last local date on which it may be used; None is without limit."""
    state: str = column(CouponState.ISSUED, merge=Merge.STATE)
    order_id: str | None = column(None, references="sales_order", index=True)
    """The order that used it."""
    issued_by: str | None = column(None, merge=Merge.SERVER, references="staff")
    issued_at_ms: int = moment_ms(merge=Merge.SERVER)
    settled_at_ms: int | None = moment_ms(None, merge=Merge.SERVER)
    """When it was used or expired."""


class LeaseState(StrEnum):
    """Whether a lease still holds points back (R11)."""

    OPEN = "open"
    CLOSED = "closed"
    """The device gave back what it had not spent, or has learnt that the server knows of all it spent."""
    EXPIRED = "expired"
    """Its time was up before the device was heard of."""


class Lease(Synced, table=True):
    """Points of a member that one device may spend without a network; nobody else can until it ends (R11)."""

    __table_args__ = synced(Kind.DERIVED, scopes=("device:{device_id}",), rank=15)
    customer_id: str = column(references="customer", index=True)
    device_id: str = column(index=True)
    points: int = points_count()
    """As granted."""
    spent: int = points_count()
    """Spends under it that the server knows of."""
    released: int = points_count()
    """Given back by the device before its end."""
    granted_at_ms: int = moment_ms()
    expires_at_ms: int = moment_ms(index=True)
    """The hard time-out: from this moment on nothing may be spent under it."""
    state: str = LeaseState.OPEN

    @property
    def outstanding(self) -> int:
        """Points it still holds back."""
        return self.points - self.spent - self.released if self.state == LeaseState.OPEN else 0


class LeaseEnd(Synced, table=True):
    """A device spends nothing more under a lease: it has learnt that the server knows of all its spends (R11)."""

    __table_args__ = synced(Kind.FACT, parent=Parent("lease_id", "lease"), rank=16)
    lease_id: str = column(references="lease", index=True)
    ended_at_ms: int = moment_ms(merge=Merge.ACTION_TIME)
