"""What stands where rows of a long list have not been built yet: their outline, tiled by the client itself."""

import struct
import zlib
from functools import cache

from mobile.design import tokens

_GREY = (128, 132, 126)
_FAINT = 34
"""Opacity out of 255: readable as an outline on light and dark grounds alike."""


@cache
def row_outline() -> bytes:
    """A PNG of one row's outline (avatar, two lines), `tokens.ROW_EXTENT` high, to be repeated downwards."""
    width, height = 240, tokens.ROW_EXTENT
    middle = tokens.ROW_HEIGHT // 2
    left = tokens.SPACE_3
    text = left + tokens.AVATAR + tokens.SPACE_3
    boxes = (
        (left, middle - tokens.AVATAR // 2, tokens.AVATAR, tokens.AVATAR),
        (text, middle - 16, 84, 12),
        (text, middle + 6, 148, 9),
    )
    lines = bytearray()
    for y in range(height):
        lines.append(0)  # each line of a PNG says how it is filtered: not at all
        for x in range(width):
            inside = any(_is_within(x, y, box) for box in boxes)
            lines += bytes((*_GREY, _FAINT if inside else 0))
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(lines), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _is_within(x: int, y: int, box: tuple[int, int, int, int]) -> bool:
    """Whether the pixel lies in a box (left, top, width, height) with round corners."""
    left, top, width, height = box
    radius = min(tokens.RADIUS_CONTROL, height // 2)
    dx = max(left + radius - x, 0, x - (left + width - 1 - radius))
    dy = max(top + radius - y, 0, y - (top + height - 1 - radius))
    return dx * dx + dy * dy <= radius * radius


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
