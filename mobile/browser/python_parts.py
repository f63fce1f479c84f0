"""The Python side of the build: runtime, packages, app and snapshot, under names that carry their hashes."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Any

from mobile.browser.artifacts import REPOSITORY, cached, digest_of
from mobile.browser.packages import (
    EXTENSION_SUFFIX,
    compile_tree,
    install_packages,
    native_roots,
    write_stored_zip,
)
from mobile.browser.runtime import PYODIDE, runtime_version
from mobile.browser.snapshot import extension_names, make_snapshot

APP_PARTS = ("main.py", "mobile", "sync", "shared_models")
# This build itself, and the server's half of sync.
NOT_ON_DEVICE = frozenset({"mobile/browser", "sync/hub"})
RUNTIME_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "pyodide-lock.json")
STANDARD_LIBRARY = "python_stdlib.zip"


def stage_app(app: Path, target: Path) -> Path:
    """Collect what runs on the device; the code of this build stays behind."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in APP_PARTS:
        # A small app of its own may lack the shared packages; they then come from this repository.
        source = app / name if (app / name).exists() else REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(source, target / name)
    for name in NOT_ON_DEVICE:
        shutil.rmtree(target / name, ignore_errors=True)
    return target


def files_below(
    tree: Path, *, only: frozenset[str] | None = None, but: frozenset[str] = frozenset()
) -> dict[str, Path]:
    """Files of a tree by relative name, of the top folders `only`, without those of the top folders `but`."""
    files = {file.relative_to(tree).as_posix(): file for file in tree.rglob("*") if file.is_file()}
    return {
        name: file
        for name, file in files.items()
        if name.split("/")[0] not in but and (only is None or name.split("/")[0] in only)
    }


def make_runtime() -> Path:
    """The wheel's Pyodide with its standard library as bytecode: the wheel carries sources only."""

    def unpack(folder: Path) -> None:
        with zipfile.ZipFile(PYODIDE / STANDARD_LIBRARY) as archive:
            archive.extractall(folder)

    def make(folder: Path) -> None:
        for name in RUNTIME_FILES:
            shutil.copyfile(PYODIDE / name, folder / name)
        sources = cached("stdlib-sources", [runtime_version()], unpack)
        write_stored_zip(folder / STANDARD_LIBRARY, files_below(compile_tree(sources, "stdlib")))

    return cached("runtime", [runtime_version()], make)


def add_hashed(out: Path, name: str, suffix: str, source: Path) -> str:
    """Copy a file under a name that carries its hash and so never changes; returns its address."""
    hashed = f"{name}-{digest_of([source])}{suffix}"
    shutil.copyfile(source, out / hashed)
    return f"/{hashed}"


def native_files(native: Path, empty: Path) -> dict[str, Path]:
    """Files of the packages with extensions; the extensions themselves are empty, the worker preloads their code."""
    empty.write_bytes(b"")
    return {
        name: empty if name.endswith(EXTENSION_SUFFIX) else file for name, file in files_below(native).items()
    }


def split_packages(packages: Path) -> tuple[dict[str, Path], Path]:
    """The pure packages' files, and a folder with just the packages that have a compiled extension."""
    roots = native_roots(packages)

    def make(folder: Path) -> None:
        for name, file in files_below(packages, only=roots).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, folder / name)

    return files_below(packages, but=roots), cached("native", [packages, *sorted(roots)], make)


def add_python(app: Path, out: Path) -> dict[str, Any]:
    """Write everything that the worker needs to start Python; returns the addresses by name."""
    runtime = make_runtime()
    pure, native = split_packages(compile_tree(install_packages(), "bytecode"))
    staging = REPOSITORY / "build" / "stage"
    code = compile_tree(stage_app(app, staging / "app"), "app")
    pure_zip, native_zip = staging / "app.zip", staging / "native.zip"
    write_stored_zip(pure_zip, pure | files_below(code))
    write_stored_zip(native_zip, native_files(native, staging / "empty"))
    snapshot = make_snapshot(runtime, pure_zip, native, code)
    folder = f"pyodide-{digest_of([runtime])}"
    shutil.copytree(runtime, out / folder)
    return {
        "pyodideUrl": f"/{folder}/pyodide.mjs",
        "appUrl": add_hashed(out, "app", ".zip", pure_zip),
        "nativeUrl": add_hashed(out, "native", ".zip", native_zip),
        "snapshotUrl": add_hashed(out, "snapshot", ".bin", snapshot),
        "libraries": [
            {
                "path": f"/app/native/{name}",
                "url": add_hashed(out, Path(name).name.split(".")[0], ".wasm", native / name),
            }
            for name in extension_names(native)
        ],
    }
