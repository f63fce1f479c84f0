"""What a photo may be: a JPEG, not larger than a screen shows, with a thumbnail small enough to be everywhere."""

import re
from collections.abc import Mapping
from typing import Any

from shared_models.errors import RuleError

MEDIA_TYPE = "image/jpeg"
LONGEST_SIDE_PX = 1_600
"""A picture is scaled down to this before it is kept: enough to read a price tag, a tenth of what a camera makes."""
PICTURE_BYTES_AIMED_AT = 1024 * 1024
THUMBNAIL_SIDE_PX = 192
MOST_THUMBNAIL_BYTES = 8 * 1024
PHOTOS_A_VISIT = 9
ABOUT = frozenset({"lead", "followup"})
"""The tables whose rows have photos."""

_SHA256 = re.compile(r"[0-9a-f]{64}")


def is_sha256(text: str) -> bool:
    """Whether this is a SHA-256 as 64 lower-case hexadecimal digits."""
    return _SHA256.fullmatch(text) is not None


def checked_photo(photo: Mapping[str, Any]) -> None:
    """Refuses a photo whose row cannot be true: `RuleError("photo")`, with the column in `field`."""
    truths = {
        "about_table": photo["about_table"] in ABOUT,
        "picture_sha256": is_sha256(photo["picture_sha256"]),
        "thumbnail_sha256": is_sha256(photo["thumbnail_sha256"]),
        "picture_bytes": photo["picture_bytes"] > 0,
        "thumbnail_bytes": 0 < photo["thumbnail_bytes"] <= MOST_THUMBNAIL_BYTES,
        "width_px": 0 < photo["width_px"] <= LONGEST_SIDE_PX,
        "height_px": 0 < photo["height_px"] <= LONGEST_SIDE_PX,
    }
    for field, is_true in truths.items():
        if not is_true:
            raise RuleError("photo", field=field)
