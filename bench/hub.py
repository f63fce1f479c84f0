"""A real server process for the benchmarks, on either database, and what it is filled with."""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from bench.ports import free_port, wait_until_ready
from bench.rows import COMPANY, START_MS, STORE, leads
from server.auth.passwords import set_password
from server.database import Database
from server.migrate import upgrade
from shared_models.people.tables import Role, Staff, Store
from shared_models.sales.tables import Channel, FollowUp
from sync.hub.recorder import publish

PASSWORD = secrets.token_urlsafe(12)
PEOPLE = {"B1": "seller", "B2": "colleague", "B3": "veteran", "B4": "usual", "B5": "second", "B6": "third"}
"""Log-in codes with the salesperson: one with 10,000 leads to push, one to whom some are given, one with 100,000, one with
2,000 and a visit for each, and two more who push 10,000."""


@dataclass(frozen=True, slots=True)
class HubProcess:
    """A server that runs, and the database under it for what the office does."""

    address: str
    database: Database
    pid: int


@contextmanager
def running_hub(database_url: str, folder: Path) -> Iterator[HubProcess]:
    """A server on an empty database, with a store and its people, in a process of its own."""
    database = Database(database_url)
    upgrade(database)
    with database.writing() as session:
        _found(session)
    port = free_port()
    environ = {
        **os.environ,
        "DATABASE_URL": database_url,
        "SHOWFLOOR_DATA_DIR": str(folder),
        "SHOWFLOOR_PORT": str(port),
        "SHOWFLOOR_SECRET_KEY": secrets.token_hex(32),
        "SHOWFLOOR_LOG_LEVEL": "WARNING",
    }
    command = [str(Path(sys.executable).with_name("showfloor")), "serve"]
    server = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(address, server)
        yield HubProcess(address, database, server.pid)
    finally:
        _stop(server)
        database.close()


def give_leads(database: Database, owner: str, count: int, seed: int) -> None:
    """Let the office enter leads of that owner, as an import does."""
    with database.writing() as session:
        publish(session, "lead", [lead.model_dump() for lead in leads(count, owner, seed)], START_MS)


def give_visited_leads(database: Database, owner: str, count: int, seed: int) -> None:
    """Leads of that owner with a visit for each."""
    rows = list(leads(count, owner, seed))
    visits = [
        FollowUp(
            company_id=COMPANY,
            lead_id=lead.id,
            staff_id=owner,
            channel=Channel.STORE_VISIT,
            note=lead.notes,
            occurred_at_ms=lead.inquired_at_ms,
        )
        for lead in rows
    ]
    with database.writing() as session:
        publish(session, "lead", [lead.model_dump() for lead in rows], START_MS)
        publish(session, "followup", [visit.model_dump() for visit in visits], START_MS)


def _found(session: Session) -> None:
    store = Store(id=STORE, company_id=COMPANY, name="bench")
    people = [
        Staff(id=staff, company_id=COMPANY, code=code, name=staff, role=Role.SALES, store_id=STORE)
        for code, staff in PEOPLE.items()
    ]
    publish(session, "store", [store.model_dump()], START_MS)
    publish(session, "staff", [person.model_dump() for person in people], START_MS)
    for staff in PEOPLE.values():
        set_password(session, session.get_one(Staff, staff), PASSWORD, now_ms=START_MS)


def _stop(server: "subprocess.Popen[bytes]") -> None:
    """End the server; one that still works for somebody after a while is ended by force, as its data is thrown away."""
    server.terminate()
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def share(ordered: Sequence[float], part: float) -> float:
    """The value below which that part of the ordered figures lies."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
