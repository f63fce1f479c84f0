"""Does a device's copy equal the server, and fetching one scope of it anew (`docs/protocol.md`)."""

from typing import Any

import msgspec
from litestar import Request, Router, post
from litestar.datastructures import State
from litestar.params import JSONBody

from server.auth.middleware import FOR_MEMBERS
from server.services import Wired
from sync.hub import Caller, proving
from sync.proof import Proof, Question

CallersRequest = Request[Caller, Any, State]


class Forget(msgspec.Struct, frozen=True):
    """The position of a copy, and the scope it is to be sent again."""

    cursor: str
    scope: str


class Position(msgspec.Struct, frozen=True):
    """Where the copy stands then."""

    cursor: str


@post("/proof", status_code=200, opt=FOR_MEMBERS, sync_to_thread=True)
def prove(services: Wired, request: CallersRequest, data: JSONBody[Question]) -> Proof:
    """Count and hash of each table in each of the caller's scopes, over the columns that the device names."""
    with services.database.reading() as session:
        return proving.prove(session.connection(), request.user.scopes, data)


@post("/forget", status_code=200, opt=FOR_MEMBERS, sync_to_thread=False)
def forget(request: CallersRequest, data: JSONBody[Forget]) -> Position:
    """The position of a copy without this scope: the next pull brings the scope whole, and no other."""
    return Position(proving.without(data.cursor, data.scope, request.user.scopes))


proof_routes = Router("/api/sync", route_handlers=[prove, forget], tags=["sync"])
