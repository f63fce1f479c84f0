"""The verbs of a scenario: what each takes and what it reports."""

from typing import Annotated, Literal

from msgspec import Meta

from tests.scenarios.founding_format import Scheme
from tests.scenarios.values import (
    UNSET,
    Amount,
    Count,
    Id,
    Moment,
    Money,
    Positive,
    Reason,
    Strict,
    UnsetType,
    Year,
)

Points = int | UnsetType
Yuan = Money | UnsetType


class Action(Strict, tag_field="do"):
    """What every action has: when, on which device or by whom, and whether it must be refused."""

    at: Moment
    on: Id | UnsetType = UNSET
    by: Id | UnsetType = UNSET
    refused: bool | Reason | UnsetType = UNSET


class Enrolled(Strict, kw_only=True):
    welcome: Points = UNSET


class Enrol(Action, tag="enrol", kw_only=True):
    id: Id
    phone: Id
    name: Id | UnsetType = UNSET
    result: Enrolled | UnsetType = UNSET


class SaleLine(Strict, kw_only=True):
    id: Id
    category: Id
    price: Amount
    qty: Positive = 1
    kind: Literal["product", "service"] = "product"
    cost: Amount | UnsetType = UNSET


class Sold(Strict, kw_only=True):
    net_by_line: dict[str, Money] | UnsetType = UNSET
    due: Yuan = UNSET
    paid: Yuan = UNSET
    offset_points: Points = UNSET
    offset_yuan: Yuan = UNSET
    points: Points = UNSET


class Sale(Action, tag="sale", kw_only=True):
    id: Id
    member: Id
    lines: Annotated[list[SaleLine], Meta(min_length=1)]
    coupon: Amount = "0.00"
    offset: Literal["max"] | Count | UnsetType = UNSET
    campaign: Id | UnsetType = UNSET
    designer: Id | UnsetType = UNSET
    lead: Id | UnsetType = UNSET
    pay: Literal["full"] | Annotated[str, Meta(pattern=r"^(full|\d+\.\d{2})$")] = "full"
    result: Sold | UnsetType = UNSET


class Paid(Strict, kw_only=True):
    points: Points = UNSET
    paid: Yuan = UNSET


class Pay(Action, tag="pay", kw_only=True):
    order: Id
    amount: Amount
    result: Paid | UnsetType = UNSET


class Returned(Strict, kw_only=True):
    refund: Yuan = UNSET
    restored: Points = UNSET
    clawback: Points = UNSET
    withheld: Yuan = UNSET
    debt: Points = UNSET
    commission: Yuan = UNSET


class Return(Action, tag="return", kw_only=True):
    order: Id
    lines: Annotated[list[Id], Meta(min_length=1)]
    result: Returned | UnsetType = UNSET


class Previewed(Returned, kw_only=True):
    tier: Id | UnsetType = UNSET
    growth: Points = UNSET


class PreviewReturn(Action, tag="preview_return", kw_only=True):
    order: Id
    lines: Annotated[list[Id], Meta(min_length=1)]
    result: Previewed | UnsetType = UNSET


class Redeemed(Strict, kw_only=True):
    from_lots: dict[str, int] | UnsetType = UNSET


class Redeem(Action, tag="redeem", kw_only=True):
    id: Id
    member: Id
    points: Positive
    gift: Id | UnsetType = UNSET
    result: Redeemed | UnsetType = UNSET


class Restored(Strict, kw_only=True):
    restored: Points = UNSET


class CancelRedeem(Action, tag="cancel_redeem", kw_only=True):
    redemption: Id
    result: Restored | UnsetType = UNSET


class Adjust(Action, tag="adjust", kw_only=True):
    member: Id
    points: int
    growth: int


class Granted(Strict, kw_only=True):
    granted: Points = UNSET


class Lease(Action, tag="lease", kw_only=True):
    member: Id
    points: Positive
    result: Granted | UnsetType = UNSET


class Released(Strict, kw_only=True):
    released: Points = UNSET


class Release(Action, tag="release", kw_only=True):
    member: Id
    result: Released | UnsetType = UNSET


class Expired(Strict, kw_only=True):
    expired: Points = UNSET


class RunExpiry(Action, tag="run_expiry", kw_only=True):
    result: Expired | UnsetType = UNSET


class Published(Strict, kw_only=True):
    version: Points = UNSET


class PublishScheme(Action, tag="publish_scheme", kw_only=True):
    scheme: Scheme
    result: Published | UnsetType = UNSET


class Reviewed(Strict, kw_only=True):
    levels: dict[str, str] | UnsetType = UNSET


class ReviewDesigners(Action, tag="review_designers", kw_only=True):
    year: Year
    result: Reviewed | UnsetType = UNSET


class Statement(Strict, kw_only=True):
    total: Yuan = UNSET
    pay: Yuan = UNSET
    carry: Yuan = UNSET


class Settled(Strict, kw_only=True):
    statements: dict[str, Statement] | UnsetType = UNSET


class SettleCommissions(Action, tag="settle_commissions", kw_only=True):
    result: Settled | UnsetType = UNSET


class Assigned(Strict, kw_only=True):
    owner: str | UnsetType | None = UNSET
    due: Moment | UnsetType = UNSET


class Inquiry(Action, tag="inquiry", kw_only=True):
    id: Id
    channel: Id
    region: Id
    category: Id
    phone: Id | UnsetType = UNSET
    name: Id | UnsetType = UNSET
    result: Assigned | UnsetType = UNSET


class Contacted(Strict, kw_only=True):
    next_due: Moment | UnsetType | None = UNSET


class Contact(Action, tag="contact", kw_only=True):
    lead: Id
    outcome: Literal["reached", "no_answer"]
    intent: Literal["high", "medium", "low"] | UnsetType = UNSET
    next_in_hours: Positive | UnsetType = UNSET
    note: str | UnsetType = UNSET
    result: Contacted | UnsetType = UNSET


class Edit(Action, tag="edit", kw_only=True):
    of: Id
    set: Annotated[dict[str, str], Meta(min_length=1)]


class Reassign(Action, tag="reassign", kw_only=True):
    lead: Id
    to: Id


class Approve(Action, tag="approve", kw_only=True):
    lead: Id
    field: Id


class UndoConflict(Action, tag="undo_conflict", kw_only=True):
    of: Id
    field: Id


class Escalated(Strict, kw_only=True):
    escalated: list[str] | UnsetType = UNSET


class RunDeadlines(Action, tag="run_deadlines", kw_only=True):
    result: Escalated | UnsetType = UNSET


class Survey(Action, tag="survey", kw_only=True):
    order: Id
    score: Annotated[str, Meta(pattern=r"^[0-5](\.\d+)?$")]


class Synced(Strict, kw_only=True):
    skew_flagged: bool | UnsetType = UNSET


class Sync(Action, tag="sync", kw_only=True):
    times: Positive = 1
    lost_acks: Count | UnsetType = UNSET
    result: Synced | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.lost_acks is not UNSET and self.lost_acks > self.times:
            raise ValueError("`lost_acks` is more than `times`")


class Clock(Action, tag="clock", kw_only=True):
    minutes: int


ON_DEVICE_OR_ONLINE = (Enrol, Sale, Pay, PreviewReturn, Redeem, Inquiry, Contact, Edit)
ON_DEVICE_ONLY = (Lease, Release, Sync, Clock)
ONLINE_ONLY = (
    Return,
    CancelRedeem,
    Adjust,
    RunExpiry,
    PublishScheme,
    ReviewDesigners,
    SettleCommissions,
    Reassign,
    Approve,
    UndoConflict,
    RunDeadlines,
    Survey,
)
VERBS = (*ON_DEVICE_OR_ONLINE, *ON_DEVICE_ONLY, *ONLINE_ONLY)
