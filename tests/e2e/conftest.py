"""The product as it is delivered: built once, served on the imported files, and tablets to use it with."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.e2e.faulty_network import FaultyNetwork
from tests.e2e.leads import FreshLead, Leads
from tests.e2e.people import PEOPLE
from tests.e2e.running_server import REPOSITORY, RunningServer
from tests.e2e.tablet import SIZE, Tablet

WEB = REPOSITORY / "build" / "web"
EVIDENCE = REPOSITORY / "build" / "e2e"
_BUILT = REPOSITORY / "build" / ".web-built"
_SOURCES = ("mobile", "shared_models", "sync", "main.py", "locks/browser.txt")


class MakeTablet(Protocol):
    """Makes a device of this name, of the size of a tablet unless said otherwise; `home` is what its person sees first."""

    def __call__(self, name: str, *, size: tuple[int, int] = SIZE, home: str = "today-ready") -> Tablet: ...


@pytest.fixture(scope="session")
def web() -> Path:
    """The browser app, built again if a source is newer than the last build."""
    built = _BUILT.stat().st_mtime if _BUILT.exists() and WEB.is_dir() else 0.0
    if any(source.stat().st_mtime > built for source in _sources()):
        subprocess.run([sys.executable, "-m", "mobile.browser.build"], cwd=REPOSITORY, check=True)
        _BUILT.touch()
    return WEB


@pytest.fixture(scope="session")
def server(web: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with the imported files, for the whole run: each test keeps to leads of its own."""
    running = RunningServer(tmp_path_factory.mktemp("server"), web)
    running.begin_with(_loaded(web, tmp_path_factory))
    with running:
        yield running


def _loaded(web: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a server with the imported files and its people let in: made by the first worker, for all of them."""
    own = tmp_path_factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    with (shared / "loaded.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "loaded").exists():
            loading = RunningServer(tmp_path_factory.mktemp("loading"), web)
            loading.load()
            loading.let_in(*PEOPLE)
            loading.data.rename(shared / "loaded")
    return shared / "loaded"


@pytest.fixture(scope="session")
def fresh_lead(server: RunningServer) -> FreshLead:
    return Leads(server).fresh


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def tablet(
    server: RunningServer, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MakeTablet]:
    """Makes a new tablet with a network of its own; all of them are closed at the end of the module."""
    with ExitStack() as stack:

        def make(name: str, *, size: tuple[int, int] = SIZE, home: str = "today-ready") -> Tablet:
            network = stack.enter_context(FaultyNetwork(server.port))
            profile = tmp_path_factory.mktemp(name)
            made = Tablet(playwright, name, profile, network, EVIDENCE, size=size, home=home)
            stack.callback(made.close)
            return made

        yield make


def _sources() -> Iterator[Path]:
    for name in _SOURCES:
        path = REPOSITORY / name
        yield from (
            (each for each in path.rglob("*") if each.is_file() and each.suffix != ".pyc")
            if path.is_dir()
            else (path,)
        )
