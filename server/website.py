"""Serving the built app: one folder of files, some of them with a compressed neighbour (`main.js` and `main.js.br`)."""

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from mimetypes import guess_type
from os import stat_result
from pathlib import Path, PurePosixPath
from typing import Any

from litestar import MediaType, Request, Response, Router, get, head
from litestar.concurrency import sync_to_thread
from litestar.datastructures import ETag, State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import File

from server.auth.middleware import OPEN
from server.compression import preferred
from server.services import Services, Wired

INDEX = "index.html"
_NEIGHBOURS = {"br": ".br", "zstd": ".zst", "gzip": ".gz"}
_TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
    ".otf": "font/otf",
    ".ttf": "font/ttf",
    ".svg": "image/svg+xml",
}
"""Where the machine's own list may be wrong or missing: browsers refuse modules and WebAssembly of another type."""
_HASHED = re.compile(r"[.-](?=[0-9a-f]*[0-9])[0-9a-f]{8,64}(?=[./]|$)")
"""In the name of a file or of a folder above it."""
_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_FIRST = "no-cache"

_MISSING_PAGE = """<!doctype html>
<html lang="zh-CN"><meta charset="utf-8"><title>Showfloor</title>
<meta name="viewport" content="width=device-width">
<style>body{font:16px/1.6 system-ui,sans-serif;max-width:36rem;margin:15vh auto;padding:0 1.5rem}code{font-size:.95em}</style>
<h1>Showfloor</h1>
<p>服务器已启动，但还没有构建网页应用。数据未受影响。请运行 <code>make web</code>，然后刷新本页。</p>
<p lang="en">The server is running, but the app has not been built yet. No data is affected. Run <code>make web</code>,
then reload this page.</p>
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A file to be sent: its path below the root, what was asked for, and the form of it that the caller gets."""

    path: str
    asked: Path
    sent: Path
    stat: stat_result
    coding: str | None


def find(root: Path, path: str, accept_encoding: str) -> Found | None:
    """The file at `path` below `root`, in the best compressed form that exists and is accepted; None for none.

    A path without an extension is a screen of the app (`/leads/42`), which the app itself resolves.
    """
    relative = PurePosixPath(path.lstrip("/"))
    if not relative.name or not relative.suffix:
        relative = PurePosixPath(INDEX)
    base = root.resolve()
    asked = (base / relative).resolve()
    if not asked.is_relative_to(base) or not asked.is_file():
        return None
    forms = {coding: asked.with_name(asked.name + suffix) for coding, suffix in _NEIGHBOURS.items()}
    there = tuple(coding for coding, form in forms.items() if form.is_file())
    coding = preferred(accept_encoding, there)
    sent = forms[coding] if coding else asked
    return Found(relative.as_posix(), asked, sent, sent.stat(), coding)


@get(["/", "/{path:path}"], opt=OPEN, include_in_schema=False)
async def page(
    services: Wired, request: Request[Any, Any, State], path: FromPath[str] = "/"
) -> Response[Any]:
    """A file of the built app."""
    return await sync_to_thread(_answer, services, request, path)


@head(["/", "/{path:path}"], opt=OPEN, include_in_schema=False)
async def page_head(
    services: Wired, request: Request[Any, Any, State], path: FromPath[str] = "/"
) -> Response[None]:
    """What a file of the built app would be sent with."""
    return await sync_to_thread(_answer, services, request, path)


def _answer(services: Services, request: Request[Any, Any, State], path: str) -> Response[Any]:
    if path.startswith("/api/"):
        raise NotFoundException
    root = services.settings.web_dir
    found = find(root, path, request.headers.get("accept-encoding", ""))
    if found is None:
        if (root / INDEX).is_file():
            raise NotFoundException
        return Response(_MISSING_PAGE, status_code=503, media_type=MediaType.HTML, headers=page_headers(None))
    etag = f"{found.stat.st_mtime_ns:x}-{found.stat.st_size:x}{'-' + found.coding if found.coding else ''}"
    headers = _file_headers(found)
    if etag in request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers={**headers, "ETag": f'"{etag}"'})
    return File(
        found.sent,
        stat_result=found.stat,
        etag=ETag(value=etag),
        media_type=_media_type(found.asked),
        headers=headers,
        content_disposition_type="inline",
    )


def _file_headers(found: Found) -> dict[str, str]:
    headers = page_headers(found.asked if found.asked.suffix == ".html" else None)
    headers["Vary"] = "Accept-Encoding"
    headers["Cache-Control"] = _FOR_EVER if _HASHED.search(found.path) else _ASK_FIRST
    if found.coding:
        headers["Content-Encoding"] = found.coding
    return headers


def _media_type(file: Path) -> str:
    return _TYPES.get(file.suffix) or guess_type(file.name)[0] or "application/octet-stream"


def page_headers(page_file: Path | None) -> dict[str, str]:
    """The headers that isolate the app from other origins, which SharedArrayBuffer and file handles ask for.

    Scripts come from this server alone. WebAssembly may be compiled, text may not be evaluated; the page's own inline
    scripts are allowed by the hash of each, so that none can be smuggled in.
    """
    hashes = _script_hashes(page_file, page_file.stat().st_mtime_ns) if page_file else ""
    policy = {
        "default-src": "'self'",
        "script-src": f"'self' 'wasm-unsafe-eval' {hashes}".strip(),
        "worker-src": "'self' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' blob: data:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in policy.items()),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
    }


@lru_cache(maxsize=8)
def _script_hashes(page_file: Path, _changed_ns: int) -> str:
    scripts = _INLINE_SCRIPT.findall(page_file.read_text(encoding="utf-8"))
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return " ".join(f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)


website_routes = Router("/", route_handlers=[page, page_head])
