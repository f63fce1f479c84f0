"""What a sync costs, over HTTP against a real server process on SQLite, log-in and rights on.

A first sync of 2,000 leads with a visit each, a push of 1,000 actions, and a round in which nothing changed.
"""

import asyncio
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from sqlmodel import select

from bench.figures import Figure
from bench.ports import free_port
from bench.tablet import COMPANY, START_MS, STORE, make_lead, make_visit, open_replica
from shared_models.people.tables import Staff, Store
from shared_models.sales.tables import Lead
from sync import wire
from sync.client import synchronise
from sync.device.replica import Replica

LEADS = 2_000
ACTIONS = 1_000
NO_OPS = 50
PASSWORD = secrets.token_urlsafe(12)


def figures() -> Iterator[Figure]:
    """First sync, push, no-op round."""
    with tempfile.TemporaryDirectory() as folder, _running_server(Path(folder)) as address:
        yield from asyncio.run(_measure(Path(folder), address))


async def _measure(folder: Path, address: str) -> list[Figure]:
    found: list[Figure] = []
    async with httpx.AsyncClient(base_url=address, timeout=60) as http:
        replica = open_replica(folder)
        exchange = await _log_in(http, replica)

        start = time.perf_counter()
        outcome = await synchronise(replica, exchange)
        seconds = time.perf_counter() - start
        found += [
            Figure("first_sync_2000_leads", seconds, "s"),
            Figure("first_sync", outcome.received / seconds, "rows/s", bar=30_000),
        ]

        with replica.reading() as session:
            leads = session.exec(select(Lead).limit(ACTIONS)).all()
        for number, lead in enumerate(leads):
            with replica.action("log_follow_up") as session:
                session.add(make_visit(lead, number, "seller"))
        start = time.perf_counter()
        outcome = await synchronise(replica, exchange)
        seconds = time.perf_counter() - start
        found += [
            Figure("push_1000_actions", seconds, "s"),
            Figure("push", outcome.sent / seconds, "actions/s", bar=20_000),
        ]

        rounds = []
        for _ in range(NO_OPS):
            start = time.perf_counter()
            await synchronise(replica, exchange)
            rounds.append((time.perf_counter() - start) * 1_000)
        found.append(Figure("no_op_round", statistics.median(rounds), "ms", bar=5, at_most=True))
        replica.engine.dispose()
    return found


async def _log_in(
    http: httpx.AsyncClient, replica: Replica
) -> Callable[[wire.Request], Awaitable[wire.Response]]:
    device = {"name": "bench", "platform": "linux"}
    answer = await http.post("/api/auth/login", json={"code": "B1", "password": PASSWORD, "device": device})
    answer.raise_for_status()
    said = answer.json()
    replica.register(
        device_id=said["device_id"], staff_id=said["staff"]["id"], company_id=said["staff"]["company_id"]
    )
    headers = {"Authorization": f"Bearer {said['access_token']}", "Content-Type": wire.MSGPACK}

    async def exchange(request: wire.Request) -> wire.Response:
        reply = await http.post("/api/sync", content=wire.encode(request), headers=headers)
        reply.raise_for_status()
        return wire.decode_response(reply.content)

    return exchange


@contextmanager
def _running_server(folder: Path) -> Iterator[str]:
    port = free_port()
    environ = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{folder / 'hub.db'}",
        "SHOWFLOOR_DATA_DIR": str(folder),
        "SHOWFLOOR_PORT": str(port),
        "SHOWFLOOR_LOG_LEVEL": "WARNING",
    }
    _fill(environ["DATABASE_URL"])
    command = [str(Path(sys.executable).with_name("showfloor")), "serve"]
    server = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(address, server)
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _wait_until_ready(address: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        try:
            if httpx.get(f"{address}/api/ready").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            server.poll()
        time.sleep(0.05)
    raise RuntimeError("the server did not start")


def _fill(database_url: str) -> None:
    from server.auth.passwords import set_password
    from server.database import Database
    from server.migrate import upgrade
    from sync.hub.recorder import publish

    database = Database(database_url)
    upgrade(database)
    with database.writing() as session:
        seller = Staff(id="seller", company_id=COMPANY, code="B1", name="bench", store_id=STORE)
        publish(session, "store", [Store(id=STORE, company_id=COMPANY, name="bench").model_dump()], START_MS)
        publish(session, "staff", [seller.model_dump()], START_MS)
        leads = [make_lead(number, "seller") for number in range(LEADS)]
        publish(session, "lead", [lead.model_dump() for lead in leads], START_MS)
        visits = [make_visit(lead, number, "seller") for number, lead in enumerate(leads)]
        publish(session, "followup", [visit.model_dump() for visit in visits], START_MS)
        set_password(session, session.get_one(Staff, "seller"), PASSWORD, now_ms=START_MS)
    database.close()
