"""What the routes work with, put together once by the application factory."""

from collections.abc import Callable
from dataclasses import dataclass

from litestar.di import NamedDependency

from server.auth.login import LoginDesk
from server.database import Database
from server.live import Broadcaster
from server.settings import Settings
from sync.hub import Hub


@dataclass(frozen=True, slots=True)
class Services:
    """The parts of one running server. `now_ms` is its clock: milliseconds since the Unix epoch, UTC."""

    settings: Settings
    database: Database
    login_desk: LoginDesk
    broadcaster: Broadcaster
    hub: Hub
    now_ms: Callable[[], int]


Wired = NamedDependency[Services]
"""How a route asks for the services: an argument `services` of this type."""
