"""Compressing an answer in the best way that the caller accepts (RFC 9110, section 12.5.3).

Litestar's own middleware sends gzip when asked for zstd, and cannot tell a refused coding (`q=0`) from an accepted one.
"""

import gzip
from collections.abc import Callable, Collection

import brotli
import zstandard

SMALLEST_BYTES = 600
"""What fits into one packet anyway is sent as it is."""

_COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    # Rows come out as small as with level 6, which takes three times as long.
    "zstd": lambda body: zstandard.ZstdCompressor(level=3).compress(body),
    "br": lambda body: bytes(brotli.compress(body, quality=5)),
    "gzip": lambda body: gzip.compress(body, compresslevel=5, mtime=0),
}
"""By preference: zstd costs the least time for its size."""


def compressed(body: bytes, accept_encoding: str) -> tuple[bytes, str | None]:
    """The body as the caller wants it, with the name of its coding, None for as it is."""
    if len(body) < SMALLEST_BYTES:
        return body, None
    coding = preferred(accept_encoding, tuple(_COMPRESS))
    return (_COMPRESS[coding](body), coding) if coding else (body, None)


def preferred(accept_encoding: str, offered: Collection[str]) -> str | None:
    """The coding of `offered` (ours first) that the header values most; None when it accepts none of them."""
    accepted = _qualities(accept_encoding)
    rest = accepted.get("*", 0.0)
    best = max(offered, key=lambda coding: accepted.get(coding, rest), default=None)
    return best if best is not None and accepted.get(best, rest) > 0 else None


def _qualities(header: str) -> dict[str, float]:
    qualities = {}
    for part in header.lower().split(","):
        coding, _, parameter = part.strip().partition(";")
        name, _, value = parameter.strip().partition("=")
        if coding:
            qualities[coding.strip()] = _quality(value) if name.strip() == "q" else 1.0
    return qualities


def _quality(value: str) -> float:
    try:
        return min(1.0, max(0.0, float(value)))
    except ValueError:
        return 0.0
