"""The one object behind all screens: the local copy, the log-in, the sync, the preferences."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import flet as ft
from sqlalchemy import Engine
from sqlmodel import Session as Database

import shared_models.designers.tables
import shared_models.loyalty.tables
import shared_models.office.tables
import shared_models.people.tables
import shared_models.sales.tables
import shared_models.service.tables
import shared_models.stock.tables  # noqa: F401 - the local copy makes a table for each model that is loaded
from mobile import VERSION
from mobile.state.checked_in import CheckedIn
from mobile.state.lease_clock import LeaseClock, steady_ms
from mobile.state.local import LocalFacts, wipe
from mobile.state.preferences import Preferences
from mobile.state.server import Server
from mobile.state.session import Session
from mobile.state.sync_loop import SyncLoop
from mobile.state.sync_state import Phase, SyncState
from mobile.state.tables import TableVersions
from mobile.state.window import Window
from sync.device import state
from sync.device.replica import Replica

T = TypeVar("T")


class App:
    """Everything a screen may use. Made once, at the start."""

    def __init__(
        self,
        engine: Engine,
        server: Server,
        *,
        device_now_ms: Callable[[], int],
        steady_now_ms: Callable[[], int] = steady_ms,
    ) -> None:
        """Open the local copy in `engine`; nothing here waits for the network."""
        self.engine = engine
        self.notice = ""
        """What has to be said once, at the start."""
        self.server = server
        self.device_now_ms = device_now_ms
        self.facts = LocalFacts(engine)
        self.preferences = Preferences(self.facts)
        self.session = Session(self.facts, server, device_now_ms)
        self.lease_clock = LeaseClock(self.facts, device_now_ms, steady_now_ms)
        self.sync = SyncState()
        self.tables = TableVersions()
        self.window = Window()
        self.replica = self._open()
        self.reserved: set[str] = set()
        """Leases taken for the next time without a network: unspent, they outlast the syncs until then."""
        self.checked_in = CheckedIn()
        self.loop = SyncLoop(self.sync)
        self.photo_lane = SyncLoop(SyncState())
        """Pictures go beside the rows, so that neither waits for the other."""
        self._network_back = asyncio.Event()
        self.connectivity: ft.Connectivity | None = None

    def read(self, query: Callable[[Database], T]) -> T:
        """What `query` finds in the local copy."""
        with self.replica.reading() as database:
            return query(database)

    @contextmanager
    def action(self, name: str) -> Iterator[Database]:
        """A session whose writes are one unit; the screens and the sync are told when it is kept."""
        with self.replica.action(name) as session:
            yield session
            self.lease_clock.note(session.connection())

    def now_ms(self) -> int:
        """The time by the server's clock, as well as this device knows it (R12); never before it last heard of the server.

        So a clock that is set back does not undo what is in force in this copy, such as a version of the scheme (R3).
        """
        return max(self.replica.now_ms(), self.lease_clock.heard_ms)

    async def log_in(self, code: str, password: str, platform: str) -> None:
        """Log in; see `Session.log_in` for what may go wrong."""
        await self.session.log_in(code, password, self.replica, self._start_over, platform)
        self.loop.wake(at_once=True)

    async def log_in_member(self, phone: str, code: str, name: str, platform: str) -> None:
        """Log in with a phone number and the code that was sent to it; may go wrong as `log_in` may."""
        await self.session.log_in_member((phone, code, name), self.replica, self._start_over, platform)
        self.loop.wake(at_once=True)

    async def log_out(self) -> None:
        """Log out and wipe this device."""
        await self.session.log_out(self._start_over)

    def wiped(self) -> None:
        """Say on the log-in page that a manager had this device wiped; the next person begins with an empty copy."""
        self.session.wiped(self._start_over)

    def forget_position(self) -> None:
        """The server does not know where this copy stands: the next sync fetches everything; nothing here is lost."""
        with self.engine.begin() as connection:
            state.write(connection, cursor="")

    def network_changed(self, *, is_up: bool) -> None:
        """The device lost its network, or has one again: say so at once, and sync at once."""
        if is_up:
            self._network_back.set()
            self._network_back.clear()
            self.loop.network_is_back()
            self.photo_lane.network_is_back()
            return
        self.reserved.clear()
        if self.sync.phase in {Phase.IDLE, Phase.SYNCING}:
            self.sync.enter(Phase.OFFLINE, error_code="unreachable")

    async def rest(self, seconds: float) -> None:
        """Wait so long before asking the server again, or until the network comes back."""
        try:
            await asyncio.wait_for(self._network_back.wait(), seconds)
        except TimeoutError:
            return

    def _start_over(self) -> Replica:
        """An empty copy on this device; the preferences stay."""
        wipe(self.engine)
        self.facts.prepare()
        self.lease_clock.forget()
        self.checked_in.forget()
        self.preferences.keep()
        self.replica = self._open()
        return self.replica

    def _open(self) -> Replica:
        replica = Replica.open(self.engine, now_ms=self.device_now_ms)
        replica.app_version = VERSION
        replica.subscribe(self._changed)
        self.sync.count(replica.status())
        return replica

    def _changed(self, tables: frozenset[str]) -> None:
        waiting = self.sync.pending
        self.sync.count(self.replica.status())
        self.tables.changed(tables)
        if self.sync.pending > waiting:
            self.loop.wake()
