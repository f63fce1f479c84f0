"""Moving the write-ahead log into the database while nobody waits.

SQLite does it within the commit that makes the log too long. That was the slowest tap in a hundred: some 10 ms instead of one.
"""

import asyncio
import logging

from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool

from mobile.state.tables import TableVersions
from sync.sqlite import driver

REST_S = 1.0
"""How long nothing has to have been written: longer than a person pauses between two taps of one thing that they do."""
WORTH_PAGES = 250
"""A shorter log is left alone: moving it costs two waits for the disk, however little is in it."""

_log = logging.getLogger(__name__)


async def keep_log_short(engine: Engine, tables: TableVersions, *, rest_s: float = REST_S) -> None:
    """Shorten the log of `engine` whenever nothing has been written for `rest_s`, for as long as the task lives."""
    written = asyncio.Event()
    written.set()
    end = tables.subscribe(lambda _tables: written.set())
    try:
        while True:
            await written.wait()
            while written.is_set():
                written.clear()
                await asyncio.sleep(rest_s)
            shorten_log(engine)
    finally:
        end()


def shorten_log(engine: Engine) -> None:
    """Move a log that is worth it into the database; without effect while somebody else uses the one connection."""
    pool = engine.pool
    if isinstance(pool, QueuePool) and pool.checkedout():
        return
    with engine.connect() as connection:
        own = connection.connection.driver_connection
        if not isinstance(own, driver.Connection) or own.log_pages < WORTH_PAGES:
            return
        try:
            own.checkpoint()
        except driver.Error:
            # All is in the log, which only stays as long as it is; the next commit that finds it too long tries again.
            _log.warning("the write-ahead log could not be shortened", exc_info=True)
