"""Compresses text, WebAssembly and archives at build time, so that a server only has to pick the right file."""

from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import brotli

from mobile.browser.artifacts import CACHE, digest_of

COMPRESSED_SUFFIXES = frozenset(
    {".html", ".js", ".mjs", ".json", ".wasm", ".zip", ".bin", ".otf", ".ttf", ".svg", ""}
)
SMALLEST_BYTES = 1024
# Large files at the highest level would take minutes and win little.
HIGH_LEVEL_LIMIT_BYTES = 2_000_000
HIGH_LEVEL, LOW_LEVEL, GZIP_LEVEL, QUICK_LEVEL = 11, 7, 6, 1


def compress(source: Path, *, quickly: bool = False) -> None:
    """Write `source.br` and `source.gz`, from the cache when the same bytes were compressed before.

    `quickly` makes them larger where they are not in the cache, and keeps them out of it.
    """
    content = source.read_bytes()
    cache = CACHE / "compressed" / digest_of([content])
    for suffix in ("br", "gz"):
        stored = cache.with_suffix(f".{suffix}")
        if stored.exists():
            packed = stored.read_bytes()
        else:
            packed = _packed(content, suffix, quickly=quickly)
            if not quickly:
                unfinished = stored.with_suffix(f".{suffix}.partial")
                unfinished.write_bytes(packed)
                unfinished.rename(stored)
        (source.parent / f"{source.name}.{suffix}").write_bytes(packed)


def _packed(content: bytes, suffix: str, *, quickly: bool) -> bytes:
    if suffix == "gz":
        return gzip.compress(content, QUICK_LEVEL if quickly else GZIP_LEVEL, mtime=0)
    level = HIGH_LEVEL if len(content) <= HIGH_LEVEL_LIMIT_BYTES else LOW_LEVEL
    packed: bytes = brotli.compress(content, quality=QUICK_LEVEL if quickly else level)
    return packed


def precompress(out: Path, *, quickly: bool = False) -> None:
    """Compress every file of the build that gains from it; `quickly` as `compress` says."""
    (CACHE / "compressed").mkdir(parents=True, exist_ok=True)
    files = [
        file
        for file in sorted(out.rglob("*"))
        if file.is_file() and file.suffix in COMPRESSED_SUFFIXES and file.stat().st_size >= SMALLEST_BYTES
    ]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(partial(compress, quickly=quickly), files))
