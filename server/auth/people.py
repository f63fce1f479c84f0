"""Who an identifier in a token means: somebody with a `Staff` row, or a member, who is a customer of the company."""

from sqlmodel import Session

from shared_models.people.tables import Role, Staff
from shared_models.sales.tables import Customer


def person_of(session: Session, person_id: str) -> Staff | None:
    """The person, or None for nobody: also for a customer who is no member, or who turned out to be another one (R19)."""
    staff = session.get(Staff, person_id)
    if staff is not None:
        return staff
    customer = session.get(Customer, person_id)
    if customer is None or customer.enrolled_at_ms is None or customer.merged_into:
        return None
    return as_person(customer)


def as_person(member: Customer) -> Staff:
    """A member as one who logs in. Not a row: their number would reach the tablets of all colleagues as one of them."""
    return Staff(
        id=member.id,
        company_id=member.company_id,
        code=member.member_no,
        name=member.name,
        role=Role.MEMBER,
        store_id=member.store_id,
    )
