"""Live messages at scale: a fleet of connected devices on one server, and on two of which one is killed half-way.

`LIVE_DEVICES` and `LIVE_SECONDS` set the size. Half the machine is the fleet itself: the figures are those of a server that
shares its two cores with everything that talks to it.
"""

import asyncio
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import text

from bench.figures import Figure
from bench.fleet import Fleet, FleetDevice, Seat
from bench.ports import free_port, wait_until_ready

DEVICES = int(os.environ.get("LIVE_DEVICES", "1000"))
SECONDS = float(os.environ.get("LIVE_SECONDS", "60"))
PER_STORE = 20
CUSTOMERS, LEADS = 10, 40
EDITS_A_SECOND = 4.0
SECRET = "a key for the fleet of at least 32 characters"
COMPANY, NOW_MS = "fleet", 1_790_000_000_000

Start = Callable[[Sequence[str], Mapping[str, str], Path], Any]
"""Starts a command with an environment and a file for its log; gives a process as `subprocess` does."""


@dataclass
class Report:
    """What a run showed; memory in megabytes, of all servers together but for the peak, which is that of the largest."""

    lost: int
    delivered_s: list[float]
    edits: int
    reassignments: int
    disconnections: int
    empty_mb: float
    idle_mb: float
    early_mb: float
    late_mb: float
    peak_mb: float
    refused: list[str]

    @property
    def p95_s(self) -> float:
        """Nineteen of twenty deliveries took at most so long."""
        return statistics.quantiles(self.delivered_s, n=20)[-1]


def figures() -> Iterator[Figure]:
    """Delivery, loss and memory, on one server and on two."""
    yield from on_sqlite()
    yield from on_postgresql()


def on_sqlite() -> Iterator[Figure]:
    """One server on SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        yield from named("live", run(f"sqlite:///{folder}/hub.db", Path(folder), DEVICES, SECONDS), DEVICES)


def on_postgresql() -> Iterator[Figure]:
    """Two servers on one PostgreSQL, of which one is killed half-way."""
    from tests.databases import postgresql_database, postgresql_server

    with (
        tempfile.TemporaryDirectory() as folder,
        postgresql_server() as server,
        postgresql_database(server) as url,
    ):
        report = run(url, Path(folder), DEVICES, SECONDS, servers=2, kill_one=True)
        yield from named("live_two_servers_one_killed", report, DEVICES)


def named(name: str, report: Report, devices: int) -> Iterator[Figure]:
    """The figures of one run."""
    yield Figure(f"{name}_{devices}_devices_edits", report.edits, "edits")
    yield Figure(f"{name}_rows_lost", report.lost, "rows", bar=0, at_most=True)
    yield Figure(f"{name}_deliveries", len(report.delivered_s), "deliveries")
    yield Figure(f"{name}_delivery_p50", statistics.median(report.delivered_s), "s")
    yield Figure(f"{name}_delivery_p95", report.p95_s, "s", bar=1, at_most=True)
    idle_kb = (report.idle_mb - report.empty_mb) * 1_024 / devices
    yield Figure(f"{name}_memory_per_idle_device", idle_kb, "kB", bar=50, at_most=True)
    yield Figure(f"{name}_server_memory_peak", report.peak_mb, "MB", bar=400, at_most=True)
    yield Figure(f"{name}_server_memory_growth", report.late_mb - report.early_mb, "MB")


def run(
    database_url: str,
    folder: Path,
    devices: int,
    seconds: float,
    *,
    servers: int = 1,
    kill_one: bool = False,
    start: Start | None = None,
) -> Report:
    """Found a company, start the servers, connect the fleet, stir for so long, compare every copy.

    `start` starts a command of `showfloor`, in a group of processes of its own.
    """
    seats = _found(database_url, devices)
    with _serving(database_url, folder, servers, start or _started) as (processes, addresses):
        return asyncio.run(_stir(database_url, processes, addresses, seats, seconds, kill_one=kill_one))


async def _stir(
    database_url: str,
    processes: list["subprocess.Popen[bytes]"],
    addresses: list[str],
    seats: list[Seat],
    seconds: float,
    *,
    kill_one: bool,
) -> Report:
    fleet, chance = Fleet(addresses, seats), random.Random(1)
    await fleet.begin()
    empty_mb = memory_mb(processes)
    await fleet.connect()
    await asyncio.sleep(2)
    idle_mb, peak_mb = memory_mb(processes), largest_mb(processes)
    await fleet.stir(seconds / 2, EDITS_A_SECOND, chance)
    peak_mb = max(peak_mb, largest_mb(processes))
    if kill_one:
        os.killpg(processes[0].pid, signal.SIGKILL)
        processes.pop(0).wait()
        # Its devices come to the other one first.
        await fleet.stir(seconds / 4, EDITS_A_SECOND, chance)
    early_mb = memory_mb(processes)
    await fleet.stir(seconds / 4 if kill_one else seconds / 2, EDITS_A_SECOND, chance)
    late_mb = memory_mb(processes)
    await asyncio.sleep(2)
    await fleet.settle()
    peak_mb = max(peak_mb, largest_mb(processes))
    lost = lost_rows(database_url, fleet.devices)
    await fleet.end()
    tally = fleet.tally
    return Report(
        *(lost, tally.delivered_s, tally.edits, tally.reassignments, tally.disconnections),
        *(empty_mb, idle_mb, early_mb, late_mb, peak_mb, tally.refused),
    )


def lost_rows(database_url: str, devices: list[FleetDevice]) -> int:
    """Rows that a copy lacks, shows differently, or should not hold; and units that were never answered."""
    from server.database import Database

    database = Database(database_url)
    with database.reading() as session:
        customers = session.execute(text("SELECT id, store_id, address FROM customer")).all()
        leads = session.execute(text("SELECT id, store_id, owner_id FROM lead")).all()
    database.close()
    wrong = 0
    for device in devices:
        seat = device.seat
        expected = {("customer", row.id): row.address for row in customers if row.store_id == seat.store_id}
        expected |= {
            ("lead", row.id): row.owner_id
            for row in leads
            if row.owner_id == seat.staff_id or (seat.manages and row.store_id == seat.store_id)
        }
        column = {"customer": "address", "lead": "owner_id"}
        held = {key: row[column[key[0]]] for key, row in device.copy.items()}
        wrong += len(set(expected.items()) ^ set(held.items())) + len(device.units)
    return wrong


def memory_mb(processes: list["subprocess.Popen[bytes]"]) -> float:
    """What the processes and their children hold, in megabytes."""
    return sum(_resident_kb(pid) for process in processes for pid in _family(process.pid)) / 1_024


def largest_mb(processes: list["subprocess.Popen[bytes]"]) -> float:
    """What the largest of the servers holds, in megabytes."""
    return max(memory_mb([process]) for process in processes)


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in _family(int(child)))]


def _resident_kb(pid: int) -> int:
    # The share of pages that several processes have in common, so that none is counted twice.
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def _found(database_url: str, devices: int) -> list[Seat]:
    """A company of stores with so many people, each with a device that is logged in."""
    from server.auth.tokens import Claims, access_token
    from server.database import Database
    from server.migrate import upgrade
    from server.settings import Settings
    from shared_models.ids import new_id
    from shared_models.people.tables import Role, Staff, Store
    from shared_models.sales.tables import Customer, Lead
    from sync.hub.recorder import publish
    from sync.hub.tables import SyncDevice

    settings = replace(Settings(database_url, SECRET), access_token_seconds=86_400)
    database = Database(database_url)
    upgrade(database)
    seats: list[Seat] = []
    now_ms = time.time_ns() // 1_000_000
    stores = [Store(company_id=COMPANY, name=f"{n}") for n in range(-(-devices // PER_STORE))]
    people: list[Staff] = []
    with database.writing() as session:
        for number in range(devices):
            store = stores[number // PER_STORE]
            role = Role.STORE_MANAGER if number % PER_STORE == 0 else Role.SALES
            person = Staff(
                company_id=COMPANY, code=f"F{number}", name=f"{number}", role=role, store_id=store.id
            )
            device = SyncDevice(id=new_id(), company_id=COMPANY, staff_id=person.id, registered_at_ms=now_ms)
            token = access_token(settings, Claims(person.id, device.id), now_ms=now_ms)
            seats.append(Seat(token, person.id, store.id, manages=role is Role.STORE_MANAGER))
            people.append(person)
            session.add(device)
        session.flush()
        publish(session, "store", [row.model_dump() for row in stores], now_ms)
        publish(session, "staff", [row.model_dump() for row in people], now_ms)
        customers = [
            Customer(company_id=COMPANY, store_id=store.id, name=f"客户{n}")
            for store in stores
            for n in range(CUSTOMERS)
        ]
        publish(session, "customer", [row.model_dump() for row in customers], now_ms)
        leads = [
            Lead(
                company_id=COMPANY,
                store_id=seat.store_id,
                owner_id=seat.staff_id,
                name="线索",
                inquired_at_ms=now_ms,
            )
            for seat in seats
            for _ in range(LEADS // PER_STORE)
        ]
        publish(session, "lead", [row.model_dump() for row in leads], now_ms)
    database.close()
    return seats


@contextmanager
def _serving(
    database_url: str, folder: Path, servers: int, start: Start
) -> Iterator[tuple[list[Any], list[str]]]:
    processes, addresses = [], []
    try:
        for _ in range(servers):
            port = free_port()
            environ = {
                **os.environ,
                "DATABASE_URL": database_url,
                "SHOWFLOOR_DATA_DIR": str(folder),
                "SHOWFLOOR_SECRET_KEY": SECRET,
                "SHOWFLOOR_PORT": str(port),
                "SHOWFLOOR_ACCESS_TOKEN_SECONDS": "86400",
                "SHOWFLOOR_LOG_LEVEL": "ERROR",
            }
            processes.append(start(("serve",), environ, folder / f"log-{port}"))
            addresses.append(f"http://127.0.0.1:{port}")
            wait_until_ready(addresses[-1], processes[-1])
        yield processes, addresses
    finally:
        for process in processes:
            if process.poll() is None:
                process.terminate()
                process.wait(60)


def _started(arguments: Sequence[str], environ: Mapping[str, str], log: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-c", "import sys; from server.cli import main; sys.exit(main())", *arguments]
    with log.open("wb") as written:
        return subprocess.Popen(
            command, env=dict(environ), stdout=written, stderr=written, start_new_session=True
        )
