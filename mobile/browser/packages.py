"""The device's Python packages for the browser, from the hashed lock `locks/browser.txt`."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from mobile.browser.artifacts import REPOSITORY, cached
from mobile.browser.runtime import NODE_SCRIPTS, PYODIDE, run_node, runtime_version

LOCK = REPOSITORY / "locks" / "browser.txt"
PLATFORM = "pyemscripten_2026_0_wasm32"
PYTHON_VERSION = "3.14"
TARGET_OPTIONS = (
    "--only-binary=:all:", f"--platform={PLATFORM}", f"--python-version={PYTHON_VERSION}", "--implementation=cp",
    "--abi=cp314", "--abi=abi3", "--abi=none",
)  # fmt: skip
EXTENSION_SUFFIX = ".so"
# Zip members carry a fixed moment, so that the same inputs give the same bytes.
ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)
# Nothing a running app reads: command line entry points, type stubs, sources of compiled parts, test suites.
UNUSED = re.compile(
    r"(^|/)(__pycache__|tests?|testing/plugin|bin|\.dist-info/(RECORD|INSTALLER))(/|$)|\.(pyi|pyx|pxd|c|h|exe)$"
    r"|^(flet/cli|sqlalchemy/dialects/(mysql|oracle|mssql|postgresql)|sqlalchemy/testing|pydantic/v1)/",
)


def run_pip(*arguments: str | Path) -> None:
    """Run pip of this Python; raises `CalledProcessError` when it fails."""
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True)


def install_packages() -> Path:
    """Folder with the locked packages, unpacked for Pyodide; every wheel must have the hash of the lock."""

    def make(folder: Path) -> None:
        run_pip("install", "--no-deps", "--require-hashes", "--no-compile", *TARGET_OPTIONS, "--target", folder,
                "--requirement", LOCK)  # fmt: skip

    return cached("packages", [LOCK], make)


def is_used(name: str) -> bool:
    """Whether a file of a package, named by its path, can matter to the running app."""
    return UNUSED.search(name) is None


def compile_tree(source: Path, label: str) -> Path:
    """A copy of the tree with bytecode instead of Python sources, made by the wheel's own CPython."""

    def make(folder: Path) -> None:
        for file in sorted(source.rglob("*")):
            name = file.relative_to(source).as_posix()
            if file.is_file() and is_used(name):
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, target)
        run_node("compile.mjs", PYODIDE, folder)
        for python_source in folder.rglob("*.py"):
            python_source.unlink()

    return cached(label, [source, runtime_version(), NODE_SCRIPTS / "compile.mjs", UNUSED.pattern], make)


def native_roots(tree: Path) -> frozenset[str]:
    """Top folders that hold a compiled extension, which Python can only import from files."""
    return frozenset(file.relative_to(tree).parts[0] for file in tree.rglob(f"*{EXTENSION_SUFFIX}"))


def write_stored_zip(target: Path, files: dict[str, Path]) -> None:
    """An uncompressed zip, the same bytes for the same files; compression is left to the transport."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, file in sorted(files.items()):
            archive.writestr(zipfile.ZipInfo(name, ZIP_EPOCH), file.read_bytes())
