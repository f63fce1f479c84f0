"""Logging in, refreshing, logging out."""

from typing import Annotated, Any

from litestar import Request, Router, post
from litestar.datastructures import State
from litestar.params import JSONBody
from msgspec import Meta, Struct

from server.auth.login import Device, Tokens
from server.auth.middleware import FOR_MEMBERS, OPEN
from server.services import Wired
from server.settings import Settings
from sync.hub import Caller

Short = Annotated[str, Meta(max_length=100)]


class DeviceBody(Struct, forbid_unknown_fields=False):
    """What a device says about itself."""

    name: Short = ""
    platform: Short = ""
    id: Annotated[str, Meta(max_length=40)] | None = None


class LoginBody(Struct):
    """A log-in; `code` is the staff code."""

    code: Annotated[str, Meta(min_length=1, max_length=100)]
    password: Annotated[str, Meta(min_length=1, max_length=256)]
    device: DeviceBody


class RefreshBody(Struct):
    """A refresh token, to be used up."""

    refresh_token: Annotated[str, Meta(min_length=1, max_length=100)]


class StaffBody(Struct):
    """Who logged in."""

    id: str
    code: str
    name: str
    role: str
    store_id: str | None
    company_id: str


class TokensBody(Struct):
    """A pair of tokens; `expires_in` is the access token's life in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int


class LoggedInBody(TokensBody):
    """What a device needs to start: its tokens, its identifier, who logged in, and the server's clock."""

    device_id: str
    staff: StaffBody
    server_now_ms: int
    time_zone: str
    """The business's offset from UTC, which this device dates by."""


@post("/login", status_code=200, opt=OPEN, sync_to_thread=True)
def log_in(data: JSONBody[LoginBody], services: Wired, request: Request[Any, Any, State]) -> LoggedInBody:
    """Log in on a device, which is registered by it."""
    now_ms = services.now_ms()
    device = Device(data.device.id, data.device.name, data.device.platform)
    address = client_address(request, services.settings.trusted_proxies)
    tokens = services.login_desk.log_in(
        data.code.strip(), data.password, device, address=address, now_ms=now_ms
    )
    return logged_in(tokens, services.settings, now_ms)


def logged_in(tokens: Tokens, settings: Settings, now_ms: int) -> LoggedInBody:
    """The answer to a log-in, of whatever kind."""
    staff = tokens.staff
    return LoggedInBody(
        access_token=tokens.access_token,
        refresh_token=tokens.refresh_token,
        expires_in=settings.access_token_seconds,
        device_id=tokens.device_id,
        staff=StaffBody(staff.id, staff.code, staff.name, staff.role, staff.store_id, staff.company_id),
        server_now_ms=now_ms,
        time_zone=settings.time_zone,
    )


@post("/refresh", status_code=200, opt=OPEN, sync_to_thread=True)
def refresh(data: JSONBody[RefreshBody], services: Wired) -> TokensBody:
    """Change a refresh token for a new pair; it works once."""
    tokens: Tokens = services.login_desk.refresh(data.refresh_token, now_ms=services.now_ms())
    return TokensBody(tokens.access_token, tokens.refresh_token, services.settings.access_token_seconds)


@post("/logout", status_code=204, opt=FOR_MEMBERS, sync_to_thread=True)
def log_out(services: Wired, request: Request[Caller, Any, State]) -> None:
    """End the log-in of this device."""
    services.login_desk.log_out(request.user.device_id)


def client_address(request: Request[Any, Any, State], trusted_proxies: int) -> str:
    """Where a request comes from, as far as our own proxies vouch for it.

    Each proxy appends the address it was called from; what stands further left was written by the caller.
    """
    forwarded = [
        part.strip() for part in request.headers.get("x-forwarded-for", "").split(",") if part.strip()
    ]
    if 0 < trusted_proxies <= len(forwarded):
        return forwarded[-trusted_proxies]
    return request.client.host if request.client else "unknown"


auth_routes = Router("/api/auth", route_handlers=[log_in, refresh, log_out], tags=["auth"])
