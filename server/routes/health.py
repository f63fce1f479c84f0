"""Is the process alive, and is it ready for work."""

from litestar import Response, Router, get

from server.auth.middleware import OPEN
from server.migrate import is_current
from server.services import Wired


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


health_routes = Router("/api", route_handlers=[health, ready], tags=["operation"])
