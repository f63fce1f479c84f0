"""Writing down, once a second and for all together, when devices were last seen."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from litestar.concurrency import sync_to_thread
from sqlalchemy.exc import SQLAlchemyError

from server.services import Services
from sync.hub.sightings import write

PERIOD_S = 1.0

_log = structlog.get_logger()


@asynccontextmanager
async def sighting(services: Services) -> AsyncIterator[None]:
    """Write what this process knows of its devices every second until the block ends, and then once more."""
    stopping = asyncio.Event()
    task = asyncio.create_task(_keep_writing(services, stopping))
    try:
        yield
    finally:
        stopping.set()
        await task


def write_sightings(services: Services) -> None:
    """Write what this process knows and has not written. What fails is forgotten: each device calls again."""
    sightings = services.hub.seen.take()
    if not sightings:
        return
    try:
        with services.database.writing() as session:
            write(session, sightings)
    except SQLAlchemyError as error:
        _log.warning("sightings_not_written", error=type(error).__name__, devices=len(sightings))


async def _keep_writing(services: Services, stopping: asyncio.Event) -> None:
    while not stopping.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), PERIOD_S)
        await sync_to_thread(write_sightings, services)
