"""The memory of a Python that has already imported the app, so that a device need not start and import it again."""

from __future__ import annotations

import json
from pathlib import Path

from mobile.browser.artifacts import cached
from mobile.browser.packages import EXTENSION_SUFFIX
from mobile.browser.page import PAGE
from mobile.browser.runtime import NODE_SCRIPTS, run_node

BYTECODE_SUFFIX = ".pyc"
APP_PACKAGES = ("mobile", "sync", "shared_models")
# The packages that the app's imports reach late, on the way to the first screen or the first sync.
PACKAGES = (
    "asyncio", "decimal", "email.message", "flet", "flet.components", "flet.messaging.protocol",
    "flet.messaging.session", "flet.pubsub.pubsub_hub", "fractions", "html", "http.cookiejar", "httpx",
    "importlib.resources", "json", "logging.handlers", "msgpack", "msgspec", "apsw", "random", "runpy", "secrets",
    "sqlalchemy", "sqlalchemy.dialects.sqlite.pysqlite", "sqlalchemy.ext.hybrid", "sqlalchemy.ext.mutable",
    "sqlalchemy.orm", "sqlmodel", "tempfile", "traceback", "uuid", "uuid_utils", "zoneinfo",
)  # fmt: skip


def app_modules(code: Path) -> list[str]:
    """Every module of the app, by dotted name; `main` last, which must do nothing when it is only imported."""
    names = []
    for file in sorted(code.rglob(f"*{BYTECODE_SUFFIX}")):
        parts = file.relative_to(code).with_suffix("").parts
        if parts[0] in APP_PACKAGES:
            names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return [*names, "main"]


def extension_names(native: Path) -> list[str]:
    """The compiled extensions, in the one order in which they are always loaded."""
    return [file.relative_to(native).as_posix() for file in sorted(native.rglob(f"*{EXTENSION_SUFFIX}"))]


def make_snapshot(pyodide: Path, app_zip: Path, native: Path, code: Path) -> Path:
    """File with Python's memory after it imported the packages and every module of the app, made under Node."""
    plan = json.dumps({"libraries": extension_names(native), "modules": [*PACKAGES, *app_modules(code)]})

    def make(folder: Path) -> None:
        (folder / "plan.json").write_text(plan, encoding="utf-8")
        run_node("snapshot.mjs", pyodide, app_zip, native, folder / "plan.json", folder / "snapshot.bin")

    inputs: list[str | bytes | Path] = [
        plan,
        app_zip,
        native,
        pyodide,
        NODE_SCRIPTS / "snapshot.mjs",
        PAGE / "libraries.mjs",
    ]
    return cached("snapshot", inputs, make) / "snapshot.bin"
