"""Who is logged in on this device, and the tokens that say so to the server."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import flet as ft

from mobile.state.errors import LogInNeeded, OtherPersonsWork, ServerRefusal
from mobile.state.local import LocalFacts
from mobile.state.server import Server
from shared_models.moments import DEFAULT_ZONE, use_business_zone

if TYPE_CHECKING:
    from sync.device.replica import Replica

T = TypeVar("T")

_UNAUTHORIZED = 401
_EARLY_MS = 60_000
"""Access tokens are renewed this long before they end."""


@dataclass(slots=True)
class Typed:
    """What stands in the fields of the log-in page; in memory only, and gone once it was right."""

    code: str = ""
    password: str = ""
    as_member: bool = False
    phone: str = ""
    name: str = ""
    code_sent: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Who is logged in: a colleague, a designer, or a member of the programme."""

    id: str
    code: str
    name: str
    role: str
    store_id: str | None
    company_id: str


class Session(ft.Observable):
    """The log-in. `person` is None before the first one; `expired` asks to log in again without losing anything."""

    def __init__(self, facts: LocalFacts, server: Server, device_now_ms: Callable[[], int]) -> None:
        """Take up the session that was kept, if any."""
        self._facts = facts
        self._server = server
        self._now_ms = device_now_ms
        self._tokens: dict[str, Any] = facts.read("tokens") or {}
        kept = facts.read("person")
        self.person: Person | None = Person(**kept) if kept else None
        self.expired: bool = bool(kept) and not self._tokens
        self.was_wiped: bool = bool(facts.read("wiped"))
        """Whether a manager had this device wiped, and nobody has logged in since."""
        if zone := facts.read("time_zone"):
            use_business_zone(zone)
        # Outside the page's own state: another language draws the page anew.
        self.typed = Typed()

    async def log_in(
        self, code: str, password: str, replica: "Replica", start_over: Callable[[], "Replica"], platform: str
    ) -> None:
        """Log in at the server and make this device the person's own; a colleague's copy is cleared by `start_over`.

        Raises `ServerRefusal`, `Unreachable`, or `OtherPersonsWork` when a colleague's unsent work is here.
        """
        body = {"code": code.strip(), "password": password, "device": _device(replica, platform)}
        self._take_over(await self._server.post("/api/auth/login", body), replica, start_over)

    async def log_in_member(
        self,
        proof: tuple[str, str, str],
        replica: "Replica",
        start_over: Callable[[], "Replica"],
        platform: str,
    ) -> None:
        """Log in by `proof`: phone number, the code sent to it, and a name for who is new. Raises as `log_in` does."""
        phone, code, name = (part.strip() for part in proof)
        body = {"phone": phone, "code": code, "name": name, "device": _device(replica, platform)}
        self._take_over(await self._server.post("/api/members/login", body), replica, start_over)

    def _take_over(
        self, answer: dict[str, Any], replica: "Replica", start_over: Callable[[], "Replica"]
    ) -> None:
        staff = answer["staff"]
        if replica.staff_id and replica.staff_id != staff["id"]:
            status = replica.status()
            if status.pending or status.contents:
                raise OtherPersonsWork(status.pending + status.contents)
            replica = start_over()
        replica.register(device_id=answer["device_id"], staff_id=staff["id"], company_id=staff["company_id"])
        fields = {key: staff.get(key) for key in ("id", "code", "name", "role", "store_id", "company_id")}
        self._keep_tokens(answer)
        self._facts.write("person", fields)
        zone = str(answer.get("time_zone", DEFAULT_ZONE))
        self._facts.write("time_zone", zone)
        use_business_zone(zone)
        self._facts.write("wiped", None)
        self.person = Person(**fields)
        self.was_wiped = False
        self.typed = Typed()
        self.expired = False

    async def access_token(self) -> str:
        """A token that is valid now, renewed when needed. Raises `LogInNeeded` or `Unreachable`."""
        if not self._tokens:
            raise LogInNeeded
        if self._now_ms() < self._tokens["ends_at_ms"] - _EARLY_MS:
            return str(self._tokens["access"])
        try:
            answer = await self._server.post("/api/auth/refresh", {"refresh_token": self._tokens["refresh"]})
        except ServerRefusal as refusal:
            if refusal.status == _UNAUTHORIZED:
                self.end()
                raise LogInNeeded from refusal
            raise
        self._keep_tokens(answer)
        return str(self._tokens["access"])

    async def authorised(self, call: Callable[[str], Awaitable[T]]) -> T:
        """What `call` gives with an access token, which is renewed once if the server does not take it.

        Raises what `call` and `access_token` raise.
        """
        try:
            return await call(await self.access_token())
        except ServerRefusal as refusal:
            if refusal.status != _UNAUTHORIZED:
                raise
            self.renew_next_time()
            return await call(await self.access_token())

    def renew_next_time(self) -> None:
        """The server did not take the access token: renew it before the next use."""
        if self._tokens:
            self._tokens["ends_at_ms"] = 0

    def end(self) -> None:
        """The server ended the session; what is on the device stays."""
        self._tokens = {}
        self._facts.write("tokens", None)
        self.expired = self.person is not None

    def wiped(self, start_over: Callable[[], "Replica"]) -> None:
        """A manager had this device wiped and the server knows that it was: nothing and nobody is left on it."""
        start_over()
        self._tokens = {}
        self._facts.write("wiped", value=True)
        self.expired = False
        self.was_wiped = True
        self.person = None

    async def log_out(self, start_over: Callable[[], "Replica"]) -> None:
        """Wipe this device, then tell the server if it can be reached. Raises `Unreachable` or `ServerRefusal`."""
        tokens, self._tokens = self._tokens, {}
        start_over()
        self.expired = False
        self.person = None
        if tokens:
            await self._server.post(
                "/api/auth/logout", {"refresh_token": tokens["refresh"]}, tokens["access"]
            )

    def _keep_tokens(self, answer: dict[str, Any]) -> None:
        self._tokens = {
            "access": answer["access_token"],
            "refresh": answer["refresh_token"],
            "ends_at_ms": self._now_ms() + int(answer["expires_in"]) * 1000,
        }
        self._facts.write("tokens", self._tokens)


def _device(replica: "Replica", platform: str) -> dict[str, str | None]:
    return {"id": replica.device_id or None, "name": platform, "platform": platform}
