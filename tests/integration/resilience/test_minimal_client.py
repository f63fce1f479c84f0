"""A second client, written from docs/protocol.md alone, joins a sync over JSON and converges."""

import ast
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from shared_models.sales.tables import FollowUp, Lead
from sync.hub.recorder import recording
from tests.databases import migrated_sqlite_url
from tests.integration.resilience.serving import Showroom, showroom
from tests.integration.server.company import PASSWORD
from tests.processes import ROOT

SCRIPT = ROOT / "examples" / "minimal_client.py"


class MinimalClient:
    """The script, run as a person would run it: a process for each command, a file for its copy."""

    def __init__(self, room: Showroom, file: Path) -> None:
        self.file = file
        self("login", room.addresses[0], "S001", PASSWORD)

    def __call__(self, *words: str) -> list[dict[str, Any]]:
        ran = subprocess.run(
            [sys.executable, str(SCRIPT), str(self.file), *words],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ran.returncode == 0, (words, ran.stdout, ran.stderr)
        return [json.loads(line) for line in ran.stdout.splitlines()]

    def row(self, table: str, row_id: str) -> dict[str, Any] | None:
        return {row["id"]: row for row in self("rows", table)}.get(row_id)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showroom]:
    folder = tmp_path_factory.mktemp("showroom")
    with showroom(migrated_sqlite_url(folder), folder) as running:
        yield running


@pytest.fixture
def lead(room: Showroom) -> str:
    return room.make_lead()


@pytest.fixture
def client(room: Showroom, lead: str, tmp_path: Path) -> MinimalClient:
    return MinimalClient(room, tmp_path / "copy.db")


def test_it_is_short_and_needs_httpx_and_the_standard_library_alone():
    source = SCRIPT.read_text()
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module or ""] if isinstance(node, ast.ImportFrom) else [each.name for each in node.names]
        )
    }
    assert len(source.splitlines()) <= 300
    assert imported - sys.stdlib_module_names == {"httpx"}


def test_it_resumes_a_first_sync_that_was_cut_off_and_holds_what_the_app_holds(room, client, lead):
    (first,) = client("sync", "--limit", "3", "--rounds", "1")
    assert (first["rounds"], first["received"]) == (1, 3)
    (rest,) = client("sync", "--limit", "3")
    assert rest["rounds"] > 1
    device = room.device("S001")
    device.sync()
    for table, model in (("lead", Lead), ("customer", "customer")):
        with device.replica.engine.connect() as connection:
            held = connection.exec_driver_sql(f'SELECT id FROM "{table}"').scalars().all()
        assert {row["id"] for row in client("rows", table)} == set(held), model


def test_what_it_writes_another_device_shows_and_the_other_way_round(room, client, lead):
    client("sync")
    manager = room.device("M001")
    manager.sync()
    client("edit", "lead", lead, "budget_fen=9000000", 'styles=["现代"]')
    client("visit", lead, "看了三款沙发")
    assert client("status") == [{"pending": 2, "refused": 0, "conflicts": 0}]
    assert client.row("lead", lead)["budget_fen"] == 9_000_000  # before any server has heard of it
    client("sync")
    manager.sync()
    assert (manager.get(Lead, lead).budget_fen, manager.get(Lead, lead).styles) == (9_000_000, ["现代"])
    with manager.replica.reading() as session:
        (visit,) = session.exec(select(FollowUp).where(FollowUp.lead_id == lead)).all()
    assert (visit.note, visit.channel, visit.staff_id) == ("看了三款沙发", "store_visit", room.ids["S001"])

    manager.edit(Lead, lead, region="南山")
    manager.sync()
    client("sync")
    assert client.row("lead", lead)["region"] == "南山"


def test_a_value_that_gave_way_is_in_its_inbox_and_can_be_taken_back(room, client, lead):
    client("sync")
    manager = room.device("M001")
    manager.sync()
    client("edit", "lead", lead, "budget_fen=1")
    manager.edit(Lead, lead, budget_fen=2)
    manager.sync()
    client("sync")
    kept = client.row("lead", lead)["budget_fen"]
    (conflict,) = client("conflicts")
    assert {kept, json.loads(conflict["lost"])} == {1, 2}
    client("take", conflict["id"])
    client("sync")
    manager.sync()
    assert manager.get(Lead, lead).budget_fen == json.loads(conflict["lost"])
    assert manager.replica.open_conflicts() == []
    assert client("status") == [{"pending": 0, "refused": 0, "conflicts": 0}]


def test_a_refused_unit_steps_aside_with_its_reason_and_the_others_go_on(room, client, lead):
    client("sync")
    client("edit", "lead", lead, "budget_fen=true")
    client("visit", lead, "照常")
    client("sync")
    (refused,) = client("refused")
    assert (refused["outcome"], refused["code"]) == ("refused", "bad_value")
    assert client("status") == [{"pending": 0, "refused": 1, "conflicts": 0}]
    assert client.row("lead", lead)["budget_fen"] is None
    client("resend", refused["unit"])
    client("sync")
    (again,) = client("refused")
    assert again["unit"] != refused["unit"]
    client("drop", again["unit"])
    assert client("refused") == []


def test_a_row_that_left_its_scope_leaves_the_copy_and_what_was_done_before_counts(room, client, lead):
    client("sync")
    client("edit", "lead", lead, 'region="福田"')
    now_ms = room.services.now_ms()
    with room.services.database.writing() as session, recording(session, author="office", at_ms=now_ms):
        session.get_one(Lead, lead).owner_id = room.ids["S002"]
    client("sync")
    assert client.row("lead", lead) is None
    with room.services.database.reading() as session:
        assert session.get_one(Lead, lead).region == "福田"


def test_it_renews_a_token_that_is_not_taken_and_goes_on_from_a_cursor_nobody_knows(room, client, lead):
    client("sync")
    rows = client("rows", "customer")
    with sqlite3.connect(client.file) as copy:
        copy.execute("UPDATE state SET value = '\"spent\"' WHERE key = 'access'")
        copy.execute("UPDATE state SET value = '\"nonsense\"' WHERE key = 'cursor'")
    copy.close()
    client("visit", lead, "仍然送到")
    client("sync")
    assert client("rows", "customer") == rows
    assert client("status") == [{"pending": 0, "refused": 0, "conflicts": 0}]
