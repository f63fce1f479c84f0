"""What a large ledger costs the server: any member's balance and card, and the nightly replay of every entry.

200,000 members with 20 entries each (`LEDGER_MEMBERS` sets another number), on SQLite and on PostgreSQL. The books
are made by the product's rules for one member after the other, and written at the driver.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random

from sqlalchemy import text
from sqlmodel import Session, col, select

from bench.figures import Figure
from bench.hub import share
from bench.ledger_books import ENTRIES_A_MEMBER, member_id, write_books
from server.database import Database
from server.domain.loyalty.serving import rows_of_member
from server.domain.loyalty.standing import standing_of
from server.domain.loyalty.verification import differences
from server.migrate import upgrade
from shared_models.loyalty.tables import PointsEntry
from shared_models.sales.tables import Customer
from tests.databases import postgresql_database, postgresql_server, sqlite_url

MEMBERS = int(os.environ.get("LEDGER_MEMBERS", "200000"))
ASKED = 2_000
BAR_MS = 20
BAR_VERIFY_S = 300
SHOWN_ENTRIES = 30


def figures() -> Iterator[Figure]:
    """The same on each database."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        yield from _measured(sqlite_url(folder), "sqlite")
    with ExitStack() as stack:
        server = stack.enter_context(postgresql_server())
        yield from _measured(stack.enter_context(postgresql_database(server)), "postgresql")


def _measured(url: str, kind: str) -> Iterator[Figure]:
    database = Database(url)
    try:
        upgrade(database)
        start = time.perf_counter()
        entries = write_books(database, MEMBERS)
        yield Figure(f"{kind}_ledger_written", entries / (time.perf_counter() - start), "entries/s")
        asked = [member_id(number) for number in Random(5).sample(range(MEMBERS), min(ASKED, MEMBERS))]
        for name, ask in (("balance", _balance), ("card", _card)):
            before_s = time.process_time()
            taken = sorted(_asking(database, customer_id, ask) for customer_id in asked)
            own_ms = (time.process_time() - before_s) * 1_000 / len(asked)
            # What the server itself computes, however busy the machine is with other work.
            yield Figure(f"{kind}_ledger_{name}_processor", own_ms, "ms")
            yield Figure(f"{kind}_ledger_{name}_p50", share(taken, 0.5), "ms")
            yield Figure(f"{kind}_ledger_{name}_p99", share(taken, 0.99), "ms", BAR_MS, at_most=True)
        start = time.perf_counter()
        with database.reading() as session:
            wrong = len(list(differences(session)))
        seconds = time.perf_counter() - start
        yield Figure(f"{kind}_ledger_verified", seconds, "s", BAR_VERIFY_S, at_most=True)
        yield Figure(f"{kind}_ledger_entries", entries, "entries", MEMBERS * ENTRIES_A_MEMBER)
        yield Figure(f"{kind}_ledger_differences", wrong, "differences", 0, at_most=True)
        yield Figure(f"{kind}_ledger_tampering_found", _found_after_tampering(database), "differences", 2)
    finally:
        database.close()


def _asking(database: Database, customer_id: str, ask: Callable[[Session, str], None]) -> float:
    """Milliseconds for one member, with a session of its own as every request has."""
    start = time.perf_counter()
    with database.reading() as session:
        ask(session, customer_id)
    return (time.perf_counter() - start) * 1_000


def _balance(session: Session, customer_id: str) -> None:
    standing = standing_of(session, customer_id, time.time_ns() // 1_000_000)
    assert standing is not None
    assert standing.balance >= standing.available


def _card(session: Session, customer_id: str) -> None:
    """What a member's card shows: how they stand, what they hold, and the latest entries."""
    _balance(session, customer_id)
    assert rows_of_member(session, session.get_one(Customer, customer_id))["pointslot"]
    newest = select(PointsEntry).where(PointsEntry.customer_id == customer_id)
    newest = newest.order_by(col(PointsEntry.posted_at_ms).desc()).limit(SHOWN_ENTRIES)
    assert len(session.exec(newest).all()) == ENTRIES_A_MEMBER


def _found_after_tampering(database: Database) -> int:
    """One entry of one member is changed behind the ledger's back: the replay finds its lot and the balance."""
    victim = member_id(MEMBERS // 2)
    with database.writing() as session:
        session.connection().execute(
            text(
                "UPDATE pointsentry SET points = points + 1 WHERE id = "
                "(SELECT min(id) FROM pointsentry WHERE customer_id = :victim AND lot_id IS NOT NULL)"
            ),
            {"victim": victim},
        )
    with database.reading() as session:
        return sum(each.customer_id == victim for each in differences(session))
