"""Writing down, once a second and for all together, when devices were last seen."""

from contextlib import AbstractAsyncContextManager
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from server.repeating import repeating
from server.services import Services
from sync.hub.sightings import write

PERIOD_S = 1.0

_log = structlog.get_logger()


def sighting(services: Services) -> AbstractAsyncContextManager[None]:
    """Write what this process knows of its devices every second until the block ends, and then once more."""
    return repeating(partial(write_sightings, services), PERIOD_S, at_end=True)


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
