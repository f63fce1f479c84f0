"""The real server process: the command line, live messages over a real connection, and more than one process."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.app import assemble
from server.migrate import upgrade
from shared_models.sales.tables import Lead
from sync import wire
from tests.integration.server.company import COMPANY, PASSWORD, SECRET, found, make_settings

SHOWFLOOR = [sys.executable, "-c", "import sys; from server.cli import main; sys.exit(main())"]
ROOT = Path(__file__).parents[3]


def environ(database_url: str, folder: Path, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database_url,
        "SHOWFLOOR_SECRET_KEY": SECRET,
        "SHOWFLOOR_DATA_DIR": str(folder),
        "SHOWFLOOR_WEB_DIR": str(folder / "web"),
        **more,
    }


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def serving(database_url: str, folder: Path, **more: str) -> Iterator[str]:
    """A real server process; its address."""
    port = free_port()
    command = [*SHOWFLOOR, "serve", "--port", str(port)]
    with (folder / f"log-{port}").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environ(database_url, folder, **more), stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(address, process)
        yield address
    finally:
        process.terminate()
        assert process.wait(60) is not None


def wait_until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + 90
    while time.monotonic() < ends and process.poll() is None:
        try:
            if httpx.get(f"{address}/api/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server did not become ready")


@pytest.fixture
def ids(database_url: str, tmp_path: Path) -> dict[str, str]:
    services = assemble(make_settings(database_url, tmp_path))
    upgrade(services.database)
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
    database_url: str, tmp_path: Path, ids: dict[str, str]
):
    with serving(database_url, tmp_path) as address:
        seller, manager, colleague = (log_in(address, code) for code in ("S001", "M001", "S002"))
        with live(address, manager) as (stream, lines), live(address, colleague) as (_, others):
            assert stream.headers["content-type"].startswith("text/event-stream")
            make_lead(address, seller, ids)
            assert next_event(lines, "position")
            with pytest.raises(httpx.ReadTimeout):
                next_event(others, "position")


def test_a_change_at_one_server_reaches_a_device_at_another(postgresql_url: str, tmp_path: Path):
    services = assemble(make_settings(postgresql_url, tmp_path))
    upgrade(services.database)
    with services.database.writing() as session:
        ids = found(session, services.now_ms())
    services.database.close()
    with serving(postgresql_url, tmp_path) as here, serving(postgresql_url, tmp_path) as there:
        manager, seller = log_in(there, "M001"), log_in(here, "S001")
        with live(there, manager) as (_, lines):
            make_lead(here, seller, ids)
            assert next_event(lines, "position")


def run(database_url: str, folder: Path, *arguments: str, typed: str = "") -> Any:
    return subprocess.run(
        [*SHOWFLOOR, *arguments],
        cwd=ROOT,
        env=environ(database_url, folder),
        input=typed,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def test_a_person_added_on_the_command_line_can_log_in(database_url: str, tmp_path: Path):
    added = run(
        database_url, tmp_path, "create-staff", "B001", "周敏", "--role", "office", typed=f"{PASSWORD}\n"
    )
    again = run(database_url, tmp_path, "create-staff", "B001", "周敏", typed=f"{PASSWORD}\n")
    short = run(database_url, tmp_path, "set-password", "B001", typed="short\n")
    nobody = run(database_url, tmp_path, "set-password", "B999", typed=f"{PASSWORD}\n")

    assert (added.returncode, added.stdout) == (0, "B001 can log in.\n"), added.stderr
    assert (again.returncode, "another person" in again.stderr) == (1, True)
    assert (short.returncode, "10 to 256 characters" in short.stderr) == (1, True)
    assert (nobody.returncode, "nothing was changed" in nobody.stderr) == (1, True)
    with serving(database_url, tmp_path) as address:
        log_in(address, "B001")


def test_the_server_says_where_it_is_and_shares_its_port_with_nobody(tmp_path: Path):
    with serving(f"sqlite:///{tmp_path / 'hub.db'}", tmp_path) as address:
        (log,) = tmp_path.glob("log-*")
        assert re.search(f"^Showfloor: {re.escape(address)}$", log.read_text(), re.MULTILINE)

        port = address.rsplit(":", 1)[1]
        second = run(f"sqlite:///{tmp_path / 'hub.db'}", tmp_path, "serve", "--port", port)
        assert (second.returncode, f"127.0.0.1:{port} already" in second.stderr) == (1, True)


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
