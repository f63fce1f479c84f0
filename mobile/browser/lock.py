"""Writes `locks/browser.txt`: `python -m mobile.browser.lock` resolves the device's packages for Pyodide."""

from __future__ import annotations

import json
import tempfile
import tomllib
from pathlib import Path

from mobile.browser.artifacts import REPOSITORY
from mobile.browser.packages import LOCK, TARGET_OPTIONS, run_pip

HEADER = """\
# The device's Python packages for the browser, resolved from pyproject.toml's [project].dependencies.
# Written by `python -m mobile.browser.lock`; the build installs exactly these files.
"""


def resolve() -> list[str]:
    """One `name==version --hash=…` line for each package that the browser app needs."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "report.json"
        run_pip("install", "--dry-run", "--ignore-installed", *TARGET_OPTIONS, "--target", scratch,
                "--report", report, *project["project"]["dependencies"])  # fmt: skip
        packages = json.loads(report.read_text(encoding="utf-8"))["install"]
    return sorted(
        f"{package['metadata']['name'].lower().replace('_', '-')}=={package['metadata']['version']}"
        f" --hash=sha256:{package['download_info']['archive_info']['hashes']['sha256']}"
        for package in packages
    )


def main() -> None:
    """Write the lock."""
    LOCK.parent.mkdir(exist_ok=True)
    LOCK.write_text(HEADER + "\n".join(resolve()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
