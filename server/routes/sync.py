"""The one route of the sync engine: a round of units in and rows out (`docs/protocol.md`)."""

from typing import Any

import structlog
from litestar import Request, Response, Router, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import Headers, State
from sqlalchemy import event
from sqlmodel import Session

from server.auth.middleware import FINDS_CALLER, FOR_MEMBERS, identified
from server.auth.tokens import Claims
from server.compression import compressed
from server.domain.alerts import raise_alert
from server.errors import UnsupportedMediaType
from server.jobs.job import wake
from server.logs import name_caller
from server.services import Services, Wired
from shared_models.moments import HOUR_MS
from shared_models.office.tables import AlertKind
from shared_models.people.tables import Staff
from sync import wire
from sync.hub import Caller
from sync.hub.recorder import SERVER, recording, take_told

_log = structlog.get_logger()


@post("/sync", status_code=200, opt=FOR_MEMBERS | FINDS_CALLER)
async def exchange(services: Wired, request: Request[Caller, Claims, State]) -> Response[bytes]:
    """One round of a sync, as MessagePack or JSON by the request's content type, compressed as the caller accepts."""
    body = await request.body()
    try:
        return await sync_to_thread(_answer, services, request, body)
    finally:
        name_caller(request.scope)


def _answer(services: Services, request: Request[Caller, Claims, State], body: bytes) -> Response[bytes]:
    # Most rounds bring no news: they wait for no writer, and none waits for them.
    with services.database.looking() as session:
        caller = identified(session, request.scope)
        name_caller(request.scope)
        content_type = _content_type(request.headers)
        message = wire.decode_request(body, content_type)
        response = services.hub.look(session, caller, message, services.now_ms())
    if response is None:
        with services.database.exchanging() as session:
            # With the first commit, not after the answer: whoever waits for the news need not wait for the rows.
            event.listen(session, "after_commit", lambda committed: _publish(services, committed))
            response = services.hub.exchange(session, caller, message, services.now_ms())
    for result in response.results:
        if result.code in _OUT_OF_SCOPE:
            _log.warning("unit_out_of_scope", unit=result.id, code=result.code, **_named(result.details))
    if response.skew_flagged and not caller.reads_only:
        _tell_of_skew(services, caller, message.device_now_ms - response.server_now_ms)
    accepted = request.headers.get("accept-encoding", "")
    sent, coding = compressed(wire.encode(response, content_type), accepted)
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"} | (
        {"Content-Encoding": coding} if coding else {}
    )
    return Response(sent, media_type=content_type, headers=headers)


def _content_type(headers: Headers) -> str:
    given = headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in {wire.MSGPACK, wire.JSON} or headers.get("content-encoding"):
        raise UnsupportedMediaType
    return given


def _publish(services: Services, committed: Session) -> None:
    # The end of a savepoint counts as a commit too, and would tell of what nobody can read yet.
    if not committed.in_nested_transaction() and (told := take_told(committed)):
        services.broadcaster.publish(told)


def _tell_of_skew(services: Services, caller: Caller, skew_ms: int) -> None:
    """Tell those in charge of a device whose clock cannot be right, once a device (R12)."""
    with services.database.writing() as session:
        now_ms = services.now_ms()
        staff = session.get_one(Staff, caller.staff_id)
        with recording(session, author=SERVER, at_ms=now_ms):
            raise_alert(
                session,
                company_id=caller.company_id,
                store_id=staff.store_id,
                kind=AlertKind.SKEW,
                about_table="sync_device",
                about_id=caller.device_id,
                details={"name": staff.name, "hours": round(skew_ms / HOUR_MS)},
                at_ms=now_ms,
            )
    wake(services, session)


_OUT_OF_SCOPE = frozenset({"not_yours", "not_owner", "not_your_field"})
"""Why a unit was refused that reached for what is not its author's: each such attempt is logged."""


def _named(details: dict[str, Any]) -> dict[str, Any]:
    """Where the attempt was made, without any value that somebody wrote."""
    return {name: value for name, value in details.items() if name in {"table", "field"}}


sync_routes = Router("/api", route_handlers=[exchange], tags=["sync"])
