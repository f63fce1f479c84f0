"""A picture from a camera becomes one to keep: small, upright, and silent about where it was taken."""

import asyncio
import os
from io import BytesIO

import pytest
from PIL import Image

from mobile.state.scaling import fitting_size, scaled
from shared_models.errors import RuleError
from shared_models.service.photo import MOST_THUMBNAIL_BYTES, PICTURE_BYTES_AIMED_AT

ORIENTATION, GPS, CAMERA = 0x0112, 0x8825, 0x0110


def camera_picture(size=(400, 200), *, noise=False, **exif) -> bytes:
    """Red on the left, blue on the right, or noise that no format makes small."""
    image = Image.frombytes("RGB", size, os.urandom(size[0] * size[1] * 3)) if noise else halves(size)
    tags = Image.Exif()
    for tag, value in exif.get("tags", {}).items():
        tags[tag] = value
    made = BytesIO()
    image.save(made, "JPEG", exif=tags, quality=95, comment=b"secret remark")
    return made.getvalue()


def halves(size):
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    return image


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


def shot_of(content: bytes):
    return asyncio.run(scaled(content))


def test_a_large_picture_is_scaled_down_to_1600_pixels_with_a_thumbnail_of_at_most_8_kb():
    shot = shot_of(camera_picture((4000, 3000)))
    assert (shot.width_px, shot.height_px) == (1600, 1200) == opened(shot.picture).size
    assert max(opened(shot.thumbnail).size) == 192
    assert len(shot.thumbnail) <= MOST_THUMBNAIL_BYTES


def test_a_small_picture_is_not_blown_up():
    shot = shot_of(camera_picture((120, 80)))
    assert (shot.width_px, shot.height_px) == (120, 80)


def test_even_noise_becomes_small_enough():
    shot = shot_of(camera_picture((2000, 2000), noise=True))
    assert len(shot.thumbnail) <= MOST_THUMBNAIL_BYTES
    assert len(shot.picture) <= PICTURE_BYTES_AIMED_AT
    assert opened(shot.picture).size == (shot.width_px, shot.height_px)


def test_a_picture_that_was_taken_sideways_is_turned_upright():
    shot = shot_of(camera_picture((400, 200), tags={ORIENTATION: 6}))
    assert (shot.width_px, shot.height_px) == (200, 400)
    red, _, blue = opened(shot.picture).getpixel((100, 20))
    assert red > 200 > blue


def test_nothing_about_the_camera_and_the_place_is_kept():
    taken = camera_picture(tags={CAMERA: "Telltale 9", GPS: {1: "N", 2: (22.0, 32.0, 1.0)}})
    assert b"Telltale 9" in taken
    assert b"secret remark" in taken
    shot = shot_of(taken)
    for made in (shot.picture, shot.thumbnail):
        assert not opened(made).getexif()
        assert b"Exif" not in made
        assert b"Telltale 9" not in made
        assert b"secret remark" not in made


@pytest.mark.parametrize("content", [b"", b"not a picture", camera_picture()[:300], b"%PDF-1.7"])
def test_a_file_that_is_no_picture_is_refused(content):
    with pytest.raises(RuleError, match="photo_unreadable"):
        shot_of(content)


def test_a_transparent_png_becomes_a_jpeg():
    made = BytesIO()
    Image.new("RGBA", (50, 40), (255, 0, 0, 128)).save(made, "PNG")
    assert opened(shot_of(made.getvalue()).picture).format == "JPEG"


def test_sizes_keep_their_ratio_and_are_never_nothing():
    assert fitting_size((4000, 3000), 1600) == (1600, 1200)
    assert fitting_size((1, 10_000), 100) == (1, 100)
