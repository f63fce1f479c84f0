"""The limit on guessing passwords, kept in the database so that it holds across processes.

An attempt is written and committed before it is counted. Whatever the order of two that run at once, the later one to
count sees both, so that never more than the limit get through; both may be refused, which errs on the safe side.
Success takes its attempt back: the limit is on failures, as a whole showroom logs in from one address.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, delete, func, select

from server.auth.errors import TooManyAttempts
from server.auth.tables import LoginAttempt
from server.database import Database
from server.settings import Settings
from shared_models.ids import new_id


@dataclass(frozen=True, slots=True)
class Attempts:
    """Counts failed log-ins per account and per address.

    Or whatever else `purpose` names, up to a `limit` of its own; what nothing takes back counts for the whole window.
    """

    database: Database
    settings: Settings
    purpose: str = ""
    limit: int | None = None

    def begin(self, account: str, address: str, *, now_ms: int) -> Sequence[str]:
        """Count an attempt, and return what `succeeded` takes back.

        Raises `TooManyAttempts`; the refused attempt itself is not counted, or a guesser could lock an account for ever.
        """
        subjects = [self._subject("account", account.casefold()), self._subject("address", address)]
        window_ms = self.settings.login_window_seconds * 1000
        attempts = [LoginAttempt(id=new_id(), subject=subject, at_ms=now_ms) for subject in subjects]
        ids = [attempt.id for attempt in attempts]
        with self.database.writing() as session:
            session.exec(delete(LoginAttempt).where(col(LoginAttempt.at_ms) <= now_ms - window_ms))
            session.add_all(attempts)
        with self.database.reading() as session:
            counted = session.exec(
                select(func.count(), func.min(LoginAttempt.at_ms))
                .where(col(LoginAttempt.subject).in_(subjects), LoginAttempt.at_ms > now_ms - window_ms)
                .group_by(LoginAttempt.subject)
            ).all()
        full = [oldest for count, oldest in counted if count > (self.limit or self.settings.login_limit)]
        if full:
            self.succeeded(ids)
            raise TooManyAttempts(max(1, -(-(max(full) + window_ms - now_ms) // 1000)))
        return ids

    def succeeded(self, attempt_ids: Sequence[str]) -> None:
        """Take the attempt back: it was not a guess."""
        with self.database.writing() as session:
            session.exec(delete(LoginAttempt).where(col(LoginAttempt.id).in_(attempt_ids)))

    def _subject(self, kind: str, value: str) -> str:
        key = self.settings.secret_key.encode()
        kind = f"{self.purpose}{kind}"
        return f"{kind}:{hmac.digest(key, f'{kind}:{value}'.encode(), hashlib.sha256).hex()[:40]}"
