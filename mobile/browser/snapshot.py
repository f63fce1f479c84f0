"""The memory of a Python that has already started, so that a device need not start it again."""

from __future__ import annotations

from pathlib import Path

from mobile.browser.artifacts import cached
from mobile.browser.runtime import NODE_SCRIPTS, PYODIDE, run_node, runtime_version

# What Flet, SQLAlchemy, pydantic and httpx import of the standard library; none of it loads a compiled extension.
MODULES = (
    "argparse", "array", "ast", "asyncio", "base64", "bisect", "calendar", "codecs", "collections.abc", "colorsys",
    "concurrent.futures", "configparser", "contextlib", "contextvars", "copy", "csv", "dataclasses", "datetime",
    "decimal", "difflib", "dis", "email.message", "email.parser", "enum", "fractions", "functools", "gc", "glob",
    "hashlib", "heapq", "hmac", "html", "http.client", "http.cookiejar", "http.cookies", "importlib.metadata",
    "importlib.resources", "inspect", "io", "ipaddress", "itertools", "json", "locale", "logging", "logging.handlers",
    "math", "mimetypes", "netrc", "numbers", "operator", "os", "pathlib", "pickle", "pkgutil", "platform", "pprint",
    "queue", "random", "re", "runpy", "secrets", "shutil", "signal", "socket", "statistics", "string", "struct",
    "subprocess", "tempfile", "textwrap", "threading", "time", "timeit", "traceback", "types", "typing",
    "unicodedata", "urllib.parse", "urllib.request", "uuid", "warnings", "weakref", "zipfile", "zipimport", "zlib",
    "zoneinfo",
)  # fmt: skip


def make_snapshot() -> Path:
    """File with the memory of the wheel's Pyodide after it imported `MODULES`, made under Node."""

    def make(folder: Path) -> None:
        run_node("snapshot.mjs", PYODIDE, folder / "snapshot.bin", *MODULES)

    inputs = [runtime_version(), NODE_SCRIPTS / "snapshot.mjs", *MODULES]
    return cached("snapshot", inputs, make) / "snapshot.bin"
