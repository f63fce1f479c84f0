"""The real server process: the command line, live messages over a real connection, and more than one process."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from server.app import assemble
from shared_models.sales.tables import Lead
from sync import wire
from tests.integration.server.company import COMPANY, PASSWORD, SECRET, found, make_settings
from tests.processes import ROOT, Command, free_port, wait_until_ready

SHOWFLOOR = [sys.executable, "-c", "import sys; from server.cli import main; sys.exit(main())"]


def environ(database_url: str, folder: Path, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "SHOWFLOOR_SECRET_KEY": SECRET,
        "SHOWFLOOR_DATA_DIR": str(folder),
        "SHOWFLOOR_WEB_DIR": str(folder / "web"),
        **more,
    }


@contextmanager
def serving(database_url: str, folder: Path, **more: str) -> Iterator[str]:
    """A real server process; its address."""
    port = free_port()
    log = folder / f"log-{port}"
    process = Command(("serve", "--port", str(port)), environ(database_url, folder, **more), log)
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(address, process, log)
        yield address
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def ids(migrated_url: str, tmp_path: Path) -> dict[str, str]:
    return founded(migrated_url, tmp_path)


def founded(database_url: str, folder: Path) -> dict[str, str]:
    """Found the company; its rows' identifiers by a short name."""
    services = assemble(make_settings(database_url, folder))
    with services.database.writing() as session:
        ids = found(session, services.now_ms())
    services.database.close()
    return ids


def log_in(address: str, code: str) -> dict[str, str]:
    body = {"code": code, "password": PASSWORD, "device": {"name": "test"}}
    answer = httpx.post(f"{address}/api/auth/login", json=body, timeout=30)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def make_lead(address: str, headers: dict[str, str], ids: dict[str, str]) -> None:
    """One salesperson writes a lead of their own by hand-made messages."""
    now_ms = time.time_ns() // 1_000_000
    lead = Lead(
        company_id=COMPANY, store_id=ids["north"], owner_id=ids["S001"], name="吴静", inquired_at_ms=now_ms
    )
    change = wire.Change("lead", lead.id, "put", lead.model_dump(exclude={"id"}))
    request = wire.Request(now_ms, [wire.Unit(lead.id, "new lead", now_ms, [change])], pull=False)
    answer = httpx.post(
        f"{address}/api/sync", content=wire.encode(request), headers={**headers, "Content-Type": wire.MSGPACK}
    )
    assert [each.outcome for each in wire.decode_response(answer.content).results] == ["applied"], (
        answer.content
    )


def next_event(lines: Iterator[str], name: str) -> bool:
    """Wait for the next event of this name; False when the stream ends without one."""
    return any(line == f"event: {name}" for line in lines)


@contextmanager
def live(address: str, headers: dict[str, str]) -> Iterator[tuple[httpx.Response, Iterator[str]]]:
    with httpx.stream("GET", f"{address}/api/live", headers=headers, timeout=5) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": connected"
        yield stream, lines


def test_what_one_device_does_reaches_those_concerned_and_nobody_else(
    migrated_url: str, tmp_path: Path, ids: dict[str, str]
):
    with serving(migrated_url, tmp_path) as address:
        seller, manager, colleague = (log_in(address, code) for code in ("S001", "M001", "S002"))
        with live(address, manager) as (stream, lines), live(address, colleague) as (_, others):
            assert stream.headers["content-type"].startswith("text/event-stream")
            make_lead(address, seller, ids)
            assert next_event(lines, "position")
            with pytest.raises(httpx.ReadTimeout):
                next_event(others, "position")


def test_a_change_at_one_server_reaches_a_device_at_another(migrated_postgresql_url: str, tmp_path: Path):
    url = migrated_postgresql_url
    ids = founded(url, tmp_path)
    with serving(url, tmp_path) as here, serving(url, tmp_path) as there:
        manager, seller = log_in(there, "M001"), log_in(here, "S001")
        with live(there, manager) as (_, lines):
            make_lead(here, seller, ids)
            assert next_event(lines, "position")


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended, and what it wrote."""

    status: int
    out: str
    err: str


def run(database_url: str, folder: Path, *arguments: str, typed: str = "") -> Said:
    """Run a command to its end."""
    given, out, err = (folder / name for name in ("typed", "out", "err"))
    for file, text in ((given, typed), (out, ""), (err, "")):
        file.write_text(text)
    command = Command(arguments, environ(database_url, folder), out, errors=err, typed=given)
    return Said(command.wait(180), out.read_text(), err.read_text())


def test_a_person_added_on_the_command_line_can_log_in(database_url: str, tmp_path: Path):
    added = run(
        database_url, tmp_path, "create-staff", "B001", "周敏", "--role", "office", typed=f"{PASSWORD}\n"
    )
    again = run(database_url, tmp_path, "create-staff", "B001", "周敏", typed=f"{PASSWORD}\n")
    short = run(database_url, tmp_path, "set-password", "B001", typed="short\n")
    nobody = run(database_url, tmp_path, "set-password", "B999", typed=f"{PASSWORD}\n")

    assert (added.status, added.out) == (0, "B001 can log in.\n"), added.err
    assert (again.status, "another person" in again.err) == (1, True)
    assert (short.status, "10 to 256 characters" in short.err) == (1, True)
    assert (nobody.status, "nothing was changed" in nobody.err) == (1, True)
    with serving(database_url, tmp_path) as address:
        log_in(address, "B001")


def test_the_server_says_where_it_is_and_shares_its_port_with_nobody(tmp_path: Path):
    with serving(f"sqlite:///{tmp_path / 'hub.db'}", tmp_path) as address:
        (log,) = tmp_path.glob("log-*")
        assert re.search(f"^Showfloor: {re.escape(address)}$", log.read_text(), re.MULTILINE)

        port = address.rsplit(":", 1)[1]
        second = run(f"sqlite:///{tmp_path / 'hub.db'}", tmp_path, "serve", "--port", port)
        assert (second.status, f"127.0.0.1:{port} already" in second.err) == (1, True)


def test_a_bad_setting_is_one_clear_line(tmp_path: Path):
    told = subprocess.run(
        [*SHOWFLOOR, "migrate"],
        cwd=ROOT,
        env={**environ("sqlite:///x", tmp_path), "DATABASE_URL": "oracle://x"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 2
    assert told.stderr.startswith("showfloor: DATABASE_URL starts with 'oracle'")
    assert len(told.stderr.splitlines()) == 1
