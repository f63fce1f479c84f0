"""Work in a fork: silent, bounded in time, and gone with all that it started."""

import contextlib
import os
import resource
import shutil
import signal
import time
from collections.abc import Callable

from tools.mutants.changes import ROOT

TEMPORARY = ROOT / "build" / "mutants.tmp"
"""Where the tests put their files; emptied after each fork."""

_ENDED_BADLY = 77


class CannotJudge(Exception):
    """The fork died of something that says nothing about what was tried."""


def forked(work: Callable[[], str], limit_s: float) -> str:
    """What `work` returns, done in a fork.

    Raises `TimeoutError` when it uses more than so many seconds of a processor, or waits three times as long by the clock;
    `CannotJudge` when it raises or dies.
    """
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        _in_child(work, told, limit_s)
    os.close(told)
    status = _status_of(child, time.monotonic() + 3 * limit_s)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what it may have left behind
    if status is None:
        os.waitpid(child, 0)
    with os.fdopen(heard) as answer:
        text = answer.read()
    shutil.rmtree(TEMPORARY, ignore_errors=True)
    if status is None or (os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGXCPU):
        raise TimeoutError
    if not os.WIFEXITED(status) or os.WEXITSTATUS(status):
        raise CannotJudge(text or f"status {status}")
    return text


def _in_child(work: Callable[[], str], told: int, limit_s: float) -> None:
    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_CPU, (int(limit_s) + 1, int(limit_s) + 6))
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    try:
        text, code = work(), 0
    except BaseException as failure:  # noqa: BLE001 - told to the parent
        text, code = f"{type(failure).__name__}: {failure}", _ENDED_BADLY
    os.write(told, text.encode()[:4000])
    os._exit(code)


def _status_of(child: int, until: float) -> int | None:
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        time.sleep(0.01)
    return None
