"""Is the process alive, and is it ready for work."""

from dataclasses import dataclass

from litestar import Response, Router, get

from server.auth.middleware import OPEN
from server.demo.log_ins import DEMO_PASSWORD, demo_log_ins, demo_member
from server.migrate import is_current
from server.services import Wired


@dataclass(frozen=True, slots=True)
class DemoLogIns:
    """The codes that work on made-up data, and their password; `member` is the number of one who logs in by SMS."""

    codes: list[str]
    password: str
    member: str = ""


@get("/health", opt=OPEN, sync_to_thread=False)
def health() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/ready", opt=OPEN, sync_to_thread=True)
def ready(services: Wired) -> Response[dict[str, str]]:
    """The database answers and has the migrations of this version; otherwise 503, or the database's own error."""
    current = services.database.answers() and is_current(services.database)
    if not current:
        return Response({"code": "migrations_missing"}, status_code=503)
    return Response({"status": "ready"})


@get("/demo", opt=OPEN, sync_to_thread=True)
def demo(services: Wired) -> DemoLogIns:
    """What to log in with where the data is made up; no codes on a server with a company of its own."""
    codes = [code for code, _ in demo_log_ins(services.database)]
    return DemoLogIns(codes, DEMO_PASSWORD if codes else "", demo_member(services.database) if codes else "")


health_routes = Router("/api", route_handlers=[health, ready, demo], tags=["operation"])
