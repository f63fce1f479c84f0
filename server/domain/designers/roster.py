"""Taking designers in: with the level they hold elsewhere, or placed by what they have referred before (R9)."""

from dataclasses import dataclass

from sqlmodel import Session, select

from server.auth.passwords import set_password
from server.domain.designers.levels import give_level, rules_in_force
from shared_models.designers.tables import Designer, LevelCause
from shared_models.designers.years import LevelChange, fiscal_year
from shared_models.errors import RuleError
from shared_models.ids import derived_id
from shared_models.people.tables import Role, Staff
from shared_models.phone import normalise_phone


@dataclass(frozen=True, slots=True)
class NewDesigner:
    """What is known of a designer when they are taken in. At most one of `level` and `history_fen` says where they begin.

    `joined_year` is None for somebody who has always been there: no review protects them as a newcomer.
    """

    name: str
    phone: str = ""
    firm_id: str | None = None
    store_id: str | None = None
    contact: str = ""
    styles: tuple[str, ...] = ()
    level: str | None = None
    history_fen: int = 0
    joined_year: int | None = None


def take_in(
    session: Session, company_id: str, new: NewDesigner, *, staff_id: str | None, now_ms: int
) -> Designer:
    """A designer with the level that their opening balance gives: the one stated, or the first placement.

    Refuses a level that the rules in force do not have (`RuleError("level")`).
    """
    rules = rules_in_force(session, company_id, now_ms)
    level = rules.level(new.level) if new.level else rules.first_placement(new.history_fen)
    designer = Designer(
        company_id=company_id,
        firm_id=new.firm_id,
        store_id=new.store_id,
        name=new.name,
        phone=normalise_phone(new.phone),
        contact=new.contact,
        styles=sorted(new.styles),
        joined_year=new.joined_year,
    )
    session.add(designer)
    session.flush()
    this_year = fiscal_year(now_ms)
    change = LevelChange(
        min(new.joined_year or this_year, this_year), level.name, now_ms, derived_id("opening", designer.id)
    )
    cause = LevelCause.OPENING if new.level else LevelCause.PLACEMENT
    give_level(session, designer, change, cause, staff_id=staff_id)
    return designer


def open_log_in(session: Session, designer: Designer, *, code: str, password: str, now_ms: int) -> Staff:
    """Let a designer log in. Refuses a code that is taken and a password of the wrong length, as for staff.

    A second call gives them another code and password.
    """
    person = session.get(Staff, designer.id)
    if person is None:
        person = Staff(
            id=designer.id,
            company_id=designer.company_id,
            code=code,
            name=designer.name,
            role=Role.DESIGNER,
            store_id=designer.store_id,
        )
        session.add(person)
    person.code, person.active = code, True
    session.flush()
    set_password(session, person, password, now_ms=now_ms)
    return person


def known_designer(session: Session, company_id: str, designer_id: str) -> Designer:
    """A designer of the company. Refuses an unknown one (`RuleError("unknown")`)."""
    found = select(Designer).where(Designer.id == designer_id, Designer.company_id == company_id)
    designer = session.exec(found).one_or_none()
    if designer is None:
        raise RuleError("unknown")
    return designer
