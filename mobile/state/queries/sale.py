"""Whom a sale is for, and under which rules: the lead or customer it began with, or whoever has the phone number."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from mobile.state.queries.customers import customer_meant, customer_with_phone
from mobile.state.queries.leases import spendable_points
from mobile.state.queries.pending_points import account_forecast
from mobile.state.queries.purchases import bought_fen
from mobile.state.queries.schemes import rules_of, scheme_in_force
from mobile.state.sale_draft import SaleDraft
from shared_models.loyalty.enrolment import missing_to_enrol_fen
from shared_models.loyalty.scheme import LoyaltyRules, Tier
from shared_models.loyalty.tables import MemberAccount
from shared_models.loyalty.tiers import counted_for_tiers, tier_for
from shared_models.phone import normalise_phone
from shared_models.sales.tables import Customer, Lead
from sync.device.outbox import Unit

TABLES = ("customer", "lead", "memberaccount", "scheme", "lease", "payment")
_NO_TIER = Tier("", 0)


@dataclass(frozen=True, slots=True)
class Party:
    """The buyer as far as known, the store that sells, and the scheme of the day."""

    lead: Lead | None
    customer: Customer | None
    account: MemberAccount | None
    scheme_id: str | None
    rules: LoyaltyRules
    store_id: str
    growth: int = 0
    """As the server last said, with what this device's own pending work adds; so is `spent_fen`."""
    spent_fen: int = 0
    bought_fen: int = 0
    """What a buyer who is no member has bought before, as far as this device knows."""
    spendable_points: int = 0
    """What this device may spend of the buyer's points: its unspent leases."""

    @property
    def is_member(self) -> bool:
        """Whether the buyer is enrolled already."""
        return self.customer is not None and self.customer.enrolled_at_ms is not None

    def tier(self) -> Tier:
        """The tier that prices the sale; somebody who is no member yet has none."""
        return self.tier_with(points=0, spent_fen=0) if self.is_member else _NO_TIER

    def tier_with(self, *, points: int, spent_fen: int) -> Tier:
        """The tier after so many points more, and so much more spent on products."""
        counted = counted_for_tiers(
            self.rules, growth=self.growth + points, spent_fen=self.spent_fen + spent_fen
        )
        return tier_for(counted, self.rules.tiers)

    def will_earn(self, draft: SaleDraft, paid_now_fen: int) -> bool:
        """Whether the sale earns points: for a member, or one who is enrolled with it.

        That takes a phone number, and purchases enough with what is paid for products now (T-04).
        """
        phone = (self.customer.phone if self.customer else "") or normalise_phone(draft.phone)
        return self.is_member or (draft.enrol and bool(phone) and not self.missing_to_enrol_fen(paid_now_fen))

    def missing_to_enrol_fen(self, paid_now_fen: int) -> int:
        """What a buyer who is no member has still to buy before they may join."""
        return missing_to_enrol_fen(self.rules, self.bought_fen + paid_now_fen)


def party_of(
    session: Session,
    subject: str,
    draft: SaleDraft,
    *,
    now_ms: int,
    own_store_id: str | None,
    pending: Sequence[Unit] = (),
    lease_now_ms: int | None = None,
) -> Party:
    """The buyer of a draft that began with `subject`: the identifier of a lead, of a customer, or neither.

    `pending` are the units not yet confirmed, and `lease_now_ms` is the time that leases are held to; without it nothing
    can be paid with points.
    """
    lead = session.get(Lead, subject)
    chosen = draft.customer_id or (lead.customer_id if lead else subject)
    customer = customer_meant(session, chosen) if chosen else None
    customer = customer or customer_with_phone(session, normalise_phone(draft.phone))
    scheme = scheme_in_force(session, now_ms)
    forecast = account_forecast(session, customer.id, pending) if customer else None
    store = own_store_id or (lead.store_id if lead else None) or (customer.store_id if customer else None)
    return Party(
        lead=lead,
        customer=customer,
        account=session.get(MemberAccount, customer.id) if customer else None,
        scheme_id=scheme.id if scheme else None,
        rules=rules_of(scheme),
        store_id=store or "",
        growth=forecast.account.growth if forecast else 0,
        spent_fen=forecast.spent_fen if forecast else 0,
        bought_fen=bought_fen(session, customer.id) if customer and customer.enrolled_at_ms is None else 0,
        spendable_points=spendable_points(session, customer.id, lease_now_ms)
        if customer and lease_now_ms is not None
        else 0,
    )


def new_draft(session: Session, subject: str) -> SaleDraft:
    """An empty draft; for a lead it takes over the name and the number."""
    lead = session.get(Lead, subject)
    return SaleDraft(name=lead.name, phone=lead.phone) if lead else SaleDraft()
