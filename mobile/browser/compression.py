"""Compresses text, WebAssembly and archives at build time, so that a server only has to pick the right file."""

from __future__ import annotations

import gzip
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import brotli

from mobile.browser.artifacts import CACHE, digest_of

COMPRESSED_SUFFIXES = frozenset(
    {".html", ".js", ".mjs", ".json", ".wasm", ".zip", ".bin", ".otf", ".ttf", ".svg", ""}
)
SMALLEST_BYTES = 1024
# Large files at the highest level would take minutes and win little.
HIGH_LEVEL_LIMIT_BYTES = 2_000_000
HIGH_LEVEL, LOW_LEVEL = 11, 7


def compress(source: Path) -> None:
    """Write `source.br` and `source.gz`, from the cache when the same bytes were compressed before."""
    content = source.read_bytes()
    cache = CACHE / "compressed" / digest_of([content])
    level = HIGH_LEVEL if len(content) <= HIGH_LEVEL_LIMIT_BYTES else LOW_LEVEL
    for suffix in ("br", "gz"):
        stored = cache.with_suffix(f".{suffix}")
        if not stored.exists():
            packed = (
                brotli.compress(content, quality=level)
                if suffix == "br"
                else gzip.compress(content, 6, mtime=0)
            )
            partial = stored.with_suffix(f".{suffix}.partial")
            partial.write_bytes(packed)
            partial.rename(stored)
        (source.parent / f"{source.name}.{suffix}").write_bytes(stored.read_bytes())


def precompress(out: Path) -> None:
    """Compress every file of the build that gains from it."""
    (CACHE / "compressed").mkdir(parents=True, exist_ok=True)
    files = [
        file
        for file in sorted(out.rglob("*"))
        if file.is_file() and file.suffix in COMPRESSED_SUFFIXES and file.stat().st_size >= SMALLEST_BYTES
    ]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(compress, files))
