"""The write-ahead log of the server's SQLite database, moved into the database beside the requests.

SQLite does it within the commit that makes the log too long, and that request waits for two more flushes to disk.
"""

import logging
from contextlib import closing

from sync.sqlite import driver

PERIOD_S = 0.5
WORTH_PAGES = 1_000
"""SQLite's own measure of a log that is worth moving: 4 MB."""
LONGEST_PAGES = 16_000
"""64 MB: where the log was never free to be moved, the commit that makes it so long does it after all."""

_log = logging.getLogger(__name__)


class SqliteLog:
    """What the connections to one database say of its log, and what moves it. They may be on several threads."""

    def __init__(self, path: str) -> None:
        """The log of the database in that file."""
        self.path = path
        self._pages = 0

    def note(self, pages: int) -> None:
        """After a commit the log holds so many pages."""
        self._pages = pages

    def shorten(self) -> None:
        """Move what the log holds into the database, if it is worth that; nobody has to wait for it.

        What somebody still reads stays in the log, and what is written meanwhile; the first call after the next commit finds
        it, and what a call left that failed.
        """
        if self._pages < WORTH_PAGES:
            return
        self._pages = 0
        try:
            with closing(driver.connect(self.path)) as connection:
                connection.checkpoint()
        except driver.Error:
            _log.warning("the write-ahead log could not be shortened", exc_info=True)
