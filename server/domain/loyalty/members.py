"""Joining the programme: one customer for one phone number, one account, one welcome gift (R4, R19)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from server.domain.ledger import open_account, rules_at
from server.domain.loyalty.books import books_of
from server.domain.loyalty.spending import bought_by
from server.domain.loyalty.uniting import customer_with_phone, unite
from server.domain.written import Written
from shared_models.errors import RuleError
from shared_models.loyalty.enrolment import check_enrolment
from shared_models.loyalty.ledger import grant_welcome_gift
from shared_models.phone import is_phone, normalise_phone
from shared_models.sales.numbers import member_number
from shared_models.sales.tables import Customer


@dataclass(frozen=True, slots=True)
class Enrolment:
    """Somebody who joins at the counter of a store."""

    company_id: str
    store_id: str
    phone: str
    name: str = ""


def enrol(session: Session, enrolment: Enrolment, *, now_ms: int) -> tuple[Customer, int]:
    """Make somebody a member; a number that is known is the same customer. The customer, and the points of the gift.

    Refuses what is no phone number (`RuleError("phone")`), and who has not bought enough to join (`"enrol_from"`).
    """
    phone = normalise_phone(enrolment.phone)
    if not is_phone(phone):
        raise RuleError("phone", text=enrolment.phone)
    customer = customer_with_phone(session, enrolment.company_id, phone)
    if customer is None:
        customer = Customer(
            company_id=enrolment.company_id, store_id=enrolment.store_id, name=enrolment.name, phone=phone
        )
        session.add(customer)
    elif not customer.name:
        customer.name = enrolment.name
    if customer.enrolled_at_ms is None:
        spent_fen = bought_by(session, customer.id).spent_fen
        check_enrolment(rules_at(session, customer.company_id, now_ms), spent_fen)
        customer.enrolled_at_ms = now_ms
        customer.member_no = customer.member_no or member_number(customer.id)
    session.flush()
    return customer, _join(session, customer, customer.id, at_ms=now_ms, now_ms=now_ms)


def settle_customers(session: Session, written: Sequence[Written]) -> None:
    """What follows from customers that devices wrote: doubles are united, new members get an account and their gift."""
    for each in written:
        customer = session.get_one(Customer, each.row_id)
        if customer.merged_into:
            continue
        now_ms = each.unit.received_at_ms
        number = normalise_phone(customer.phone)
        if number != customer.phone:
            customer.phone = number
        stays = customer_with_phone(session, customer.company_id, number, other_than=customer.id)
        if stays is not None:
            _settle_double(session, customer, stays, at_ms=each.at_ms, now_ms=now_ms)
        elif customer.enrolled_at_ms is not None:
            _join(session, customer, customer.id, at_ms=each.at_ms, now_ms=now_ms)


def _settle_double(session: Session, double: Customer, stays: Customer, *, at_ms: int, now_ms: int) -> None:
    had_account = books_of(session, double.id, now_ms) is not None
    unite(session, double, stays, now_ms=now_ms)
    if double.enrolled_at_ms is None or had_account:
        return
    if stays.enrolled_at_ms is None:
        stays.enrolled_at_ms, stays.member_no = double.enrolled_at_ms, double.member_no
    _join(session, stays, double.id, at_ms=at_ms, now_ms=now_ms)


def _join(session: Session, customer: Customer, enrolment_id: str, *, at_ms: int, now_ms: int) -> int:
    """Open the account, with the gift; one granted to somebody who was a member already is taken back visibly (R4).

    The points that stay.
    """
    books = books_of(session, customer.id, now_ms)
    is_first = books is None
    if books is None:
        open_account(session, customer)
        books = books_of(session, customer.id, now_ms)
    assert books is not None  # noqa: S101 - it has just been opened
    if is_first or enrolment_id != customer.id:
        rules = rules_at(session, customer.company_id, at_ms)
        gift = grant_welcome_gift(
            books.account, enrolment_id=enrolment_id, already_given=not is_first, rules=rules, at_ms=at_ms
        )
        books.post(gift, event_id=enrolment_id, at_ms=at_ms)
        books.close(now_ms)
        return rules.welcome_gift if is_first else 0
    return 0
