"""The browser that the tests drive, and its processes."""

import os
import shutil
from pathlib import Path

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str:
    """The browser to drive: `CHROMIUM`, or whichever is installed."""
    names = (os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if name and (path := shutil.which(name))), None)
    assert found, "no Chromium: install one with `make system-packages`, or name one in CHROMIUM"
    return found


def processes_with(argument: str) -> list[int]:
    """The processes of this machine that were started with exactly this argument."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                arguments = (entry / "cmdline").read_bytes().split(b"\0")
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended while we looked
            if argument.encode() in arguments:
                found.append(int(entry.name))
    return found
