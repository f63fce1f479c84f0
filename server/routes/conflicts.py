"""Taking back, online, a value that gave way to another."""

from typing import Any

from litestar import Request, Router, post
from litestar.datastructures import State
from litestar.params import FromPath

from server.domain.deciding import undo_conflict
from server.services import Wired
from sync.hub import Caller
from sync.hub.recorder import take_told


@post("/{conflict_id:str}/undo", status_code=204, sync_to_thread=True)
def undo(conflict_id: FromPath[str], services: Wired, request: Request[Caller, Any, State]) -> None:
    """Put the losing value back and close the conflict; for everybody who may see the row (R13)."""
    with services.database.exchanging() as session:
        undo_conflict(session, services.hub, request.user, conflict_id, now_ms=services.now_ms())
        session.commit()
        services.broadcaster.publish(take_told(session))


conflict_routes = Router("/api/conflicts", route_handlers=[undo], tags=["deciding"])
