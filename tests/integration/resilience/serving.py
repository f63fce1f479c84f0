"""A real server process with the test company on it, and devices that reach it over HTTP."""

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from server.app import assemble
from server.services import Services
from shared_models.sales.tables import Lead
from sync import wire
from sync.client import Outcome, synchronise
from sync.device.replica import Replica
from sync.hub.recorder import recording
from tests.convergence.world import memory_engine
from tests.integration.server.company import COMPANY, PASSWORD, SECRET, found, make_settings
from tests.processes import Command, free_port, wait_until_ready


@dataclass
class Showroom:
    """The company in its database, the servers that run on it, and the identifiers of its first rows."""

    database_url: str
    folder: Path
    services: Services
    ids: dict[str, str]
    addresses: list[str] = field(default_factory=list)
    processes: list[Command] = field(default_factory=list)
    devices: list["HttpDevice"] = field(default_factory=list)

    def start(self, **environ: str) -> str:
        """One more server process; its address."""
        port = free_port()
        log = self.folder / f"log-{port}"
        serve = ("serve", "--port", str(port))
        process = Command(serve, {**os.environ, **self._environ(), **environ}, log)
        self.processes.append(process)
        self.addresses.append(f"http://127.0.0.1:{port}")
        wait_until_ready(self.addresses[-1], process, log)
        return self.addresses[-1]

    def _environ(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "SHOWFLOOR_SECRET_KEY": SECRET,
            "SHOWFLOOR_DATA_DIR": str(self.folder),
            "SHOWFLOOR_WEB_DIR": str(self.folder / "web"),
            "SHOWFLOOR_LOG_LEVEL": "WARNING",
        }

    def device(self, code: str) -> "HttpDevice":
        """A device of that person, logged in at the first server."""
        self.devices.append(HttpDevice(self.addresses[0], code))
        return self.devices[-1]

    def make_lead(self, owner: str = "S001") -> str:
        """A new lead of that person, written at the office."""
        now_ms = self.services.now_ms()
        lead = Lead(
            company_id=COMPANY,
            store_id=self.ids["north"],
            owner_id=self.ids[owner],
            name="陈玉兰",
            inquired_at_ms=now_ms,
        )
        with self.services.database.writing() as session, recording(session, author="o", at_ms=now_ms):
            session.add(lead)
        return lead.id


class HttpDevice:
    """The real replica, whose network is a real one."""

    def __init__(self, address: str, code: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=30)
        said = log_in(address, code)
        self.headers = {"Authorization": f"Bearer {said['access_token']}", "Content-Type": wire.MSGPACK}
        self.replica = Replica.open(memory_engine(), now_ms=lambda: time.time_ns() // 1_000_000)
        self.replica.register(device_id=said["device_id"], staff_id=said["staff"]["id"], company_id=COMPANY)

    def sync(self) -> Outcome:
        async def exchange(request: wire.Request) -> wire.Response:
            answer = self.http.post("/api/sync", content=wire.encode(request), headers=self.headers)
            assert answer.status_code == 200, answer.text
            return wire.decode_response(answer.content)

        return asyncio.run(synchronise(self.replica, exchange))

    def get(self, model: type, row_id: str) -> Any:
        with self.replica.reading() as session:
            return session.get(model, row_id)

    def edit(self, model: type, row_id: str, **fields: Any) -> None:
        with self.replica.action("edit") as session:
            row = session.get(model, row_id)
            for name, value in fields.items():
                setattr(row, name, value)


@contextmanager
def showroom(database_url: str, folder: Path, *, servers: int = 1, **environ: str) -> Iterator[Showroom]:
    """The company founded in a migrated database, with so many server processes, which are ended with the block."""
    services = assemble(make_settings(database_url, folder))
    with services.database.writing() as session:
        ids = found(session, services.now_ms())
    room = Showroom(database_url, folder, services, ids)
    try:
        for _ in range(servers):
            room.start(**environ)
        yield room
    finally:
        for device in room.devices:
            device.http.close()
            device.replica.engine.dispose()
        for process in room.processes:
            process.terminate()
        for process in room.processes:
            process.wait()
        services.database.close()


def log_in(address: str, code: str) -> dict[str, Any]:
    body = {"code": code, "password": PASSWORD, "device": {"name": "test"}}
    answer = httpx.post(f"{address}/api/auth/login", json=body, timeout=30)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said
