"""One fresh system: the real server on an empty database, simulated devices with real local databases, true time."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import httpx
from sqlmodel import Session

from mobile.state.application import App
from mobile.state.database import open_engine
from mobile.state.server import Server
from server.app import assemble
from server.services import Services
from server.settings import Settings
from shared_models.moments import DEFAULT_ZONE, use_business_zone
from tests.applications import application_on
from tests.scenarios.clock import Clock, DeviceClock
from tests.scenarios.desk import PASSWORD, Desk
from tests.scenarios.format import Scenario
from tests.scenarios.founding_format import Device as DeviceEntry
from tests.scenarios.names import Names
from tests.scenarios.network import Network

COMPANY = "scenario"
MANAGER_CODE = "MANAGER"
"""The manager who does what the scenario leaves to "a manager"."""
_ADDRESS = "http://showroom.example"
_FOR_EVER_S = 10**9
_FOR_EVER_DAYS = 10**4

T = TypeVar("T")


@dataclass
class Device:
    """A simulated device: the product's own state on a database of its own."""

    id: str
    owner: str
    clock: DeviceClock
    network: Network
    app: App


@dataclass
class World:
    """Everything that a step works with."""

    scenario: Scenario
    clock: Clock
    services: Services
    desk: Desk
    names: Names = field(default_factory=Names)
    devices: dict[str, Device] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    """What each member of staff logs in with, by their name in the scenario."""

    def code_of(self, staff: object) -> str:
        """The log-in code of whoever acts: the person named, else a manager."""
        return self.codes[staff] if isinstance(staff, str) else MANAGER_CODE

    def server_reads(self, query: Callable[[Session], T]) -> T:
        """What a query of the server finds."""
        with self.services.database.reading() as session:
            return query(session)


@asynccontextmanager
async def running_world(scenario: Scenario, folder: Path, database_url: str) -> AsyncIterator[World]:
    """The real application on that database, its clock at the first step; nothing is founded yet."""
    clock = Clock()
    settings = Settings(
        database_url,
        "a key of at least thirty-two characters",
        data_dir=folder,
        web_dir=folder / "web",
        access_token_seconds=_FOR_EVER_S,
        refresh_token_days=_FOR_EVER_DAYS,
        jobs="off",
        time_zone=scenario.founding.timezone,
        log_level="ERROR",
    )
    services = assemble(settings, clock)
    async with AsyncExitStack() as stack:
        stack.callback(use_business_zone, DEFAULT_ZONE)
        stack.callback(services.database.close)
        application = stack.enter_context(application_on(assemble(settings, clock)))
        await stack.enter_async_context(application.lifespan())
        transport = httpx.ASGITransport(app=application)
        client = httpx.AsyncClient(transport=transport, base_url=_ADDRESS)
        world = World(scenario, clock, services, Desk(await stack.enter_async_context(client)))
        world.devices = {
            each.id: _device(each, number, clock, transport, folder)
            for number, each in enumerate(scenario.founding.devices)
        }
        for device in world.devices.values():
            stack.callback(device.app.engine.dispose)
        yield world


def _device(
    entry: DeviceEntry, number: int, clock: Clock, transport: httpx.AsyncBaseTransport, folder: Path
) -> Device:
    shown = DeviceClock(clock)
    network = Network(transport)
    server = Server(_ADDRESS)
    server.use(httpx.AsyncClient(transport=network, base_url=_ADDRESS))
    engine = open_engine(str(folder / f"device-{number}.db"), "cd" * 32)
    app = App(engine, server, device_now_ms=shown, steady_now_ms=clock)
    return Device(entry.id, entry.owner, shown, network, app)


async def log_in(world: World, device: Device) -> None:
    """Its owner logs in on the device, which makes it theirs."""
    with device.network.up():
        await device.app.log_in(world.codes[device.owner], PASSWORD, "tablet")
