"""Every route asks who calls, unless it says that it is open to all."""

from dataclasses import replace
from typing import cast

from litestar.concurrency import sync_to_thread
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send
from sqlmodel import Session

from server.auth.caller import caller_of
from server.auth.errors import NotLoggedIn, NotYours
from server.auth.tokens import Claims, read_access_token
from server.logs import name_caller
from server.services import Services
from sync.hub import Caller

OPEN = {"open_to_all": True}
"""Handlers carry this as `opt` when they need no log-in."""

FOR_MEMBERS = {"for_members": True}
"""Handlers carry this as `opt` when members may call them too; all others are for colleagues and partners."""

FINDS_CALLER = {"finds_caller": True}
"""Handlers carry this as `opt` when they have `identified` say who calls, in the session that they then work in."""


class Authentication(ASGIMiddleware):
    """Sets `request.auth` to the `Claims` and `request.user` to the `Caller`, or refuses the request."""

    scopes = (ScopeType.HTTP,)
    exclude_opt_key = "open_to_all"

    def __init__(self, services: Services) -> None:
        """Look callers up in the database of `services`."""
        self._services = services

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Find out who calls, then let the request through."""
        services = self._services
        header = ASGIConnection(scope).headers.get("authorization", "")
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotLoggedIn
        scope["auth"] = read_access_token(services.settings, token.strip(), now_ms=services.now_ms())
        if not scope["route_handler"].opt.get("finds_caller"):
            await sync_to_thread(self._identify, scope)
            name_caller(scope)
        await next_app(scope, receive, send)

    def _identify(self, scope: Scope) -> None:
        with self._services.database.looking() as session:
            # What was read of the device is for who works in the session that read it.
            scope["user"] = replace(identified(session, scope), device=None)


def identified(session: Session, scope: Scope) -> Caller:
    """Who calls, from now on `request.user` too. Raises what `caller_of` raises, or `NotYours` for a route not for them."""
    caller = caller_of(session, cast("Claims", scope["auth"]))
    scope["user"] = caller
    if caller.reads_only and not scope["route_handler"].opt.get("for_members"):
        raise NotYours("route", "")
    return caller
