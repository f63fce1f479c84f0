"""Whose client it is: claims on one phone number, the earliest by corrected time owns it unless somebody decides (R12)."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from server.domain.designers.commissions import adjust_order
from server.domain.leads.assigning import give_owner
from server.domain.written import Written, ids_of
from shared_models.designers.claims import in_order
from shared_models.designers.stored import claim_of
from shared_models.designers.tables import Referral, ReferralStanding
from shared_models.errors import RuleError
from shared_models.ids import derived_id
from shared_models.people.tables import Store
from shared_models.phone import is_phone, normalise_phone
from shared_models.sales.promise import first_due_ms
from shared_models.sales.tables import Customer, Lead, Order
from sync import bulk

_FIXED = frozenset({"phone", "designer_id", "store_id"})


def claim(session: Session, written: Sequence[Written]) -> None:
    """Compare each new claim with the others on its number, and move the orders whose owner changes by it.

    A client whom nobody knows yet becomes a lead, with an owner who answers within the day (R14, R18).

    Refuses a claim without a number to compare (`RuleError("phone")`), and a change of what a claim is about
    (`"claim_fixed"`): with another number the old date would claim somebody else's client.
    """
    numbers: dict[tuple[str, str], int] = {}
    for each in written:
        if each.change.kind == "update":
            if _FIXED & each.change.fields.keys():
                raise RuleError("claim_fixed")
            continue
        referral = session.get_one(Referral, each.row_id)
        referral.phone = normalise_phone(referral.phone)
        if not is_phone(referral.phone):
            raise RuleError("phone", phone=referral.phone)
        numbers[referral.company_id, referral.phone] = each.at_ms
    session.flush()
    for (company_id, phone), at_ms in numbers.items():
        owned = _settle_claims(session, company_id, phone)
        if owned.customer_id is None and owned.lead_id is None:
            _open_lead(session, owned, at_ms)
            _settle_claims(session, company_id, phone)
        _move_orders(session, company_id, phone, at_ms)


def decide(
    session: Session, company_id: str, referral_id: str, *, reason: str, staff_id: str, now_ms: int
) -> Referral:
    """Give a client to the designer of this claim, whoever came first; orders that name no designer follow.

    Every claim stays as it was made. Refuses an unknown claim (`RuleError("unknown")`) and an empty reason (`"reason"`).
    """
    referral = session.get(Referral, referral_id)
    if referral is None or referral.company_id != company_id:
        raise RuleError("unknown", id=referral_id)
    if not reason.strip():
        raise RuleError("reason")
    rivals = select(Referral.decided_at_ms).where(
        Referral.company_id == company_id, Referral.phone == referral.phone
    )
    decided = [at_ms for at_ms in session.exec(rivals).all() if at_ms is not None]
    # What is decided later counts, in the same millisecond and on a clock that was set back too.
    referral.decided_at_ms = max([now_ms, *(at_ms + 1 for at_ms in decided)])
    referral.decision, referral.decided_by = reason.strip(), staff_id
    session.flush()
    _settle_claims(session, company_id, referral.phone)
    _move_orders(session, company_id, referral.phone, now_ms)
    return referral


def link_customers(session: Session, written: Sequence[Written]) -> None:
    """A referred client has become a customer."""
    _link(session, Customer, written)


def link_leads(session: Session, written: Sequence[Written]) -> None:
    """A referred client has become a lead."""
    _link(session, Lead, written)


def _link(session: Session, model: type[Customer] | type[Lead], written: Sequence[Written]) -> None:
    # Only a number decides whose client somebody is; most edits leave it as it is.
    row_ids = ids_of([each for each in written if each.change.changes("phone")])
    if not row_ids:
        return
    identifier = model.__table__.c.id  # type: ignore[union-attr] # SQLModel does not declare it
    referred = (
        select(model.company_id, model.phone)
        .join(Referral, (col(Referral.phone) == model.phone) & (col(Referral.company_id) == model.company_id))
        .where(bulk.among(session.connection(), identifier, row_ids))
        .distinct()
    )
    for company_id, phone in sorted(session.exec(referred).all()):
        _settle_claims(session, company_id, phone)


def _settle_claims(session: Session, company_id: str, phone: str) -> Referral:
    """Set for every claim on a number whether it owns the client, and whom it is about as far as we know; the owner."""
    rows = session.exec(
        select(Referral)
        .where(Referral.company_id == company_id, Referral.phone == phone)
        .order_by(col(Referral.id))
        .with_for_update()
    ).all()
    row_of = {row.id: row for row in rows}
    claims = [row_of[claim.id] for claim in in_order(claim_of(row) for row in rows)]
    customers = select(Customer.id).where(Customer.company_id == company_id, Customer.phone == phone)
    leads = select(Lead.id).where(Lead.company_id == company_id, Lead.phone == phone)
    customer_id = session.exec(customers.order_by(Customer.id)).first()
    lead_id = session.exec(leads.order_by(col(Lead.inquired_at_ms), Lead.id)).first()
    for position, referral in enumerate(claims):
        referral.standing = ReferralStanding.SUPERSEDED if position else ReferralStanding.OWNER
        referral.customer_id, referral.lead_id = customer_id, lead_id
    session.flush()
    return claims[0]


def _open_lead(session: Session, referral: Referral, at_ms: int) -> None:
    store = session.get_one(Store, referral.store_id)
    lead = Lead(
        id=derived_id("referred", referral.id),
        company_id=referral.company_id,
        store_id=store.id,
        name=referral.client_name,
        phone=referral.phone,
        source="referral",
        region=store.region,
        notes=referral.note,
        inquired_at_ms=referral.claimed_at_ms,
        next_due_at_ms=first_due_ms(referral.claimed_at_ms),
    )
    session.add(lead)
    session.flush()
    give_owner(session, lead, at_ms=at_ms)


def _move_orders(session: Session, company_id: str, phone: str, at_ms: int) -> None:
    """Orders that name no designer follow the client's owner; a claim that syncs late can still be the earliest."""
    orders = (
        select(Order)
        .join(Customer, col(Customer.id) == col(Order.customer_id))
        .where(Order.company_id == company_id, Customer.phone == phone, col(Order.designer_id).is_(None))
        .order_by(col(Order.sold_at_ms), col(Order.id))
        .with_for_update(of=Order)
    )
    for order in session.exec(orders).all():
        adjust_order(session, order, at_ms=at_ms)
