"""How long the simulator takes to replay every order of the books against a draft.

The 5,009 real orders beside the repository, else as many made-up ones of the same form, imported by the product's own
importer into an empty SQLite database; the slowest of three runs counts.
"""

import tempfile
import time
from collections.abc import Iterator

from bench.figures import Figure
from server.database import Database
from server.domain.loyalty.simulating import simulate
from server.importing.reading import open_source
from server.importing.run import draft_files, import_drafts
from server.migrate import upgrade
from tests.integration.importing.sources import REAL, all_files, made_up

COMPANY = "bench"
ORDERS = 5_009
BAR_S = 10
FILES = ("superstore_orders.csv", "superstore_people.csv", "superstore_returns.csv")
DRAFT = {
    "base_rate": "1.5",
    "bonus": [
        {"id": "chairs", "kind": "category", "category": "Chairs", "multiplier": "2"},
        {"id": "large", "kind": "threshold", "min_net": "1000", "fixed": 200, "group": "best"},
        {
            "id": "autumn", "kind": "window", "from": "2017-09-01T00:00:00+08:00", "to": "2017-12-01T00:00:00+08:00",
            "multiplier": "1.2", "group": "best",
        },
    ],
}  # fmt: skip


def figures() -> Iterator[Figure]:
    """Seconds for the whole replay, and how many orders it was."""
    files, _ = all_files() if REAL.is_dir() else made_up(orders=ORDERS, leads=1)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/bench.db")
        upgrade(database)
        now_ms = time.time_ns() // 1_000_000
        sources = [open_source(name, files[name]) for name in FILES]
        drafts = draft_files(sources, COMPANY)
        with database.writing() as session:
            import_drafts(session, drafts, sources, now_ms=now_ms)
        seconds = []
        for _ in range(3):
            start = time.perf_counter()
            with database.reading() as session:
                found = simulate(
                    session, COMPANY, DRAFT, first_day="2000-01-01", last_day="2030-12-31", now_ms=now_ms
                )
            seconds.append(time.perf_counter() - start)
        database.close()
    yield Figure("simulator", max(seconds), "s", BAR_S, at_most=True)
    yield Figure("simulator_orders", found.orders, "orders", ORDERS)
