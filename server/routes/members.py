"""A member's log-in with a phone number and a code by SMS, which enrols who is new."""

from typing import Annotated, Any

from litestar import Request, Router, post
from litestar.datastructures import State
from litestar.params import JSONBody
from msgspec import Meta, Struct

from server.auth.login import Device
from server.auth.members import MemberDesk, Proof
from server.auth.middleware import OPEN
from server.jobs.job import wake
from server.routes.auth import DeviceBody, LoggedInBody, Short, client_address, logged_in
from server.services import Services, Wired
from server.sms.gateway import gateway_of
from sync.hub.recorder import SERVER, recording

_Request = Request[Any, Any, State]
_Phone = Annotated[str, Meta(min_length=1, max_length=40)]


class CodeBody(Struct):
    """Where the code is to be sent."""

    phone: _Phone


class MemberLoginBody(Struct):
    """The number and the code that was sent to it; `name` is for who is new."""

    phone: _Phone
    code: Annotated[str, Meta(min_length=1, max_length=20)]
    device: DeviceBody
    name: Short = ""


@post("/code", status_code=204, opt=OPEN, sync_to_thread=True)
def send_code(data: JSONBody[CodeBody], services: Wired, request: _Request) -> None:
    """Send six digits to the number; they are good for ten minutes, once."""
    address = client_address(request, services.settings.trusted_proxies)
    _desk(services).send_code(data.phone, address=address, now_ms=services.now_ms())


@post("/login", status_code=200, opt=OPEN, sync_to_thread=True)
def log_in(data: JSONBody[MemberLoginBody], services: Wired, request: _Request) -> LoggedInBody:
    """Log in as the member with the number, or join; answers as a colleague's log-in does."""
    now_ms, desk = services.now_ms(), _desk(services)
    address = client_address(request, services.settings.trusted_proxies)
    number = desk.check(Proof(data.phone, data.code), address=address, now_ms=now_ms)
    device = Device(data.device.id, data.device.name, data.device.platform)
    with services.database.writing() as session, recording(session, author=SERVER, at_ms=now_ms):
        tokens = desk.let_in(session, number, data.name, device, now_ms=now_ms)
    wake(services, session)
    return logged_in(tokens, services.settings, now_ms)


def _desk(services: Services) -> MemberDesk:
    return MemberDesk(services.login_desk, gateway_of(services.settings))


member_routes = Router("/api/members", route_handlers=[send_code, log_in], tags=["auth"])
