"""The scheme workshop: what a draft of the scheme would have done, before it is published."""

from typing import Any

from litestar import Request, Router, post
from litestar.datastructures import State
from litestar.params import JSONBody
from msgspec import Struct

from server.acting import require_back_office
from server.domain.loyalty.simulating import Simulation, simulate
from server.services import Wired
from sync.hub import Caller

_Request = Request[Caller, Any, State]


class SimulationBody(Struct):
    """The keys of the scheme that the draft changes, and the local days (YYYY-MM-DD, both included) to replay."""

    rules: dict[str, Any]
    first_day: str
    last_day: str


@post("/schemes/simulation", status_code=200, sync_to_thread=True)
def simulate_draft(data: JSONBody[SimulationBody], services: Wired, request: _Request) -> Simulation:
    """Replay a period's orders against a draft; nothing is written."""
    with services.database.reading() as session:
        require_back_office(session, request.user, "scheme")
        return simulate(
            session,
            request.user.company_id,
            data.rules,
            first_day=data.first_day,
            last_day=data.last_day,
            now_ms=services.now_ms(),
        )


workshop_routes = Router("/api", route_handlers=[simulate_draft], tags=["loyalty"])
