"""The figures of everybody whom somebody is in charge of, and what customers said of them."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from server.domain.figures.work import Period, Scored, score_person
from shared_models.people.access import BACK_OFFICE
from shared_models.people.tables import Role, Staff, Store
from shared_models.sales.tables import Customer, Order
from shared_models.service.tables import Survey

_MOST = 200


@dataclass(frozen=True, slots=True)
class Colleague:
    """A salesperson with their figures of a period and their rank; equal scores share one, the next is left out (K-03)."""

    staff_id: str
    name: str
    store: str
    rank: int | None
    scored: Scored


@dataclass(frozen=True, slots=True)
class Answer:
    """What a customer said about an order."""

    order_id: str
    order_number: str
    customer: str
    seller: str
    score: str
    comment: str
    answered_at_ms: int


def team_of(session: Session, head: Staff, period: Period) -> list[Colleague]:
    """The salespeople of the head's store, or of the company for the back office; the best score first."""
    sellers = select(Staff, Store.name).join(Store, col(Store.id) == col(Staff.store_id), isouter=True)
    sellers = sellers.where(
        Staff.company_id == head.company_id, Staff.role == Role.SALES, col(Staff.active).is_(True)
    )
    if head.role not in BACK_OFFICE:
        sellers = sellers.where(Staff.store_id == head.store_id)
    scored = [
        (person, store or "", score_person(session, person, period))
        for person, store in session.exec(sellers.order_by(col(Staff.code))).all()
    ]
    known = [each.score for _, _, each in scored if each.score is not None]
    team = [
        Colleague(
            person.id,
            person.name,
            store,
            None if each.score is None else 1 + sum(other > each.score for other in known),
            each,
        )
        for person, store, each in scored
    ]
    return sorted(team, key=lambda each: (each.rank is None, each.rank or 0))


def answers_in(session: Session, head: Staff, period: Period) -> list[Answer]:
    """What customers said in a period, the latest first: of the head's store, or of the company for the back office."""
    found = (
        select(Survey, Order.number, Customer.name, Staff.name)
        .join(Order, col(Order.id) == col(Survey.order_id))
        .join(Customer, col(Customer.id) == col(Order.customer_id), isouter=True)
        .join(Staff, col(Staff.id) == col(Survey.staff_id), isouter=True)
        .where(Survey.company_id == head.company_id)
        .where(Survey.answered_at_ms >= period.from_ms, Survey.answered_at_ms < period.to_ms)
    )
    if head.role not in BACK_OFFICE:
        found = found.where(Order.store_id == head.store_id)
    latest = found.order_by(col(Survey.answered_at_ms).desc(), col(Survey.id)).limit(_MOST)
    return [
        Answer(
            survey.order_id,
            number,
            customer or "",
            seller or "",
            survey.score,
            survey.comment,
            survey.answered_at_ms,
        )
        for survey, number, customer, seller in session.exec(latest).all()
    ]
