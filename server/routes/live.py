"""The live stream of one device."""

from collections.abc import AsyncIterator
from typing import Any

from litestar import Request, Router, get
from litestar.datastructures import State
from litestar.response import ServerSentEvent, ServerSentEventMessage

from server.auth.middleware import FOR_MEMBERS
from server.services import Services, Wired
from sync.hub import Caller


@get("/live", opt=FOR_MEMBERS, sync_to_thread=False)
def live(services: Wired, request: Request[Caller, Any, State]) -> ServerSentEvent:
    """A server-sent event `position` each time something in the caller's scopes has changed; then sync.

    A comment every 20 seconds keeps the connection. The stream ends with the life of an access token: connecting again
    asks anew who may see what.
    """
    return ServerSentEvent(_messages(services, request.user), headers={"Cache-Control": "no-store"})


async def _messages(services: Services, caller: Caller) -> AsyncIterator[ServerSentEventMessage]:
    with services.broadcaster.subscribed(caller.scopes) as subscription:
        yield ServerSentEventMessage(comment="connected", data=None, retry=2_000)
        async for changed in subscription.changes(lasting_seconds=services.settings.access_token_seconds):
            if changed:
                yield ServerSentEventMessage(event="position", data=str(services.now_ms()))
            else:
                yield ServerSentEventMessage(comment="still here", data=None)


live_routes = Router("/api", route_handlers=[live], tags=["sync"])
