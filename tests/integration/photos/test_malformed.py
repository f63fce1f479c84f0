"""Malformed requests for photos are refused and change nothing."""

import pytest

from tests.integration.photos.acts import (
    PIECE_TYPE,
)
from tests.integration.photos.photographer import shot

BAD_HEADERS = [
    {"Upload-Offset": "-1"}, {"Upload-Offset": "1e3"}, {"Upload-Offset": ""}, {"Upload-Offset": "9" * 40},
    {"Upload-Offset": "١"}, {"Upload-Offset": "0", "Content-Type": "text/plain"}, {"Upload-Offset": "5"},
    {"Upload-Offset": "0", "Content-Type": "application/json"},
]  # fmt: skip
BAD_RANGES = [
    "bytes=9999999-", "bytes=-0", "bytes=5-2", "bytes=a-b", "items=0-1", "bytes=0-1,4-5", "bytes=", "bytes=-", "-",
    "bytes=999999999999999999-",
]  # fmt: skip


@pytest.mark.parametrize("headers", BAD_HEADERS)
def test_a_malformed_piece_is_refused_and_changes_nothing(amy, headers):
    photo_id = amy.visit(shot())
    amy.sync()
    path = f"/api/photos/{photo_id}/thumbnail"
    sent = {"Content-Type": PIECE_TYPE, **{name: value.encode() for name, value in headers.items()}}
    answer = amy.ask("PATCH", path, content=b"x", headers=sent)
    assert 400 <= answer.status_code < 500, answer.text
    assert amy.ask("HEAD", path).headers["Upload-Offset"] == "0"


@pytest.mark.parametrize("wanted", BAD_RANGES)
def test_a_range_that_cannot_be_served_gives_the_whole_or_is_refused(amy, wanted):
    taken = shot()
    photo_id = amy.visit(taken)
    amy.everything()
    answer = amy.ask("GET", f"/api/photos/{photo_id}/thumbnail", headers={"Range": wanted})
    if answer.status_code == 416:
        assert answer.headers["Content-Range"] == f"bytes */{len(taken.thumbnail)}"
    else:
        assert (answer.status_code, answer.content) == (200, taken.thumbnail)


@pytest.mark.parametrize(
    ("wanted", "first", "end"),
    [("bytes=0-9", 0, 10), ("bytes=10-", 10, None), ("bytes=-10", -10, None), ("bytes=5-99999999", 5, None)],
)
def test_a_range_is_served_alone(amy, wanted, first, end):
    taken = shot()
    photo_id = amy.visit(taken)
    amy.everything()
    answer = amy.ask("GET", f"/api/photos/{photo_id}/thumbnail", headers={"Range": wanted})
    assert (answer.status_code, answer.content) == (206, taken.thumbnail[first:end])
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    "name", ["..%2f..%2fsecret-key", "%00", "a" * 500, "photo%2fthumbnail", "%F0%9F%92%A9", "*"]
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PATCH"])
def test_a_name_that_is_no_photo_is_not_found(amy, name, method):
    for part in ("picture", "thumbnail", "original", "..%2f"):
        headers = {"Content-Type": PIECE_TYPE, "Upload-Offset": "0"}
        answer = amy.ask(
            method, f"/api/photos/{name}/{part}", headers=headers, content=b"x" if method == "PATCH" else b""
        )
        assert 400 <= answer.status_code < 500, (name, part, answer.status_code)


def test_a_piece_larger_than_a_megabyte_is_not_read(amy):
    photo_id = amy.visit(shot())
    amy.sync()
    answer = amy.ask(
        "PATCH",
        f"/api/photos/{photo_id}/picture",
        content=b"x" * (1024 * 1024 + 1),
        headers={"Content-Type": PIECE_TYPE, "Upload-Offset": "0"},
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
