"""`showfloor` in processes of its own, which need not import the server first.

Importing it takes seconds and dozens of tests start it, so one process has done so, and each command is forked from that
one. All else is the command's own: its arguments, its environment, its files, its memory and its death. That a process which
begins with nothing does the same is seen where the product is used in a browser.
"""

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
READY_S = 90
_IMPORTED = ["tests.processes", "server.operating", "server.app"]
_ADDING = os.O_WRONLY | os.O_CREAT | os.O_APPEND


class Command:
    """A `showfloor` command under way; the processes that it starts, such as those that serve, are in its group."""

    def __init__(
        self,
        arguments: Sequence[str],
        environ: Mapping[str, str],
        log: Path,
        *,
        errors: Path | None = None,
        typed: Path | None = None,
    ) -> None:
        """Start it; what it writes is added to `log`, or what is an error to `errors`; what it reads is in `typed`."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(_IMPORTED)
        files = str(typed or os.devnull), str(log), str(errors or log)
        self._process: ForkServerProcess = context.Process(
            target=_run, args=(list(arguments), dict(environ), files)
        )
        self._process.start()

    @property
    def pid(self) -> int:
        """The number of the process, and of its group."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Its status; None while it runs, less than nothing when a signal ended it."""
        return self._process.exitcode

    def wait(self, seconds: float = 60) -> int:
        """Its status once it has ended. Raises `TimeoutExpired`."""
        self._process.join(seconds)
        status = self._process.exitcode
        if status is None:
            raise subprocess.TimeoutExpired("showfloor", seconds)
        return status

    def terminate(self) -> None:
        """Ask it to end."""
        self._process.terminate()

    def kill(self) -> None:
        """End it and all that it started without warning: one that serves would go on without the one that watches it."""
        os.killpg(self.pid, signal.SIGKILL)


def _run(arguments: list[str], environ: dict[str, str], files: tuple[str, str, str]) -> None:
    from server.cli import main  # whoever only starts a command needs none of it

    os.setsid()
    multiprocessing.set_start_method("fork", force=True)  # as it is where nothing was forked before
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environ)
    for descriptor, (file, how) in enumerate(zip(files, (os.O_RDONLY, _ADDING, _ADDING), strict=True)):
        opened = os.open(file, how, 0o600)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.stdin = open(0, closefd=False, encoding="utf-8")  # noqa: SIM115 - it is closed with the process
    sys.exit(main(arguments))


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def wait_until_ready(address: str, server: Command, log: Path) -> None:
    """Wait until the server there takes requests."""
    ends = time.monotonic() + READY_S
    while time.monotonic() < ends and server.poll() is None:
        try:
            if httpx.get(f"{address}/api/ready", trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise AssertionError(f"the server did not become ready: {log.read_text()}")
