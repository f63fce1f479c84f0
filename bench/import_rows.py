"""How fast an import is: the real files beside the repository, else made-up ones of the same form and size.

Rows of CSV loaded per second, in an empty SQLite database, the feed included. The bar is 18,836 rows
of orders and leads in 60 s.
"""

import tempfile
import time
from collections.abc import Iterator

from bench.figures import Figure
from server.database import Database
from server.importing.reading import open_source
from server.importing.run import draft_files, import_drafts
from server.migrate import upgrade
from tests.integration.importing.sources import NAMES, REAL, all_files, made_up

BAR_ROWS_PER_S = 18_836 / 60


def measure() -> tuple[int, float]:
    """Rows loaded, and the seconds it took from reading the files to the commit."""
    files, _ = all_files() if REAL.is_dir() else made_up(orders=4_000, leads=8_000)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/bench.db")
        upgrade(database)
        start = time.perf_counter()
        sources = [open_source(name, files[name]) for name in NAMES]
        drafts = draft_files(sources, "bench")
        with database.writing() as session:
            report = import_drafts(session, drafts, sources, now_ms=time.time_ns() // 1_000_000)
        seconds = time.perf_counter() - start
        database.close()
    return report.rows_read, seconds


def figures() -> Iterator[Figure]:
    """Rows of CSV loaded per second."""
    rows, seconds = measure()
    yield Figure("import", rows / seconds, "rows/s", bar=round(BAR_ROWS_PER_S))
