"""Logging in with a phone number: a code by SMS proves whose it is, and makes who is new a member."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass

import structlog
from sqlmodel import Session, col, delete, select

from server.auth.attempts import Attempts
from server.auth.errors import WrongCode
from server.auth.login import Device, LoginDesk, Tokens
from server.auth.people import as_person
from server.auth.tables import MemberCode
from server.domain.loyalty.members import Enrolment, enrol
from server.sms.gateway import SmsFailed, SmsGateway
from shared_models.errors import RuleError
from shared_models.ids import new_id
from shared_models.people.tables import Store
from shared_models.phone import is_phone, normalise_phone

CODES_A_WINDOW = 5
"""So many codes a quarter of an hour (`login_window_seconds`) for a number, and for an address; as many wrong guesses."""
CODE_LIFE_MS = 10 * 60_000
_DIGITS = 6
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody shows to be let in: a number, and the code that was sent to it."""

    phone: str
    code: str


@dataclass(frozen=True, slots=True)
class MemberDesk:
    """Sends codes and takes them. What it keeps is in the database, so that it holds across processes."""

    desk: LoginDesk
    gateway: SmsGateway

    def send_code(self, phone: str, *, address: str, now_ms: int) -> None:
        """Send a code to the number, whether or not somebody is known by it: the answer does not tell.

        Raises `RuleError("phone")`, `RuleError("sms_failed")` or `TooManyAttempts`.
        """
        number = _number(phone)
        self._attempts("code-").begin(number, address, now_ms=now_ms)
        code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
        with self.desk.database.writing() as session:
            session.exec(delete(MemberCode).where(col(MemberCode.expires_at_ms) <= now_ms))
            session.add(
                MemberCode(
                    id=new_id(),
                    number_hash=self._hash("number", number),
                    code_hash=self._hash("code", f"{number}:{code}"),
                    expires_at_ms=now_ms + CODE_LIFE_MS,
                )
            )
        try:
            self.gateway.send(number, f"登录验证码 code {code}，10 分钟内有效，请勿告诉别人。")
        except SmsFailed as error:
            _log.error("sms_failed", gateway=type(self.gateway).__name__)
            raise RuleError("sms_failed") from error

    def check(self, proof: Proof, *, address: str, now_ms: int) -> str:
        """Use up the code; the number that it proves.

        Raises `RuleError("phone")`, `TooManyAttempts` or `WrongCode`.
        """
        number = _number(proof.phone)
        guesses = self._attempts("guess-")
        guess = guesses.begin(number, address, now_ms=now_ms)
        with self.desk.database.writing() as session:
            if not self._use(session, number, proof.code.strip(), now_ms):
                raise WrongCode
        guesses.succeeded(guess)
        return number

    def let_in(self, session: Session, number: str, name: str, device: Device, *, now_ms: int) -> Tokens:
        """Tokens for the member with this proven number, who becomes one if they are not yet.

        Refuses new ones where it is not clear which store they belong to (`RuleError("members_closed")`).
        """
        store = self._store(session)
        joining = Enrolment(store.company_id, store.id, number, name.strip())
        member, _ = enrol(session, joining, now_ms=now_ms)
        return self.desk.let_in(session, as_person(member), device, now_ms=now_ms)

    def _use(self, session: Session, number: str, code: str, now_ms: int) -> bool:
        """Whether the code stood for the number; then no code of it is good any more. Of two at once one succeeds."""
        sent = session.exec(
            select(MemberCode).where(
                MemberCode.number_hash == self._hash("number", number), MemberCode.expires_at_ms > now_ms
            )
        ).all()
        shown = self._hash("code", f"{number}:{code}")
        # Every one is compared, each in the same time.
        right = [each.id for each in sent if hmac.compare_digest(each.code_hash, shown)]
        if not right:
            return False
        used = session.exec(delete(MemberCode).where(col(MemberCode.id).in_(right))).rowcount
        session.exec(delete(MemberCode).where(col(MemberCode.id).in_([each.id for each in sent])))
        return used > 0

    def _store(self, session: Session) -> Store:
        named = self.desk.settings.member_store
        stores = session.exec(select(Store).order_by(col(Store.name), col(Store.id))).all()
        found = [store for store in stores if not named or store.id == named]
        if len({store.company_id for store in found}) != 1:
            raise RuleError("members_closed")
        return found[0]

    def _attempts(self, purpose: str) -> Attempts:
        return Attempts(self.desk.database, self.desk.settings, purpose, CODES_A_WINDOW)

    def _hash(self, kind: str, value: str) -> str:
        key = self.desk.settings.secret_key.encode()
        return hmac.digest(key, f"member-{kind}:{value}".encode(), hashlib.sha256).hex()


def _number(phone: str) -> str:
    number = normalise_phone(phone)
    if not is_phone(number):
        raise RuleError("phone", text="")
    return number
