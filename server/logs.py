"""Structured logs, one JSON object a line, without personal data.

A request is logged by its route's template, never by its path, query or body. Whoever logs elsewhere names rows and
people by identifier.
"""

import logging
import sys
import time
from typing import Any

import structlog
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from shared_models.ids import new_id

_log = structlog.get_logger()
_STATE = "showfloor_request_id"


def configure_logs(level: str) -> None:
    """Write JSON lines of `level` and above to standard error."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        # Looked up each time: whoever redirects standard error gets the logs too.
        logger_factory=lambda *_: structlog.WriteLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )


def request_id_of(scope: Scope) -> str:
    """The number of this request, as in its log lines and its `X-Request-Id`."""
    return str(scope["state"].get(_STATE, ""))


def name_caller(scope: Scope) -> None:
    """Put the caller, once known, on every further log line of this request that is written in this thread."""
    structlog.contextvars.bind_contextvars(**_caller(scope))


class RequestLog:
    """Numbers each request and logs it once, when it is over."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap `app`, the whole of it, so that refused and unknown routes are logged too."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        request_id = new_id()
        scope["state"][_STATE] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.perf_counter()
        status = 0

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self.app(scope, receive, send_and_note)
        finally:
            _log.info(
                "request",
                method=scope.get("method", ""),
                route=_route(scope),
                status=status,
                duration_ms=round((time.perf_counter() - started) * 1000, 1),
                **_caller(scope),
            )


def _route(scope: Scope) -> str:
    return str(scope.get("path_template") or "(none)")


def _caller(scope: Any) -> dict[str, str]:
    user = scope.get("user")
    return {"staff_id": user.staff_id, "device_id": user.device_id} if user is not None else {}
