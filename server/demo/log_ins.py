"""The log-ins of the demo company, told to whoever tries the product: they guard made-up data only."""

from functools import lru_cache

from sqlmodel import col, select

from server.auth.passwords import is_password_of
from server.auth.tables import Credential
from server.database import Database
from server.demo.scene import COMPANY
from shared_models.loyalty.tables import MemberAccount
from shared_models.people.tables import Staff
from shared_models.sales.tables import Customer

DEMO_CODES = ("S001", "M001", "C001", "O001", "D001")
DEMO_PASSWORD = "showfloor-demo"  # noqa: S105  # printed at start and written in the README: it guards made-up data


def demo_log_ins(database: Database) -> list[tuple[str, str]]:
    """The demo company's log-ins that really work, as code and role; none once their passwords were changed."""
    found = (
        select(Staff, Credential)
        .join(Credential, col(Credential.staff_id) == col(Staff.id))
        .where(col(Staff.company_id) == COMPANY, col(Staff.code).in_(DEMO_CODES), col(Staff.active).is_(True))
        .order_by(col(Staff.code))
    )
    with database.reading() as session:
        people = [
            (staff.code, staff.role, credential.password_hash) for staff, credential in session.exec(found)
        ]
    return [(code, role) for code, role, kept in people if _is_the_demo_password(kept)]


def demo_member(database: Database) -> str:
    """The number of the demo company's member with the most points, who logs in by SMS; empty when there is none."""
    richest = (
        select(Customer.phone)
        .join(MemberAccount, col(MemberAccount.customer_id) == col(Customer.id))
        .where(col(Customer.company_id) == COMPANY, col(Customer.merged_into).is_(None))
        .order_by(col(MemberAccount.balance).desc(), col(Customer.id))
    )
    with database.reading() as session:
        return session.exec(richest).first() or ""


@lru_cache(maxsize=64)
def _is_the_demo_password(kept: str) -> bool:
    """Checking is slow on purpose, so the same hash is checked once."""
    return is_password_of(Credential(staff_id="", password_hash=kept, changed_at_ms=0), DEMO_PASSWORD)
