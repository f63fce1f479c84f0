"""Lists the build's files with their hashes, for the service worker that keeps the offline copy."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TypedDict

from mobile.browser.artifacts import digest_of
from mobile.browser.page import PAGE

SERVICE_WORKER = "sw.js"
MANIFEST = "asset-manifest.json"
# Only one of Flutter's two renderers runs in a browser; the offline copy holds just that one.
RENDERER_FILES = {
    "main.dart.wasm": "skwasm", "main.dart.mjs": "skwasm", "canvaskit/skwasm.js": "skwasm",
    "canvaskit/skwasm.wasm": "skwasm", "main.dart.js": "canvaskit", "canvaskit/canvaskit.js": "canvaskit",
    "canvaskit/canvaskit.wasm": "canvaskit",
}  # fmt: skip
# Legal notices and rarely used parts are fetched when somebody opens them.
ONLINE_ONLY = ("assets/NOTICES", "assets/packages/media_kit/", "assets/packages/record_web/", "canvaskit/skwasm_heavy",
               "canvaskit/chromium/")  # fmt: skip


class Asset(TypedDict, total=False):
    """One file of the build: its path below the root, SHA-256, size, and the renderer it belongs to."""

    path: str
    hash: str
    bytes: int
    renderer: str


def list_assets(out: Path) -> list[Asset]:
    """Every file that the offline copy holds, by path."""
    assets: list[Asset] = []
    for file in sorted(out.rglob("*")):
        path = file.relative_to(out).as_posix()
        if not file.is_file() or path.startswith(ONLINE_ONLY):
            continue
        content = file.read_bytes()
        asset: Asset = {"path": path, "hash": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
        if renderer := RENDERER_FILES.get(path):
            asset["renderer"] = renderer
        assets.append(asset)
    return assets


def write_offline_copy(out: Path) -> None:
    """Write `asset-manifest.json` and the service worker that carries the same list."""
    assets = list_assets(out)
    listing = json.dumps(assets)
    script = (PAGE / SERVICE_WORKER).read_text(encoding="utf-8")
    version = digest_of([listing, script])
    (out / MANIFEST).write_text(json.dumps({"version": version, "files": assets}, indent=1), encoding="utf-8")
    script = script.replace("__VERSION__", version).replace('"__FILES__"', listing)
    (out / SERVICE_WORKER).write_text(script, encoding="utf-8")
