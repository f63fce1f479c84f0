"""Whatever bytes a device sends: never a fault of ours, no effect of what is refused, and memory that stays bounded.

`FUZZ_FRAMES` sets the number of frames, `FUZZ_SEED` the seed; a failure names the seed and the frame. They are sent in four
parts, each with its own chance and its own company, so that two can be under way at once.
"""

import asyncio
import os
import random
import resource
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from server import sightings
from shared_models.people.tables import Store
from shared_models.sales.tables import Customer, Lead
from sync import wire
from sync.hub.recorder import recording
from sync.schema import catalogue
from sync.sqlite import driver
from tests.databases import migrated_sqlite_url
from tests.integration.resilience.frames import Forge, Frame
from tests.integration.server.company import COMPANY, Company, make_settings, running_company

FRAMES = int(os.environ.get("FUZZ_FRAMES", "20000"))
PARTS = 4
ON_POSTGRESQL = max(200, FRAMES // 20)
SEED = int(os.environ.get("FUZZ_SEED", "1"))
REFUSALS = {400, 401, 403, 413, 415, 422, 426}
MEMORY_MB = 400


@dataclass
class Caught:
    """What the server said, and how the database stood."""

    status: int
    body: bytes


class Caller:
    """One device that talks to the application itself, without sockets."""

    def __init__(self, company: Company, code: str) -> None:
        self.app = company.client.app
        self.token = company.headers(code)["Authorization"]
        self._loop = asyncio.Runner()

    def close(self) -> None:
        self._loop.close()

    def send(self, frame: Frame, chunks: int = 1) -> Caught:
        """Send one frame `chunks` times over as one body."""
        return self._loop.run(self._send(frame, chunks))

    async def _send(self, frame: Frame, chunks: int) -> Caught:
        headers = [(b"authorization", self.token.encode()), (b"content-type", frame.content_type.encode())]
        headers += [(b"content-encoding", frame.encoding.encode())] if frame.encoding else []
        scope: dict[str, Any] = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
        }
        scope |= {"path": "/api/sync", "raw_path": b"/api/sync", "query_string": b"", "root_path": ""}
        scope |= {
            "scheme": "http",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 2),
        }
        left, status, body = chunks, 0, bytearray()

        async def receive() -> dict[str, Any]:
            nonlocal left
            left -= 1
            return {"type": "http.request", "body": frame.body, "more_body": left > 0}

        async def send(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            body.extend(message.get("body", b""))

        await self.app(scope, receive, send)
        return Caught(status, bytes(body))


def forge_for(company: Company, seed: int) -> Forge:
    """Rows of the caller's own, of a colleague, of another store and of another company."""
    now_ms = company.clock.now_ms
    north, south = company.ids["north"], company.ids["south"]
    with company.services.database.writing() as session, recording(session, author="o", at_ms=now_ms):
        elsewhere = Store(company_id="other", name="别家")
        of_colleague = lead_of(company, "S002", north)
        of_south = lead_of(company, "S101", south)
        foreign = Customer(company_id="other", store_id=elsewhere.id, name="外人")
        session.add_all([elsewhere, of_colleague, of_south, foreign])
        others = [
            ("lead", of_colleague.id),
            ("lead", of_south.id),
            ("customer", foreign.id),
            ("staff", company.ids["S002"]),
        ]
    scopes = [f"staff:{company.ids['S002']}", f"manager:{north}", f"store:{south}", "company:other"]
    return Forge(random.Random(seed), [("lead", company.ids["lead"])], others, scopes, now_ms)


def lead_of(company: Company, code: str, store: str) -> Lead:
    return Lead(
        company_id=COMPANY,
        store_id=store,
        owner_id=company.ids[code],
        name="别人",
        inquired_at_ms=company.clock.now_ms,
    )


def rows_of(company: Company, keys: list[tuple[str, str]]) -> list[Any]:
    with company.services.database.reading() as session:
        return [
            session.execute(text(f'SELECT * FROM "{table}" WHERE id = :id'), {"id": row}).mappings().one()
            for table, row in keys
        ]


def everything(company: Company) -> dict[str, int]:
    """How many rows each synced table has, and the newest position of the feed."""
    with company.services.database.reading() as session:
        found = {
            name: session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in catalogue()
        }
        found["feed"] = session.execute(text("SELECT count(*), max(at_ms), max(n) FROM sync_feed")).one()
        return found


def answered(company: Company) -> Any:
    """How many units were answered, and how far the feed has come."""
    counts = "SELECT (SELECT count(*) FROM sync_operation), (SELECT count(*) FROM sync_feed), (SELECT max(n) FROM sync_feed)"
    with company.services.database.reading() as session:
        return session.execute(text(counts)).one()


def pelt(company: Company, count: int, watch: Any, part: int = 0) -> Counter[str]:
    """Send so many frames; the answers by kind of frame and status."""
    forge, caller = forge_for(company, SEED * PARTS + part), Caller(company, "S001")
    forge.cursors += [whole_copy(company, caller)] * 3  # as most devices have it
    foreign = rows_of(company, forge.others)
    seen: Counter[str] = Counter()
    for number in range(count):
        frame = forge.frame()
        before = watch()
        caught = caller.send(frame)
        seen[f"{frame.kind} {caught.status}"] += 1
        named = f"FUZZ_SEED={SEED} part {part} frame {number} ({frame.kind}, {frame.content_type}): {frame.body[:2_000]!r}"
        assert caught.status == 200 or caught.status in REFUSALS, (caught, named)
        if caught.status != 200:
            assert watch() == before, named
        elif number % 40 == 0 and not frame.encoding:
            forge.cursors.append(cursor_of(frame, caught))
    caller.close()
    assert rows_of(company, forge.others) == foreign
    return seen


def whole_copy(company: Company, caller: Caller) -> str:
    """The cursor of a device that has received everything."""
    cursor, more = "", True
    while more:
        request = wire.Request(device_now_ms=company.clock.now_ms, cursor=cursor, limit=10_000, schema=2)
        answer = wire.decode_response(caller.send(Frame(wire.encode(request))).body)
        cursor, more = answer.cursor, answer.more
    return cursor


def cursor_of(frame: Frame, caught: Caught) -> str:
    return wire.decode_response(caught.body, frame.content_type.partition(";")[0]).cursor


@pytest.fixture
def sqlite_company(tmp_path: Path, monkeypatch):
    # What an accepted frame says of its device is written when the server ends, not during the next, refused one.
    monkeypatch.setattr(sightings, "PERIOD_S", 3600)
    with running_company(
        make_settings(migrated_sqlite_url(tmp_path), tmp_path, log_level="ERROR")
    ) as running:
        yield running


@pytest.mark.parametrize("part", range(PARTS))
def test_no_frame_is_a_fault_and_none_that_is_refused_has_an_effect(sqlite_company, tmp_path, part):
    watcher = driver.connect(str(tmp_path / "hub.db")).apsw

    def standing() -> Any:
        """What changes with every row written, every unit answered and every device noted."""
        feed = "SELECT n FROM sync_counter WHERE name = 'feed'"
        answered, noted = (
            "SELECT max(rowid) FROM sync_operation",
            "SELECT skew_ms, pending, granted FROM sync_device",
        )
        return [watcher.execute(each).fetchall() for each in (feed, answered, noted)]

    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seen = pelt(sqlite_company, FRAMES // PARTS, standing, part)
    watcher.close()
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) / 1024
    assert grown_mb < MEMORY_MB, grown_mb
    assert sum(count for name, count in seen.items() if name.startswith("sound")) > FRAMES // PARTS // 100
    assert {name for name in seen if name.startswith("sound")} == {"sound 200"}
    assert {name for name in seen if name.startswith("compressed")} == {"compressed 415"}


def test_postgresql_is_not_upset_by_them_either(migrated_postgresql_url, tmp_path):
    with running_company(make_settings(migrated_postgresql_url, tmp_path, log_level="ERROR")) as company:
        pelt(company, ON_POSTGRESQL, lambda: answered(company))


def test_a_body_without_end_is_cut_off_at_the_limit(sqlite_company):
    frame = Frame(b"\x00" * 1_000_000, wire.MSGPACK, kind="endless")
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    caller = Caller(sqlite_company, "S001")
    assert caller.send(frame, chunks=100).status == 413
    caller.close()
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) / 1024 < 100


def test_a_unit_that_is_refused_leaves_every_table_as_it_was(sqlite_company):
    caller, forge = Caller(sqlite_company, "S001"), forge_for(sqlite_company, SEED)
    before = everything(sqlite_company)
    for _ in range(200):
        message = forge.message()
        for unit in message["units"]:
            unit["changes"].append(
                {
                    "table": "lead",
                    "row": forge.others[0][1],
                    "kind": "put",
                    "fields": {"name": "我的"},
                    "seen": {"name": "别人"},
                }
            )
        caught = caller.send(forge._encoded(message, "refused"))
        assert caught.status == 200
    caller.close()
    assert everything(sqlite_company) == before
