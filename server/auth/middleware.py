"""Every route asks who calls, unless it says that it is open to all."""

from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from server.auth.caller import caller_of
from server.auth.errors import NotLoggedIn, NotYours
from server.auth.tokens import read_access_token
from server.logs import name_caller
from server.services import Services
from sync.hub import Caller

OPEN = {"open_to_all": True}
"""Handlers carry this as `opt` when they need no log-in."""

FOR_MEMBERS = {"for_members": True}
"""Handlers carry this as `opt` when members may call them too; all others are for colleagues and partners."""


class Authentication(ASGIMiddleware):
    """Sets `request.user` to the `Caller`, or refuses the request."""

    scopes = (ScopeType.HTTP,)
    exclude_opt_key = "open_to_all"

    def __init__(self, services: Services) -> None:
        """Look callers up in the database of `services`."""
        self._services = services

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Find out who calls, then let the request through."""
        header = ASGIConnection(scope).headers.get("authorization", "")
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotLoggedIn
        caller = await sync_to_thread(self._caller, token.strip())
        scope["user"] = caller
        name_caller(caller.staff_id, caller.device_id)
        if caller.reads_only and not scope["route_handler"].opt.get("for_members"):
            raise NotYours("route", "")
        await next_app(scope, receive, send)

    def _caller(self, token: str) -> Caller:
        services = self._services
        claims = read_access_token(services.settings, token, now_ms=services.now_ms())
        with services.database.looking() as session:
            return caller_of(session, claims)
