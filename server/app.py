"""The application factory: everything the server is made of, put together in one place."""

import gc
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext

from litestar import Litestar, Router
from litestar.concurrency import sync_to_thread
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import Message, Scope

from server import sqlite_log
from server.auth.login import LoginDesk
from server.auth.middleware import OPEN, Authentication
from server.database import Database
from server.domain.deriving import WATCHED, derive
from server.domain.loyalty.uniting import renamed
from server.errors import respond
from server.importing.routes import import_routes
from server.jobs.scheduler import scheduling
from server.live import Broadcaster, LocalBroadcaster
from server.live_postgresql import PostgresqlBroadcaster
from server.logs import RequestLog, configure_logs
from server.migrate import upgrade
from server.repeating import repeating
from server.routes.activities import activity_routes
from server.routes.auth import auth_routes
from server.routes.conflicts import conflict_routes
from server.routes.coupons import coupon_routes
from server.routes.designer_office import designer_office_routes
from server.routes.designers import designer_routes
from server.routes.devices import device_routes
from server.routes.figures import figure_routes
from server.routes.gifts import gift_routes
from server.routes.health import health_routes
from server.routes.held import held_routes
from server.routes.jobs import job_routes
from server.routes.leads import lead_routes
from server.routes.live import live_routes
from server.routes.loyalty import loyalty_routes
from server.routes.loyalty_sales import sales_routes
from server.routes.members import member_routes
from server.routes.photos import photo_routes
from server.routes.programme import programme_routes
from server.routes.proof import proof_routes
from server.routes.reads import read_routes
from server.routes.sync import sync_routes
from server.routes.workshop import workshop_routes
from server.services import Services
from server.settings import Settings, from_environment
from server.sightings import sighting
from server.website import website_routes
from shared_models.moments import use_business_zone
from sync.hub import Hub
from sync.hub.replaying import replay

_SAFE_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(self), geolocation=(self), microphone=(), payment=(), usb=()"),
)


def clock_ms() -> int:
    """Milliseconds since the Unix epoch, UTC, by this machine's clock."""
    return time.time_ns() // 1_000_000


def create_app(settings: Settings, *, now_ms: Callable[[], int] = clock_ms) -> Litestar:
    """The server as an ASGI application; it brings its database up to date when it starts."""
    configure_logs(settings.log_level)
    return application(assemble(settings, now_ms))


def application(services: Services) -> Litestar:
    """All routes and what is around them, working with these parts."""
    app = Litestar(
        route_handlers=[
            auth_routes,
            member_routes,
            sync_routes,
            proof_routes,
            live_routes,
            read_routes,
            held_routes,
            conflict_routes,
            device_routes,
            import_routes,
            job_routes,
            lead_routes,
            photo_routes,
            designer_routes,
            designer_office_routes,
            figure_routes,
            programme_routes,
            loyalty_routes,
            gift_routes,
            activity_routes,
            coupon_routes,
            workshop_routes,
            sales_routes,
            health_routes,
            website_routes,
        ],
        dependencies={"services": Provide(lambda: services, sync_to_thread=False, use_cache=True)},
        middleware=[Authentication(services)],
        exception_handlers={Exception: respond},
        lifespan=[_running(services)],
        before_send=[_add_safe_headers],
        request_max_body_size=services.settings.max_body_bytes,
        openapi_config=_OPENAPI,
        logging_config=None,
    )
    # Outside of everything, so that unknown routes and refused callers are logged too.
    app.asgi_handler = RequestLog(app.asgi_handler)
    return app


def app_from_environment() -> Litestar:
    """What a server process starts: the application with the settings of its environment."""
    return create_app(from_environment())


def assemble(settings: Settings, now_ms: Callable[[], int] = clock_ms) -> Services:
    """The parts of a server, without HTTP; the command line works with these."""
    use_business_zone(settings.time_zone)
    database = Database(settings.database_url)
    broadcaster: Broadcaster = (
        PostgresqlBroadcaster(database) if settings.is_postgresql else LocalBroadcaster()
    )
    return Services(
        settings, database, LoginDesk(database, settings), broadcaster, Hub(derive, WATCHED, renamed), now_ms
    )


def _running(services: Services) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def running(_app: Litestar) -> AsyncIterator[None]:
        await sync_to_thread(upgrade, services.database)
        await sync_to_thread(_replay_unknown, services)
        _collect_rarely()
        await services.broadcaster.start()
        try:
            async with (
                sighting(services),
                repeating(services.database.shorten_log, sqlite_log.PERIOD_S),
                scheduling(services) if services.settings.jobs == "on" else nullcontext(),
            ):
                yield
        finally:
            await services.broadcaster.stop()
            services.database.close()

    return running


def _collect_rarely() -> None:
    """Spare requests the search for cycles among what they are working on, which took a third of a long push's time.

    What start-up made stays for good; requests leave hardly a cycle, so that searching each 50,000 objects is soon enough.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


def _replay_unknown(services: Services) -> None:
    """What newer apps wrote before this server was upgraded gets its place now."""
    with services.database.writing() as session:
        replay(session, services.now_ms())


async def _add_safe_headers(message: Message, _scope: Scope) -> None:
    if message["type"] == "http.response.start":
        message["headers"] = [*message["headers"], *_SAFE_HEADERS]


_OPENAPI = OpenAPIConfig(
    title="Showfloor",
    version="1",
    # At the file's own path: the router also answers whatever else is below its path, which is not its business.
    openapi_router=Router("/api/openapi.json", route_handlers=[], opt=OPEN, include_in_schema=False),
    render_plugins=[JsonRenderPlugin(path="/")],
    security=[{"bearer": []}],
    components=Components(
        security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")}
    ),
)
