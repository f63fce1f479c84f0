"""Designers, the firms they work for, whom they refer, what they earn by it, and what is done for them."""

from enum import StrEnum
from typing import Any

from sqlalchemy.orm import validates

from shared_models.pinyin import search_key
from shared_models.synced import (
    Kind,
    Merge,
    Synced,
    column,
    document,
    moment_ms,
    money_fen,
    string_set,
    synced,
)

_OWN = ("designer:{designer_id}", "office:{company_id}")
"""What a designer earns is seen by the designer and the back office, and by nobody at the counter."""
_COLLEAGUES = ("company:{company_id}",)
"""Of those who see a row, the people of the company alone may change a column."""
_EVERYBODY = ("company:{company_id}", "partners:{company_id}")
"""The people of the company, and those who work with it."""


class DesignerFirm(Synced, table=True):
    """A firm that designs or decorates homes, with whom its designers are reached."""

    __table_args__ = synced(Kind.RECORD, scopes=("company:{company_id}",), rank=24)
    name: str
    phone: str = ""
    address: str = ""
    contact: str = ""
    notes: str = column("", merge=Merge.TEXT)


class Designer(Synced, table=True):
    """A designer who refers clients. The identifier is also that of their log-in, once they have one.

    They say themselves how they are reached; everything else about them is for the company to say.
    """

    __table_args__ = synced(Kind.RECORD, scopes=("company:{company_id}", "designer:{id}"), rank=25)
    firm_id: str | None = column(None, references="designerfirm", writable_by=_COLLEAGUES, index=True)
    store_id: str | None = column(None, references="store", writable_by=_COLLEAGUES)
    """The showroom that looks after them."""
    name: str = column(writable_by=_COLLEAGUES)
    name_key: str = column("", follows="name", writable_by=_COLLEAGUES)
    phone: str = column("", index=True)
    contact: str = ""
    """Messenger name, or whatever else reaches them."""
    styles: list[str] = string_set(writable_by=_COLLEAGUES)
    level: str = column("", merge=Merge.SERVER)
    """Held this year; see `DesignerLevelChange`."""
    joined_year: int | None = column(None, merge=Merge.SERVER)

    def __init__(self, **values: Any) -> None:
        # As in `Customer`: the empty default of the key is set after the name.
        super().__init__(**values)
        self.name_key = search_key(self.name or "")

    @validates("name")
    def _index_name(self, _key: str, name: str) -> str:
        self.name_key = search_key(name)
        return name


class DesignerLevels(Synced, table=True):
    """One version of the levels; `rules` is read by `shared_models.designers.levels`."""

    __table_args__ = synced(Kind.REFERENCE, scopes=_EVERYBODY, rank=16)
    version: int
    valid_from_ms: int = moment_ms(index=True)
    rules: dict[str, Any] = document()


class LevelCause(StrEnum):
    """Why a designer holds a level."""

    OPENING = "opening"
    """Held it when the books were opened here."""
    PLACEMENT = "placement"
    """By the total of what they had referred before."""
    REVIEW = "review"
    CORRECTION = "correction"
    """By a named person, with a reason."""


class DesignerLevelChange(Synced, table=True):
    """A level given to a designer from a year on. Never changed; a later one for the same year corrects it (R9)."""

    __table_args__ = synced(Kind.FACT, scopes=_OWN, device_writes=False, rank=26)
    designer_id: str = column(references="designer", index=True)
    from_year: int
    level: str
    cause: str
    reason: str = ""
    staff_id: str | None = column(None, references="staff")
    recorded_at_ms: int = moment_ms()


class DesignerYear(Synced, table=True):
    """A fiscal year closed by the review, as it will stand for ever (R9)."""

    __table_args__ = synced(Kind.FACT, scopes=_OWN, device_writes=False, rank=27)
    designer_id: str = column(references="designer", index=True)
    year: int
    level: str
    next_level: str
    """What the review gave; a correction stands in `DesignerLevelChange`."""
    performance_fen: int = money_fen()
    commission_fen: int = money_fen()
    staff_id: str | None = column(None, references="staff")
    closed_at_ms: int = moment_ms()


class ReferralStanding(StrEnum):
    """Whose client it is when several designers claim one."""

    OWNER = "owner"
    SUPERSEDED = "superseded"
    """Somebody else had claimed the client before, by corrected time."""


class Referral(Synced, table=True):
    """A designer's claim to have referred a client, by the client's phone number; the earliest claim owns it."""

    __table_args__ = synced(Kind.RECORD, scopes=("designer:{designer_id}", "store:{store_id}"), rank=28)
    designer_id: str = column(references="designer", index=True)
    store_id: str = column(references="store", index=True)
    client_name: str
    phone: str = column("", index=True)
    note: str = ""
    registered_by: str = column(merge=Merge.AUTHOR, references="staff")
    standing: str | None = column(None, merge=Merge.SERVER)
    """One of `ReferralStanding`; None until the server has compared it with the others."""
    lead_id: str | None = column(None, merge=Merge.SERVER, references="lead")
    customer_id: str | None = column(None, merge=Merge.SERVER, references="customer", index=True)
    claimed_at_ms: int = moment_ms(merge=Merge.ACTION_TIME)
    decision: str = column("", merge=Merge.SERVER)
    """Why somebody in charge gave the client to this designer against the order of the claims; empty if nobody did."""
    decided_by: str | None = column(None, merge=Merge.SERVER, references="staff")
    decided_at_ms: int | None = moment_ms(None, merge=Merge.SERVER)


class CommissionEntry(Synced, table=True):
    """One line of a designer's commissions, never changed: why so much came or went (R10)."""

    __table_args__ = synced(Kind.FACT, scopes=_OWN, device_writes=False, rank=29)
    designer_id: str = column(references="designer", index=True)
    order_id: str = column(references="sales_order", index=True)
    order_number: str = ""
    customer_id: str | None = None
    client_name: str = ""
    kind: str
    """One of `CommissionKind`."""
    amount_fen: int = money_fen()
    performance_fen: int = money_fen(0)
    year: int
    """In which it counts."""
    level: str = ""
    rate_percent: str = "0"
    payment_id: str | None = column(None, references="payment")
    return_id: str | None = column(None, references="salereturn")
    statement_id: str | None = column(None, references="commissionstatement", index=True)
    payable_from_ms: int | None = moment_ms(None)
    """When the return window of the order is over; on the line that completed its payment."""
    occurred_at_ms: int = moment_ms()
    posted_at_ms: int = moment_ms()


class CommissionStatement(Synced, table=True):
    """What was settled with a designer at once; its lines are the entries that name it (R10)."""

    __table_args__ = synced(Kind.FACT, scopes=_OWN, device_writes=False, rank=30)
    designer_id: str = column(references="designer", index=True)
    number: int
    """Counted for each designer from 1."""
    carried_in_fen: int = money_fen(0)
    total_fen: int = money_fen()
    pay_fen: int = money_fen()
    carry_fen: int = money_fen()
    staff_id: str | None = column(None, references="staff")
    settled_at_ms: int = moment_ms()


class CommissionPayout(Synced, table=True):
    """A statement was paid: when, by whom, and under which number at the bank. Its identifier follows from the statement's."""

    __table_args__ = synced(Kind.FACT, scopes=_OWN, device_writes=False, rank=30)
    statement_id: str = column(references="commissionstatement", index=True)
    designer_id: str = column(references="designer", index=True)
    amount_fen: int = money_fen()
    reference: str = ""
    staff_id: str | None = column(None, references="staff")
    paid_at_ms: int = moment_ms()


class DesignerEventKind(StrEnum):
    """What designers are invited to."""

    INSPIRATION = "inspiration"
    TRAINING = "training"
    VISIT = "visit"


class DesignerEvent(Synced, table=True):
    """A tour, a training or a visit that designers are invited to."""

    __table_args__ = synced(
        Kind.RECORD, scopes=("company:{company_id}",), readers=("partners:{company_id}",), rank=31
    )
    title: str
    kind: str = DesignerEventKind.TRAINING
    place: str = ""
    description: str = column("", merge=Merge.TEXT)
    starts_at_ms: int = moment_ms()


class DesignerEventExpense(Synced, table=True):
    """What was spent on an event; seen by the back office alone."""

    __table_args__ = synced(Kind.FACT, scopes=("office:{company_id}",), rank=33)
    event_id: str = column(references="designerevent", index=True)
    what: str
    amount_fen: int = money_fen()
    staff_id: str = column(merge=Merge.AUTHOR, references="staff")
    spent_at_ms: int = moment_ms(merge=Merge.ACTION_TIME)


class InvitationState(StrEnum):
    """What became of an invitation."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    ATTENDED = "attended"


INVITATION_TRANSITIONS: dict[str, frozenset[str]] = {
    InvitationState.INVITED: frozenset(set(InvitationState) - {InvitationState.INVITED}),
    InvitationState.ACCEPTED: frozenset({InvitationState.DECLINED, InvitationState.ATTENDED}),
    InvitationState.DECLINED: frozenset({InvitationState.ACCEPTED, InvitationState.ATTENDED}),
    InvitationState.ATTENDED: frozenset(),
}


class DesignerInvitation(Synced, table=True):
    """A designer invited to an event: they answer, the showroom notes who came."""

    __table_args__ = synced(
        Kind.RECORD,
        scopes=("company:{company_id}", "designer:{designer_id}"),
        transitions=INVITATION_TRANSITIONS,
        rank=32,
    )
    event_id: str = column(references="designerevent", writable_by=_COLLEAGUES, index=True)
    designer_id: str = column(references="designer", writable_by=_COLLEAGUES, index=True)
    state: str = column(InvitationState.INVITED, merge=Merge.STATE)


class Recommendation(Synced, table=True):
    """An article that designers are asked to recommend, and what to say about it."""

    __table_args__ = synced(Kind.REFERENCE, scopes=_EVERYBODY, rank=17)
    product_id: str = column(references="product")
    words: str = ""
    position: int = 0
    active: bool = True
