"""Deciding online about edits that wait for approval."""

from typing import Any

from litestar import Request, Router, post
from litestar.datastructures import State
from litestar.params import FromPath

from server.domain.deciding import settle_held
from server.services import Services, Wired
from sync.hub import Caller
from sync.hub.recorder import take_told


@post("/{held_id:str}/approval", status_code=204, sync_to_thread=True)
def approve(held_id: FromPath[str], services: Wired, request: Request[Caller, Any, State]) -> None:
    """Apply a held edit; for whoever has the row now and their manager, not for its author (R13)."""
    _settle(services, request.user, held_id, approve=True)


@post("/{held_id:str}/rejection", status_code=204, sync_to_thread=True)
def reject(held_id: FromPath[str], services: Wired, request: Request[Caller, Any, State]) -> None:
    """Decide that a held edit is not applied; it stays to be read."""
    _settle(services, request.user, held_id, approve=False)


def _settle(services: Services, caller: Caller, held_id: str, *, approve: bool) -> None:
    with services.database.exchanging() as session:
        settle_held(session, services.hub, caller, held_id, approve=approve, now_ms=services.now_ms())
        session.commit()
        services.broadcaster.publish(take_told(session))


held_routes = Router("/api/held", route_handlers=[approve, reject], tags=["deciding"])
