"""A fleet of connected devices, light enough for a thousand in one process: each keeps a copy, a live stream and its units.

They speak the protocol over real connections. Whatever a device has been told of it pulls; whatever it wrote it sends until
it is answered, to whichever server is there. At the end every copy is compared with the database.
"""

import asyncio
import random
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec

from mobile.state.sync_loop import retry_after_s
from shared_models.ids import new_id

_PACK = msgspec.msgpack.Encoder()
_UNPACK = msgspec.msgpack.Decoder()
_ANSWER_S = 30.0
_WATCHED = ("customer", "lead")
Row = tuple[str, str]


@dataclass(frozen=True)
class Seat:
    """Who a device belongs to: its token, its person, and the store they work in."""

    token: str
    staff_id: str
    store_id: str
    manages: bool = False


@dataclass
class Edit:
    """One edit under way: when it was sent, and which devices that were connected then have not shown it yet."""

    number: int
    sent_at: float
    awaited: set["FleetDevice"]


@dataclass
class Tally:
    """What happened to a fleet."""

    delivered_s: list[float] = field(default_factory=list)
    edits: int = 0
    reassignments: int = 0
    disconnections: int = 0
    reconnections: int = 0
    refused: list[str] = field(default_factory=list)


class FleetDevice:
    """One device: a copy of the watched tables, a live stream, units that wait for their answer."""

    def __init__(self, fleet: "Fleet", seat: Seat, server: int) -> None:
        """Belong to `seat` and begin at the server of that number."""
        self.fleet, self.seat, self._server = fleet, seat, server
        self.copy: dict[Row, dict[str, Any]] = {}
        self.units: list[dict[str, Any]] = []
        self.is_connected = False
        self.connected = asyncio.Event()
        self._cursor = ""
        self._woken = asyncio.Event()
        self._writer: asyncio.StreamWriter | None = None

    @property
    def address(self) -> str:
        """The server it talks to just now."""
        return self.fleet.addresses[self._server % len(self.fleet.addresses)]

    async def live(self) -> None:
        """Keep the live stream, and pull at each news."""
        failures = 0
        while True:
            try:
                await self._listen()
                failures = 0
            except (OSError, asyncio.IncompleteReadError):
                failures += 1
                self._server += 1
            self.is_connected = False
            # As long as the app waits, so that a server which takes over is rushed at no more than it would be.
            await asyncio.sleep(retry_after_s(failures, random.random()))
            self.fleet.tally.reconnections += 1

    async def _listen(self) -> None:
        host, port = self.address.removeprefix("http://").split(":")
        reader, self._writer = await asyncio.open_connection(host, int(port), limit=4_096)
        try:
            lines = (
                f"GET /api/live HTTP/1.1\r\nHost: {host}",
                f"Authorization: Bearer {self.seat.token}",
                "\r\n",
            )
            self._writer.write("\r\n".join(lines).encode())
            while line := await reader.readline():
                if line.startswith(b": connected"):
                    self.is_connected = True
                    self.connected.set()
                    self._woken.set()
                elif line.startswith(b"event: position"):
                    self._woken.set()
        finally:
            self._writer.close()

    def disconnect(self) -> None:
        """Lose the live stream, as in a lift."""
        self.is_connected = False
        if self._writer is not None:
            self._writer.close()
            self.fleet.tally.disconnections += 1

    async def work(self) -> None:
        """Sync whenever there is something to say or to hear."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            await self.sync()

    def act(self, table: str, row_id: str, fields: dict[str, Any]) -> None:
        """Edit a row of the copy, as one unit."""
        row = self.copy[table, row_id]
        seen = {name: row.get(name) for name in fields}
        change = {"table": table, "row": row_id, "kind": "put", "fields": fields, "seen": seen}
        unit = {"id": new_id(), "action": "edit", "at_ms": _now_ms(), "schema": 2, "changes": [change]}
        self.units.append(unit)
        self._woken.set()

    async def sync(self) -> None:
        """Rounds until there is no more; a request without an answer is sent again, elsewhere."""
        failures = 0
        while True:
            request = {
                "device_now_ms": _now_ms(),
                "units": self.units[:],
                "cursor": self._cursor,
                "limit": 5_000,
            }
            try:
                answer = await self._exchange(request)
            except httpx.HTTPError:
                failures += 1
                self._server += 1
                await asyncio.sleep(retry_after_s(failures, random.random()) / 4)
                continue
            answered = {result["id"] for result in answer["results"]}
            self.units = [unit for unit in self.units if unit["id"] not in answered]
            refused = [result["code"] for result in answer["results"] if result["outcome"] != "applied"]
            self.fleet.tally.refused += refused
            self._take(answer)
            if not answer["more"] and not self.units:
                return

    async def _exchange(self, request: dict[str, Any]) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.seat.token}", "Content-Type": "application/msgpack"}
        url = f"{self.address}/api/sync"
        reply = await self.fleet.http.post(url, content=_PACK.encode(request), headers=headers)
        reply.raise_for_status()
        answer: dict[str, Any] = _UNPACK.decode(reply.content)
        return answer

    def _take(self, answer: dict[str, Any]) -> None:
        self._cursor = answer["cursor"]
        for gone in answer["gone"]:
            for row_id in gone["ids"]:
                self.copy.pop((gone["table"], row_id), None)
        for page in answer["rows"]:
            if page["table"] not in _WATCHED:
                continue
            for values in page["rows"]:
                row = dict(zip(page["columns"], values, strict=True))
                self.copy[page["table"], row["id"]] = {
                    name: row[name] for name in ("id", "name", "region", "owner_id") if name in row
                } | ({"address": row["address"]} if "address" in row else {})
                self.fleet.arrived(self, page["table"], row)


class Fleet:
    """All devices of the run."""

    def __init__(self, addresses: Sequence[str], seats: Sequence[Seat]) -> None:
        """Spread the devices of these seats over the servers."""
        self.addresses = list(addresses)
        self.tally = Tally()
        self.devices = [FleetDevice(self, seat, number) for number, seat in enumerate(seats)]
        self.http = httpx.AsyncClient(
            timeout=_ANSWER_S, limits=httpx.Limits(max_connections=64, max_keepalive_connections=64)
        )
        self._edits: dict[str, Edit] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self) -> None:
        """First syncs, and then all live streams; returns when every device is connected."""
        for at in range(0, len(self.devices), 16):
            await asyncio.gather(*(device.sync() for device in self.devices[at : at + 16]))

    async def connect(self) -> None:
        """Open every live stream; returns when all of them stand."""
        for device in self.devices:
            self._tasks += [asyncio.create_task(device.live()), asyncio.create_task(device.work())]
            await asyncio.sleep(0.002)
        await asyncio.gather(*(device.connected.wait() for device in self.devices))

    async def stir(self, seconds: float, edits_a_second: float, chance: random.Random) -> None:
        """Edits, reassignments and disconnections for so long."""
        ends = time.perf_counter() + seconds
        number = 0
        while time.perf_counter() < ends:
            number += 1
            self._edit(number, chance)
            if number % 5 == 0:
                self._reassign(chance)
            if number % 3 == 0:
                chance.choice(self.devices).disconnect()
            await asyncio.sleep(chance.expovariate(edits_a_second))

    def _edit(self, number: int, chance: random.Random) -> None:
        author = chance.choice(self.devices)
        customers = [row for table, row in author.copy if table == "customer"]
        customer = customers[number % len(customers)]
        if customer in self._edits and self._edits[customer].awaited:
            return  # the last one has not arrived everywhere
        concerned = {
            each
            for each in self.devices
            if each.seat.store_id == author.seat.store_id and each.is_connected and each is not author
        }
        self._edits[customer] = Edit(number, time.perf_counter(), concerned)
        author.act("customer", customer, {"address": str(number)})
        self.tally.edits += 1

    def _reassign(self, chance: random.Random) -> None:
        manager = chance.choice([device for device in self.devices if device.seat.manages])
        leads = [row for table, row in manager.copy if table == "lead"]
        team = [each.seat.staff_id for each in self.devices if each.seat.store_id == manager.seat.store_id]
        if leads:
            manager.act("lead", chance.choice(leads), {"owner_id": chance.choice(team)})
            self.tally.reassignments += 1

    def arrived(self, device: FleetDevice, table: str, row: Mapping[str, Any]) -> None:
        """A device shows this row."""
        edit = self._edits.get(row["id"]) if table == "customer" else None
        if edit and device in edit.awaited and row["address"] == str(edit.number):
            edit.awaited.discard(device)
            if device.is_connected:
                self.tally.delivered_s.append(time.perf_counter() - edit.sent_at)

    async def settle(self) -> None:
        """Let every device say and hear the rest."""
        for _ in range(2):
            for at in range(0, len(self.devices), 16):
                await asyncio.gather(*(device.sync() for device in self.devices[at : at + 16]))

    async def end(self) -> None:
        """Close all streams."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with suppress(asyncio.CancelledError):
                await task
        await self.http.aclose()


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
