"""What a tap costs on the device: one action with its outbox entry, and a search among 10,000 leads.

The baseline of the action is the same two rows written by hand in one transaction to plain SQLite, synchronous=FULL too.
"""

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.figures import Figure
from bench.tablet import START_MS, make_lead, make_visit, open_replica
from sync.device.replica import Replica

ACTIONS = 400
LEADS = 10_000


def figures() -> Iterator[Figure]:
    """Local actions and searches."""
    yield from local_actions(searches=True)


def local_actions(*, searches: bool = False) -> Iterator[Figure]:
    """What one action costs, and on request searches among as many leads."""
    with tempfile.TemporaryDirectory() as folder:
        replica = open_replica(Path(folder))
        replica.register(device_id="d", staff_id="s", company_id="bench")
        with replica.action("fill") as session:
            leads = [make_lead(number, "s") for number in range(LEADS)]
            session.add_all(leads)

        def act(number: int) -> None:
            with replica.action("log_follow_up") as session:
                session.add(make_visit(leads[number], number, "s"))

        ours = _milliseconds(act)
        raw = _milliseconds(_raw_writer(Path(folder)))
        yield Figure("local_action_p50", _share(ours, 0.5), "ms")
        yield Figure("local_action_p99", _share(ours, 0.99), "ms", bar=2.0, at_most=True)
        yield Figure("raw_sqlite_write_p99", _share(raw, 0.99), "ms")
        ratio = _share(ours, 0.5) / _share(raw, 0.5)
        yield Figure("local_action_to_raw_sqlite", ratio, "ratio of p50", bar=3.0, at_most=True)
        if searches:
            yield from _searches(replica)
        replica.engine.dispose()


def _searches(replica: Replica) -> Iterator[Figure]:
    from mobile.state.queries.leads import LeadFilter, lead_ids, lead_rows

    for name, text in (("list", ""), ("initials", "cyl99"), ("phone_tail", "09999")):

        def look(_number: int, text: str = text) -> None:
            with replica.reading() as session:
                ids = lead_ids(session, text=text, which=LeadFilter.ALL, due_before_ms=START_MS)
                lead_rows(session, ids[:40])

        yield Figure(
            f"search_10000_{name}", statistics.median(_milliseconds(look, 20)), "ms", bar=100, at_most=True
        )


def _raw_writer(folder: Path) -> Callable[[int], None]:
    connection = sqlite3.connect(folder / "raw.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE visit (id TEXT PRIMARY KEY, lead_id TEXT, note TEXT, at INTEGER)")
    connection.execute("CREATE TABLE outbox (seq INTEGER PRIMARY KEY, body TEXT)")

    def write(number: int) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "INSERT INTO visit VALUES (?, ?, ?, ?)", (f"v{number}", "lead", "看了三款沙发", number)
        )
        connection.execute("INSERT INTO outbox (body) VALUES (?)", ("x" * 400,))
        connection.execute("COMMIT")

    return write


def _milliseconds(act: Callable[[int], None], times: int = ACTIONS) -> list[float]:
    taken = []
    for number in range(times):
        start = time.perf_counter()
        act(number)
        taken.append((time.perf_counter() - start) * 1_000)
    return sorted(taken)


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
