"""What an expectation may look at, and which keys each kind of observation has."""

from typing import Annotated, Literal

from msgspec import Meta, field

from tests.scenarios.values import (
    UNSET,
    Count,
    Id,
    Moment,
    Money,
    Rate,
    Ratio,
    Strict,
    UnsetType,
    Year,
)

Whole = int | UnsetType
Yuan = Money | UnsetType


class Observation(Strict, kw_only=True):
    """Somebody or something that is looked at; only the keys that are given are compared."""


class MemberSeen(Observation, kw_only=True):
    member: Id
    balance: Whole = UNSET
    available: Whole = UNSET
    leased: Whole = UNSET
    debt: Whole = UNSET
    growth: Whole = UNSET
    tier: Id | UnsetType = UNSET
    to_next: int | UnsetType | None = UNSET
    orders: Whole = UNSET
    redemptions: Whole = UNSET
    fields: dict[str, str | None] | UnsetType = UNSET
    same_as: Id | UnsetType = UNSET
    as_of: Moment | UnsetType = UNSET


class CustomersSeen(Observation, kw_only=True):
    customers: Id
    count: Whole = UNSET


class OrderSeen(Observation, kw_only=True):
    order: Id
    net_by_line: dict[str, Money] | UnsetType = UNSET
    due: Yuan = UNSET
    paid: Yuan = UNSET
    points: Whole = UNSET
    refunded: Yuan = UNSET
    clawback: Whole = UNSET
    restored: Whole = UNSET
    offset_points: Whole = UNSET
    scheme_version: Whole = UNSET


class DesignerSeen(Observation, kw_only=True):
    designer: Id
    year: Year | UnsetType = UNSET
    level: Id | UnsetType = UNSET
    rate_percent: Rate | UnsetType = UNSET
    performance: Yuan = UNSET
    commission: Yuan = UNSET
    pending: Yuan = UNSET
    payable: Yuan = UNSET
    paid: Yuan = UNSET
    carry: Yuan = UNSET

    def __post_init__(self) -> None:
        of_a_year = ("level", "rate_percent", "performance", "commission")
        without = ("pending", "payable", "paid", "carry")
        wrong = without if self.year is not UNSET else of_a_year
        for name in wrong:
            if getattr(self, name) is not UNSET:
                needs = "without" if self.year is not UNSET else "with"
                raise ValueError(f"`{name}` is observed {needs} `year`")


class ContactSeen(Strict, kw_only=True):
    by: Id | UnsetType = UNSET
    at: Moment | UnsetType = UNSET
    outcome: Literal["reached", "no_answer"] | UnsetType = UNSET


class HeldSeen(Strict, kw_only=True):
    field: Id | UnsetType = UNSET
    value: str | UnsetType | None = UNSET
    by: Id | UnsetType = UNSET


class LeadSeen(Observation, kw_only=True):
    lead: Id
    owner: str | UnsetType | None = UNSET
    due: Moment | UnsetType = UNSET
    next_due: Moment | UnsetType | None = UNSET
    sla_met: bool | UnsetType | None = UNSET
    response_minutes: int | UnsetType | None = UNSET
    overdue: bool | UnsetType = UNSET
    escalations: Whole = UNSET
    contacts: list[ContactSeen] | UnsetType = UNSET
    fields: dict[str, str | None] | UnsetType = UNSET
    held: list[HeldSeen] | UnsetType = UNSET
    present: bool | UnsetType = UNSET


class ConflictEntry(Strict, kw_only=True):
    field: Id | UnsetType = UNSET
    kept: str | UnsetType | None = UNSET
    lost: str | UnsetType | None = UNSET


class ConflictsSeen(Observation, kw_only=True):
    conflicts: Id
    count: Whole = UNSET
    entries: list[ConflictEntry] | UnsetType = UNSET


class LedgerEntries(Strict, kw_only=True):
    kind: Literal["base", "bonus", "activity", "redeem", "reversal", "expire", "adjust"]
    points: int
    times: Count


class LedgerSeen(Observation, kw_only=True):
    ledger: Id
    balanced: bool | UnsetType = UNSET
    entries: list[LedgerEntries] | UnsetType = UNSET


class AlertsSeen(Observation, kw_only=True):
    alerts: Literal["late_spend", "skew", "unassigned"]
    count: Whole = UNSET


class ValueSeen(Observation, kw_only=True):
    value: Year
    ranking: list[Id] | UnsetType = UNSET
    profit: dict[str, Money] | UnsetType = UNSET
    share_percent: dict[str, Ratio] | UnsetType = UNSET


class KpiSeen(Observation, kw_only=True):
    kpi: Id
    from_: Moment = field(name="from")
    to: Moment
    followups: Whole = UNSET
    won: Whole = UNSET
    leads: Whole = UNSET
    sales: Yuan = UNSET
    satisfaction: Annotated[str, Meta(pattern=r"^\d+(\.\d+)?$")] | UnsetType | None = UNSET
    score: Ratio | UnsetType | None = UNSET


KINDS: dict[str, type[Observation]] = {
    "member": MemberSeen,
    "customers": CustomersSeen,
    "order": OrderSeen,
    "designer": DesignerSeen,
    "lead": LeadSeen,
    "conflicts": ConflictsSeen,
    "ledger": LedgerSeen,
    "alerts": AlertsSeen,
    "value": ValueSeen,
    "kpi": KpiSeen,
}
"""By the key that says whose it is, which comes first in an observation."""

ASKS = frozenset({*KINDS, "year", "from", "to"})
"""Keys that say what is looked at; the others say what must be seen."""

ON_DEVICE = frozenset({MemberSeen, OrderSeen, LeadSeen})
