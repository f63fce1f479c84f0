"""The real server process is killed with signal 9 at random moments of syncs: no confirmed action is lost or doubled (S2).

`KILLS` says how often; `make soak` asks for a thousand on SQLite and two hundred on PostgreSQL.
"""

import asyncio
import os
import random
import threading

import httpx
import pytest
from sqlmodel import select

from server.app import assemble
from shared_models.sales.tables import FollowUp, Lead
from sync import wire
from sync.client import synchronise
from sync.device.replica import Replica
from tests.convergence.world import memory_engine
from tests.integration.server.company import COMPANY, PASSWORD, found, make_settings
from tests.integration.server.test_serving import environ
from tests.processes import Command, free_port, wait_until_ready

KILLS = {
    "sqlite": int(os.environ.get("KILLS_SQLITE", "6")),
    "postgresql": int(os.environ.get("KILLS_POSTGRESQL", "2")),
}
UNITS = 12
SEED = int(os.environ.get("KILLS_SEED", "1"))


class Server:
    """A server process that is killed and started again on the same port."""

    def __init__(self, database_url, folder):
        self._port = free_port()
        self._environ = environ(database_url, folder)
        self._log = folder / "log"
        self.address = f"http://127.0.0.1:{self._port}"
        self.start()

    def start(self):
        # A process of the last one that lived on would answer in its place, and nothing would have been killed.
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{self.address}/api/ready")
        self._process = Command(("serve", "--port", str(self._port)), self._environ, self._log)
        wait_until_ready(self.address, self._process, self._log)

    def kill(self):
        self._process.kill()
        self._process.wait()


@pytest.fixture
def served(migrated_url, tmp_path):
    services = assemble(make_settings(migrated_url, tmp_path))
    with services.database.writing() as session:
        ids = found(session, services.now_ms())
        ids["leads before"] = set(session.exec(select(Lead.id)).all())
    server = Server(migrated_url, tmp_path)
    yield server, ids, services
    server.kill()
    services.database.close()


def test_a_server_killed_while_it_takes_in_actions_loses_and_doubles_none(served):
    server, ids, services = served
    chance = random.Random(SEED)
    body = {"code": "S001", "password": PASSWORD, "device": {"name": "tablet"}}
    tokens = httpx.post(f"{server.address}/api/auth/login", json=body, timeout=30).json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}", "Content-Type": wire.MSGPACK}
    replica = Replica.open(memory_engine(), now_ms=services.now_ms)
    replica.register(device_id=tokens["device_id"], staff_id=tokens["staff"]["id"], company_id=COMPANY)

    async def exchange(request):
        sent = wire.encode(request)
        async with httpx.AsyncClient(timeout=60) as client:
            answer = await client.post(f"{server.address}/api/sync", content=sent, headers=headers)
        answer.raise_for_status()
        return wire.decode_response(answer.content)

    leads, logs = set(), set()
    for _ in range(KILLS[services.database.engine.dialect.name]):
        for number in range(UNITS):
            with replica.action("killed") as session:
                lead = Lead(
                    company_id=COMPANY,
                    store_id=ids["north"],
                    owner_id=ids["S001"],
                    name=str(number),
                    inquired_at_ms=1,
                )
                log = FollowUp(
                    company_id=COMPANY,
                    lead_id=lead.id,
                    staff_id=ids["S001"],
                    occurred_at_ms=services.now_ms(),
                )
                session.add_all([lead, log])
            leads.add(lead.id)
            logs.add(log.id)
        death = threading.Timer(chance.uniform(0, 0.25), server.kill)
        death.start()
        try:
            while not death.finished.is_set():
                asyncio.run(synchronise(replica, exchange))
        except httpx.TransportError:
            assert death.finished.wait(60)
        death.join()
        server.start()
    asyncio.run(synchronise(replica, exchange))
    assert replica.status().pending == replica.status().refused == 0
    with services.database.reading() as session:
        assert set(session.exec(select(Lead.id)).all()) - ids["leads before"] == leads
        assert sorted(session.exec(select(FollowUp.id)).all()) == sorted(logs)
