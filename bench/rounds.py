"""What a sync costs a device: uploads, first syncs, rounds without news, edits seen elsewhere, rows that change hands."""

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlmodel import col, select

from bench.disk import raw_table_bytes, used_bytes
from bench.figures import Figure
from bench.hub import PASSWORD, PEOPLE, HubProcess, give_leads, give_visited_leads, share
from bench.rows import leads
from bench.tablet import open_replica
from shared_models.sales.tables import Lead
from sync import wire
from sync.client import synchronise
from sync.device.replica import Replica
from sync.hub.recorder import recording

ROWS = 10_000
MANY_ROWS = 100_000
ROWS_A_UNIT = 10
NO_OPS = 50
EDITS = 40
MOVED = 2_000
VISITED = 2_000
FLEET = 50
UPLOAD_BARS = {"sqlite": 20_000, "postgresql": 6_000}


@dataclass
class Tablet:
    """A device that is logged in, and the bytes that its answers took."""

    replica: Replica
    http: httpx.AsyncClient
    headers: dict[str, str]
    received_bytes: int = 0

    async def exchange(self, request: wire.Request) -> wire.Response:
        """One round, over HTTP."""
        reply = await self.http.post("/api/sync", content=wire.encode(request), headers=self.headers)
        reply.raise_for_status()
        self.received_bytes += reply.num_bytes_downloaded
        return wire.decode_response(reply.content)

    async def sync(self) -> tuple[float, int]:
        """A whole sync: seconds, rows received."""
        start = time.perf_counter()
        outcome = await synchronise(self.replica, self.exchange)
        return time.perf_counter() - start, outcome.received


@asynccontextmanager
async def tablet(hub: HubProcess, folder: Path, name: str, code: str) -> AsyncIterator[Tablet]:
    """A new device of that person, with an empty encrypted database."""
    async with httpx.AsyncClient(base_url=hub.address, timeout=120) as http:
        device = {"name": name, "platform": "linux"}
        answer = await http.post(
            "/api/auth/login", json={"code": code, "password": PASSWORD, "device": device}
        )
        answer.raise_for_status()
        said = answer.json()
        replica = open_replica(folder, name)
        replica.register(
            device_id=said["device_id"], staff_id=said["staff"]["id"], company_id=said["staff"]["company_id"]
        )
        headers = {"Authorization": f"Bearer {said['access_token']}", "Content-Type": wire.MSGPACK}
        yield Tablet(replica, http, headers)
        replica.engine.dispose()


async def measured(hub: HubProcess, folder: Path, kind: str) -> AsyncIterator[Figure]:
    """All rounds on one database, one after the other; names begin with `kind`."""

    def figure(
        name: str, value: float, unit: str, bar: float | None = None, *, at_most: bool = False
    ) -> Figure:
        return Figure(f"{kind}_{name}", value, unit, bar, at_most=at_most)

    uploads = [await uploaded(hub, folder, code) for code in ("B5", "B6")]
    async with tablet(hub, folder, "author", "B1") as author:
        uploads.append(await upload(author, "B1"))
        yield figure("upload", ROWS / statistics.median(uploads), "rows/s", UPLOAD_BARS[kind])

        # Of other people: the hub keeps the rows that it has just handed out, and would read none of these again.
        others = [await first_sync(hub, folder, code) for code in ("B5", "B6")]
        async with tablet(hub, folder, "fresh", "B1") as fresh:
            seconds, received = await fresh.sync()
            yield figure(
                "first_sync_10000", received / statistics.median([*others, seconds]), "rows/s", 30_000
            )
            yield figure("wire_down", fresh.received_bytes / received, "bytes/row", 120, at_most=True)
            used = used_bytes(fresh.replica.engine)
            yield figure(
                "device_disk", used / raw_table_bytes(folder, fresh.replica), "x raw table", 1.6, at_most=True
            )
            yield figure(
                "no_op_round", statistics.median(await repeated(fresh.sync, NO_OPS)), "ms", 5, at_most=True
            )
            delays = sorted(await edits_seen(author, fresh))
            yield figure("edit_seen_p50", share(delays, 0.5), "ms", 25, at_most=True)
            yield figure("edit_seen_p95", share(delays, 0.95), "ms", 50, at_most=True)
            async with tablet(hub, folder, "new-owner", "B2") as owner:
                await owner.sync()
                reassign(hub)
                left, _ = await fresh.sync()
                came, _ = await owner.sync()
            yield figure("reassigned_2000_left", left, "s", 0.5, at_most=True)
            yield figure("reassigned_2000_appeared", came, "s", 0.5, at_most=True)

        fleet = [await fresh_copy(author) for _ in range(2)]
        start = time.perf_counter()
        counts = await asyncio.gather(*(fresh_copy(author) for _ in range(FLEET)))
        yield figure("fleet_50", sum(counts) / (time.perf_counter() - start), "rows/s", 80_000)
        assert min(counts) == max(fleet)


async def measured_many(hub: HubProcess, folder: Path, kind: str) -> AsyncIterator[Figure]:
    """First syncs of somebody with a usual number of leads and their visits, and of somebody with 100,000 leads."""
    give_visited_leads(hub.database, PEOPLE["B4"], VISITED, seed=8)
    async with tablet(hub, folder, "usual", "B4") as usual:
        seconds, received = await usual.sync()
        assert received > 2 * VISITED
        yield Figure(f"{kind}_first_sync_2000_leads_with_visits", seconds, "s")
    give_leads(hub.database, PEOPLE["B3"], MANY_ROWS, seed=9)
    async with tablet(hub, folder, "many", "B3") as many:
        seconds, received = await many.sync()
        yield Figure(f"{kind}_first_sync_100000", received / seconds, "rows/s", 26_000)


async def uploaded(hub: HubProcess, folder: Path, code: str) -> float:
    """Seconds in which a device of its own uploads all the leads of that person."""
    async with tablet(hub, folder, f"author-{code}", code) as author:
        return await upload(author, code)


async def upload(author: Tablet, code: str) -> float:
    """Seconds in which the device, which has all that there is, uploads all the leads of its person."""
    await author.sync()
    write_leads(author.replica, PEOPLE[code])
    seconds, _ = await author.sync()
    return seconds


async def first_sync(hub: HubProcess, folder: Path, code: str) -> float:
    """Seconds that the first sync of one more device of that person takes."""
    async with tablet(hub, folder, f"fresh-{code}", code) as device:
        seconds, _ = await device.sync()
        return seconds


def write_leads(replica: Replica, owner: str) -> None:
    """Let the device's person write all the leads, several in each action."""
    rows = list(leads(ROWS, owner))
    for at in range(0, ROWS, ROWS_A_UNIT):
        with replica.action("add_leads") as session:
            session.add_all(rows[at : at + ROWS_A_UNIT])


async def repeated(act: Callable[[], Awaitable[tuple[float, int]]], times: int) -> list[float]:
    """Milliseconds of each time."""
    return [(await act())[0] * 1_000 for _ in range(times)]


async def edits_seen(author: Tablet, reader: Tablet) -> list[float]:
    """Milliseconds from an edit on one device until the other, told by its live stream, can read it."""
    delays: list[float] = []
    with author.replica.reading() as session:
        chosen = [lead.id for lead in session.exec(select(Lead).limit(EDITS)).all()]
    async with reader.http.stream("GET", "/api/live", headers=reader.headers) as stream:
        lines = stream.aiter_lines()
        await anext(lines)  # connected
        for number, lead_id in enumerate(chosen):
            start = time.perf_counter()
            with author.replica.action("edit") as session:
                session.get_one(Lead, lead_id).region = f"edit {number}"
            sending = asyncio.create_task(author.sync())
            while not is_seen(reader.replica, lead_id, f"edit {number}"):
                await heard(lines)
                await reader.sync()
            delays.append((time.perf_counter() - start) * 1_000)
            await sending
    return delays


async def heard(lines: AsyncIterator[str]) -> None:
    """Wait for the stream to say that something changed."""
    async for line in lines:
        if line.startswith("event: position"):
            return


def is_seen(replica: Replica, lead_id: str, region: str) -> bool:
    """Whether the copy has the edit."""
    with replica.reading() as session:
        lead = session.get(Lead, lead_id)
        return lead is not None and lead.region == region


def reassign(hub: HubProcess) -> None:
    """The office gives 2,000 leads to a colleague, in one transaction."""
    at_ms = time.time_ns() // 1_000_000
    with hub.database.writing() as session:
        mine = select(Lead).where(col(Lead.owner_id) == PEOPLE["B1"]).limit(MOVED)
        with recording(session, author="office", at_ms=at_ms):
            for lead in session.exec(mine).all():
                lead.owner_id = PEOPLE["B2"]


async def fresh_copy(of: Tablet) -> int:
    """Fetch a whole copy without keeping it: what the server serves, less what a device works in; rows received."""
    rows, cursor = 0, ""
    while True:
        request = wire.Request(device_now_ms=time.time_ns() // 1_000_000, cursor=cursor, limit=5_000)
        answer = await of.exchange(request)
        rows += sum(len(page.rows) for page in answer.rows)
        cursor = answer.cursor
        if not answer.more:
            return rows
