"""From what a camera makes to what is kept: turned upright, scaled down, and without a word about where or by what it was taken.

In the browser its own decoder does it, which knows every format that its camera makes; natively Pillow.
"""

from dataclasses import dataclass, field
from importlib import import_module
from io import BytesIO
from typing import Any, Protocol

from mobile.state.database import IS_BROWSER
from shared_models.errors import RuleError
from shared_models.service.photo import (
    LONGEST_SIDE_PX,
    MEDIA_TYPE,
    MOST_THUMBNAIL_BYTES,
    PICTURE_BYTES_AIMED_AT,
    THUMBNAIL_SIDE_PX,
)

_QUALITIES = (82, 70, 55, 40)
_SMALLER = (1.0, 0.75, 0.5, 0.25)
"""A picture that is still too large in the lowest quality is made smaller, until it fits."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture and its thumbnail as JPEG, and the picture's size in pixels."""

    picture: bytes = field(repr=False)
    thumbnail: bytes = field(repr=False)
    width_px: int
    height_px: int


class Source(Protocol):
    """A decoded picture, upright."""

    size: tuple[int, int]

    async def jpeg(self, size: tuple[int, int], quality: int) -> bytes:
        """The picture at that size, as JPEG without metadata; `quality` is 1 to 100."""


async def scaled(content: bytes) -> Shot:
    """A picture to keep from a file that was taken or chosen. Raises `RuleError("photo_unreadable")`."""
    source = await (_browser_source if IS_BROWSER else _pillow_source)(content)
    picture, size = await _fitting(source, LONGEST_SIDE_PX, PICTURE_BYTES_AIMED_AT)
    thumbnail, _ = await _fitting(source, THUMBNAIL_SIDE_PX, MOST_THUMBNAIL_BYTES)
    return Shot(picture, thumbnail, *size)


def fitting_size(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """Width and height with the same ratio, the longer at most `longest`, neither below 1; never larger than before."""
    share = min(1.0, longest / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


async def _fitting(source: Source, longest: int, most_bytes: int) -> tuple[bytes, tuple[int, int]]:
    content, size = b"", source.size
    for share in _SMALLER:
        size = fitting_size(source.size, round(longest * share))
        for quality in _QUALITIES:
            content = await source.jpeg(size, quality)
            if len(content) <= most_bytes:
                return content, size
    return content, size


class _PillowSource:
    def __init__(self, image: Any) -> None:
        self._image = image
        self.size: tuple[int, int] = image.size

    async def jpeg(self, size: tuple[int, int], quality: int) -> bytes:
        made = BytesIO()
        smaller = self._image.resize(size)
        smaller.info.clear()  # or the profile and the comment of the original would be written again
        smaller.save(made, "JPEG", quality=quality, optimize=True)
        return made.getvalue()


async def _pillow_source(content: bytes) -> Source:
    pillow, operations = import_module("PIL.Image"), import_module("PIL.ImageOps")
    try:
        with pillow.open(BytesIO(content)) as image:
            image.draft("RGB", (2 * LONGEST_SIDE_PX, 2 * LONGEST_SIDE_PX))
            upright = operations.exif_transpose(image)
            upright.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
            return _PillowSource(upright.convert("RGB"))
    except (OSError, ValueError, SyntaxError, pillow.DecompressionBombError) as error:
        raise RuleError("photo_unreadable") from error


class _BrowserSource:
    def __init__(self, bitmap: Any) -> None:
        self._bitmap = bitmap
        self.size: tuple[int, int] = (int(bitmap.width), int(bitmap.height))

    async def jpeg(self, size: tuple[int, int], quality: int) -> bytes:
        js = import_module("js")
        canvas = js.OffscreenCanvas.new(*size)
        drawing = canvas.getContext("2d")
        drawing.fillStyle = "#ffffff"  # what was transparent would become black
        drawing.fillRect(0, 0, *size)
        drawing.imageSmoothingQuality = "high"
        drawing.drawImage(self._bitmap, 0, 0, *size)
        blob = await canvas.convertToBlob(_to_js({"type": MEDIA_TYPE, "quality": quality / 100}))
        made: bytes = (await blob.arrayBuffer()).to_bytes()
        return made


async def _browser_source(content: bytes) -> Source:
    js, ffi = import_module("js"), import_module("pyodide.ffi")
    blob = js.Blob.new(ffi.to_js([ffi.to_js(content)]))
    try:
        bitmap = await js.createImageBitmap(blob, _to_js({"imageOrientation": "from-image"}))
    except ffi.JsException as error:
        raise RuleError("photo_unreadable") from error
    return _BrowserSource(bitmap)


def _to_js(options: dict[str, Any]) -> Any:
    convert = import_module("pyodide.ffi").to_js
    return convert(options, dict_converter=import_module("js").Object.fromEntries)
