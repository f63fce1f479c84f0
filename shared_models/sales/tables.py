"""Leads, customers, follow-ups, orders and payments."""

from enum import StrEnum
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import validates

from shared_models.pinyin import search_key
from shared_models.sales.promise import first_due_ms
from shared_models.stock.tables import ProductKind
from shared_models.synced import (
    FirstValue,
    Kind,
    Merge,
    Parent,
    Synced,
    column,
    document,
    free_fields,
    moment_ms,
    money_fen,
    points_count,
    string_set,
    synced,
)


class LeadStage(StrEnum):
    """How far a lead has come."""

    NEW = "new"
    CONTACTED = "contacted"
    VISITED = "visited"
    QUOTED = "quoted"
    WON = "won"
    LOST = "lost"


class Intent(StrEnum):
    """How likely the customer is to buy, as the salesperson judges it."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Channel(StrEnum):
    """How a follow-up took place; a visit is a follow-up in the showroom or at the customer's home."""

    CALL = "call"
    MESSAGE = "message"
    STORE_VISIT = "store_visit"
    HOME_VISIT = "home_visit"


class Outcome(StrEnum):
    """Only a contact that reached the customer counts as a follow-up (R14)."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"


class OrderStatus(StrEnum):
    """The life of an order; it never skips back."""

    PLACED = "placed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


OPEN_STAGES = (LeadStage.NEW, LeadStage.CONTACTED, LeadStage.VISITED, LeadStage.QUOTED)
"""A lead at one of these is somebody's work; one that is won or lost is not."""
LEAD_TRANSITIONS: dict[str, frozenset[str]] = {
    **{stage: frozenset(LeadStage) - {LeadStage.NEW} for stage in OPEN_STAGES},
    LeadStage.WON: frozenset(),
    LeadStage.LOST: frozenset({LeadStage.CONTACTED, LeadStage.VISITED, LeadStage.QUOTED, LeadStage.WON}),
}
ORDER_TRANSITIONS: dict[str, frozenset[str]] = {
    OrderStatus.PLACED: frozenset({OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.CANCELLED}),
    OrderStatus.SHIPPED: frozenset({OrderStatus.DELIVERED}),
    OrderStatus.DELIVERED: frozenset(),
    OrderStatus.CANCELLED: frozenset(),
}


class Customer(Synced, table=True):
    """A person who buys or may buy; a member once enrolled. One normalised phone number is one customer (R19).

    They see their own row and what follows it, without what colleagues note about them.
    """

    __table_args__ = synced(
        Kind.RECORD, scopes=("store:{store_id}", "store:{known_in}"), readers=("member:{id}",), rank=30
    )
    store_id: str = column(references="store", writable_by=("manager:{store_id}",), index=True)
    known_in: list[str] = string_set()
    """The other stores that have served them, and see them since."""
    name: str
    name_key: str = column("", follows="name")
    phone: str = column("", index=True)
    address: str = ""
    birthday: str = ""
    styles: list[str] = string_set()
    colours: list[str] = string_set()
    materials: list[str] = string_set()
    notes: str = column("", merge=Merge.TEXT, visible_to="company")
    attributes: dict[str, Any] = free_fields(visible_to="company")
    """What no column is for, under the name that people gave it: "floor", "colour of the wall"."""
    member_no: str = column("", index=True)
    enrolled_at_ms: int | None = moment_ms(None)
    merged_into: str | None = column(None, merge=Merge.SERVER, references="customer", index=True)
    """The customer that this one turned out to be: the same number was enrolled twice (R19). Only the other one counts."""

    def __init__(self, **values: Any) -> None:
        # The empty default of the key is set after the name, and would undo what `_index_name` wrote.
        super().__init__(**values)
        self.name_key = search_key(self.name or "")

    @validates("name")
    def _index_name(self, _key: str, name: str) -> str:
        self.name_key = search_key(name)
        return name


class Lead(Synced, table=True):
    """Somebody's interest in buying, assigned to one salesperson."""

    __table_args__ = synced(
        Kind.RECORD,
        scopes=("staff:{owner_id}", "manager:{store_id}"),
        deletable=True,
        transitions=LEAD_TRANSITIONS,
        rank=20,
        first_values={"next_due_at_ms": FirstValue("inquired_at_ms", first_due_ms)},
        indexes=(
            Index("ix_lead_owner_due", "owner_id", "next_due_at_ms"),
            Index("ix_lead_customer", "customer_id", sqlite_where=text("customer_id IS NOT NULL")),
        ),
    )
    store_id: str = column(references="store", writable_by=("manager:{store_id}",), index=True)
    owner_id: str | None = column(None, references="staff", writable_by=("manager:{store_id}",))
    """Who answers for it; None when nobody was free, which a manager is told (R18)."""
    awaits_owner: bool = False
    """Noted offline for whoever is next: the server gives it an owner when it arrives."""
    customer_id: str | None = column(None, references="customer")
    name: str
    name_key: str = column("", follows="name")
    phone: str = column("", index=True)
    source: str = ""
    region: str = ""
    category: str = ""
    stage: str = column(LeadStage.NEW, merge=Merge.STATE, follows="followup")
    intent: str | None = column(None, follows="followup")
    budget_fen: int | None = money_fen(None)
    styles: list[str] = string_set()
    colours: list[str] = string_set()
    materials: list[str] = string_set()
    notes: str = column("", merge=Merge.TEXT)
    attributes: dict[str, Any] = free_fields()
    """What no column is for, under the name that people gave it: "floor", "colour of the wall"."""
    inquired_at_ms: int = moment_ms(merge=Merge.ACTION_TIME)
    next_due_at_ms: int | None = moment_ms(None, merge=Merge.SERVER, index=True)
    first_reached_at_ms: int | None = moment_ms(None, merge=Merge.SERVER)
    escalated_at_ms: int | None = moment_ms(None, merge=Merge.SERVER)
    """Since when the overdue flag stands; None while the promise of R14 is kept or still can be."""

    def __init__(self, **values: Any) -> None:
        # The empty default of the key is set after the name, and would undo what `_index_name` wrote.
        super().__init__(**values)
        self.name_key = search_key(self.name or "")

    @validates("name")
    def _index_name(self, _key: str, name: str) -> str:
        self.name_key = search_key(name)
        return name


class FollowUp(Synced, table=True):
    """One contact with a lead: a call, a message or a visit, with its outcome. Never changed once logged."""

    __table_args__ = synced(
        Kind.FACT,
        parent=Parent("lead_id", "lead"),
        rank=25,
        indexes=(Index("ix_followup_lead", "lead_id", "occurred_at_ms"),),
    )
    lead_id: str = column(references="lead")
    staff_id: str = column(merge=Merge.AUTHOR, references="staff", index=True)
    channel: str = Channel.CALL
    outcome: str = Outcome.REACHED
    intent: str | None = None
    note: str = ""
    dwell_minutes: int | None = None
    next_due_at_ms: int | None = moment_ms(None)
    """When the next contact was promised, as a moment."""
    next_in_hours: int | None = None
    """The same as hours from this contact, which a wrong device clock cannot shift."""
    occurred_at_ms: int = moment_ms(merge=Merge.ACTION_TIME)


class Escalation(Synced, table=True):
    """A lead that nobody had reached when it was due: kept for good, also when a late sync shows that somebody had (R14)."""

    __table_args__ = synced(Kind.DERIVED, parent=Parent("lead_id", "lead"), rank=26)
    lead_id: str = column(references="lead", index=True)
    owner_id: str | None = column(None, references="staff")
    """Who answered for the lead then."""
    due_at_ms: int = moment_ms()
    raised_at_ms: int = moment_ms()
    withdrawn_at_ms: int | None = moment_ms(None)


class Order(Synced, table=True):
    """A sale. Amounts are fixed when it is placed, under the scheme version the seller's device held (R3)."""

    __tablename__ = "sales_order"
    __table_args__ = synced(
        Kind.RECORD,
        scopes=("store:{store_id}",),
        readers=("member:{customer_id}",),
        transitions=ORDER_TRANSITIONS,
        rank=40,
    )
    store_id: str = column(references="store", index=True)
    customer_id: str = column(references="customer", index=True)
    lead_id: str | None = column(None, references="lead", index=True, visible_to="company")
    staff_id: str = column(references="staff", index=True)
    number: str = column("", index=True)
    status: str = column(OrderStatus.PLACED, merge=Merge.STATE)
    scheme_id: str | None = column(None, references="scheme")
    coupon_fen: int = money_fen(0)
    offset_points: int = points_count(0)
    offset_fen: int = money_fen(0)
    lease_points: dict[str, Any] = document()
    """How many of the offset's points each lease gave, by its identifier; empty for a sale made at the server (R11)."""
    campaign: str = ""
    """The code of the campaign that the sale came by (R3)."""
    designer_id: str | None = column(None, index=True, visible_to="company")
    """Who referred the sale; where it is empty, the owner of the client's referral did."""
    designer_rate_percent: str | None = column(None, merge=Merge.SERVER, visible_to="company")
    """The commission rate of the order, for the preview of a return (R10)."""
    products_net_fen: int = money_fen()
    services_fen: int = money_fen(0)
    note: str = column("", visible_to="company")
    sold_at_ms: int = moment_ms(merge=Merge.ACTION_TIME, index=True)


class OrderLine(Synced, table=True):
    """One article of an order, with what was charged for it after tier discount, coupon and offset (R2)."""

    __table_args__ = synced(Kind.FACT, parent=Parent("order_id", "sales_order"), rank=41)
    order_id: str = column(references="sales_order", index=True)
    product_id: str | None = column(None, references="product")
    position: int = 0
    name: str
    category: str = ""
    kind: str = ProductKind.PRODUCT
    quantity: int = 1
    list_price_fen: int = money_fen()
    """Per unit."""
    discount_fen: int = money_fen(0)
    """Taken off the whole line by tier and by hand, before coupon and offset."""
    net_fen: int = money_fen()
    """Of the whole line, to be paid."""
    offset_points: int = points_count(0)
    cost_fen: int | None = money_fen(None, merge=Merge.SERVER, visible_to="margins")
    """Per unit; set by the server from the article's cost at the time of the sale."""


class Payment(Synced, table=True):
    """Money received for an order."""

    __table_args__ = synced(Kind.FACT, parent=Parent("order_id", "sales_order"), rank=42)
    order_id: str = column(references="sales_order", index=True)
    staff_id: str = column(merge=Merge.AUTHOR, references="staff")
    amount_fen: int = money_fen()
    method: str = "card"
    paid_at_ms: int = moment_ms(merge=Merge.ACTION_TIME)


class SaleReturn(Synced, table=True):
    """Goods given back: whole lines of one order, refunded. Posted at the server (R7)."""

    __table_args__ = synced(Kind.FACT, parent=Parent("order_id", "sales_order"), device_writes=False, rank=43)
    order_id: str = column(references="sales_order", index=True)
    staff_id: str | None = column(None, references="staff")
    line_ids: list[str] = string_set()
    refund_fen: int = money_fen()
    """Paid back, after what was withheld."""
    withheld_fen: int = money_fen(0)
    returned_at_ms: int = moment_ms(merge=Merge.ACTION_TIME)
