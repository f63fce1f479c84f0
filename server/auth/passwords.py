"""Passwords: Argon2id with 19 MiB and two passes (OWASP's minimum, about 50 ms)."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlmodel import Session, col, select

from server.auth.tables import Credential
from shared_models.errors import RuleError
from shared_models.people.tables import Staff

MIN_PASSWORD = 10
MAX_PASSWORD = 256
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def is_password_of(credential: Credential | None, password: str) -> bool:
    """Whether `password` is the right one; takes as long for nobody's credential as for somebody's."""
    try:
        _HASHER.verify(credential.password_hash if credential else _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return credential is not None


def set_password(session: Session, staff: Staff, password: str, *, now_ms: int) -> None:
    """Give `staff` this password, and with it the right to log in with their code.

    Raises `RuleError`: `password_length`, or `code_taken` when somebody else logs in with the same code.
    """
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise RuleError("password_length", shortest=MIN_PASSWORD, longest=MAX_PASSWORD)
    others = select(Staff.id).join(Credential, col(Credential.staff_id) == col(Staff.id))
    if session.exec(others.where(Staff.code == staff.code, Staff.id != staff.id)).first():
        raise RuleError("code_taken", login=staff.code)
    session.merge(Credential(staff_id=staff.id, password_hash=hash_password(password), changed_at_ms=now_ms))


def hash_password(password: str) -> str:
    """The password as it is kept: Argon2id in the PHC string format, with a salt of its own."""
    return _HASHER.hash(password)


@cache
def _nobody() -> str:
    return hash_password("the password of an account that does not exist")
