"""What each error becomes on the wire: one table of status and code, one shape of body.

The body is `{"code": ..., "details": {...}}`; the app looks the code's sentence up in the person's language. An error that
is not in the table is a fault of ours: 500, with the request's number and nothing else.
"""

import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import structlog
from litestar import Request, Response
from litestar.datastructures import State
from litestar.exceptions import (
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from sqlalchemy.exc import OperationalError

from server.auth.errors import AuthError, DeviceRevoked, NotYours, TooManyAttempts
from server.domain.photos.errors import NoSuchRange, StillOnItsWay, UploadConflict
from server.logs import request_id_of
from shared_models.errors import RuleError
from sync.hub.errors import ForbiddenScope, MalformedCursor, UnknownDevice
from sync.hub.upgrades import UpgradeRequired
from sync.sqlite.errors import DiskFullError
from sync.wire import WireError


class UnsupportedMediaType(Exception):
    """The body is in a form that this route does not read."""


STATUS_AND_CODE: dict[type[Exception], tuple[int, str | None]] = {
    AuthError: (401, None),
    TooManyAttempts: (429, None),
    DeviceRevoked: (401, None),
    NotYours: (403, "not_yours"),
    ForbiddenScope: (403, "forbidden_scope"),
    UnknownDevice: (401, "unknown_device"),
    MalformedCursor: (400, "malformed_cursor"),
    UpgradeRequired: (426, "upgrade_required"),
    WireError: (400, "malformed_message"),
    StillOnItsWay: (404, "photo_on_its_way"),
    UploadConflict: (409, "upload_offset"),
    NoSuchRange: (416, "no_such_range"),
    UnsupportedMediaType: (415, "unsupported_media_type"),
    RuleError: (422, None),
    ValidationException: (400, "invalid_request"),
    NotFoundException: (404, "not_found"),
    MethodNotAllowedException: (405, "method_not_allowed"),
    RequestEntityTooLarge: (413, "too_large"),
    OperationalError: (503, "database_unavailable"),
}
"""Status and code by error; where the code is None, the error brings its own. The nearest base class counts."""

_DISK_FULL = "53100"
"""PostgreSQL's state for it."""

_log = structlog.get_logger()


def respond(request: Request[Any, Any, State], error: Exception) -> Response[dict[str, Any]]:
    """The answer to a request that ended in `error`."""
    status, code = _status_and_code(error)
    details = _details(error)
    if status >= 500:
        _log.error("request_failed", error=type(error).__name__, at=_places(error))
        details = {"request_id": request_id_of(request.scope)}
    _audit(error)
    return Response(
        {"code": code, "details": details},
        status_code=status,
        headers=_headers(error, status),
        media_type="application/json",
    )


def _audit(error: Exception) -> None:
    """Note who reached for what is not theirs; the caller stands on every log line of a request."""
    if isinstance(error, NotYours):
        _log.warning("scope_refused", table=error.table, row_id=error.row_id)
    if isinstance(error, ForbiddenScope):
        _log.warning("scope_forged", scopes=sorted(error.scopes))


def _is_full(error: BaseException | None) -> bool:
    """Whether the database's disk is full: SQLite's driver has an error for it, PostgreSQL a state.

    SQLite ends the transaction by itself then, so that the error may be followed by that of undoing it once more.
    """
    while error is not None:
        origin = getattr(error, "orig", None)
        if isinstance(origin, DiskFullError) or getattr(origin, "sqlstate", "") == _DISK_FULL:
            return True
        error = error.__context__
    return False


def _status_and_code(error: Exception) -> tuple[int, str]:
    if _is_full(error):
        return 503, "server_full"
    for kind in type(error).__mro__:
        if kind in STATUS_AND_CODE:
            status, code = STATUS_AND_CODE[kind]
            return status, code or str(getattr(error, "code", "refused"))
    if isinstance(error, HTTPException) and error.status_code < 500:
        return error.status_code, "invalid_request"
    return 500, "server_error"


def _details(error: Exception) -> dict[str, Any]:
    if isinstance(error, RuleError):
        return dict(error.details)
    if isinstance(error, TooManyAttempts):
        return {"retry_after_seconds": error.retry_after_seconds}
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        # Names of fields and what was expected of them; never what was sent.
        return {
            "fields": [
                {"field": each.get("key", ""), "problem": each.get("message", "")} for each in error.extra
            ]
        }
    return {}


def _headers(error: Exception, status: int) -> Mapping[str, str]:
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooManyAttempts):
        headers["Retry-After"] = str(error.retry_after_seconds)
    if isinstance(error, UploadConflict):
        headers["Upload-Offset"] = str(error.offset)
    if isinstance(error, NoSuchRange):
        headers["Content-Range"] = f"bytes */{error.size}"
    return headers


def _places(error: Exception) -> list[str]:
    """Where it went wrong in our own code, innermost last; without the message, which may quote what people wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "site-packages" not in frame.filename] or frames
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in own]
