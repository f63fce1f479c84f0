"""Which coding of an answer a caller gets (RFC 9110)."""

import pytest

from server.compression import SMALLEST_BYTES, compressed, preferred

OURS = ("zstd", "br", "gzip")


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("GZIP", "gzip"),
        ("br;q=0.2, gzip;q=0.9", "gzip"),
        ("*", "zstd"),
        ("*;q=0", None),
        ("zstd;q=0, *", "br"),
        ("identity", None),
        ("identity;q=0, gzip; q=1.0", "gzip"),
        ("", None),
        ("gzip;q=much", None),
        ("deflate", None),
    ],
)
def test_the_coding_that_is_valued_most_is_taken(header: str, coding: str | None):
    assert preferred(header, OURS) == coding


def test_nothing_offered_is_nothing_taken():
    assert preferred("br", ()) is None


def test_what_fits_into_one_packet_is_sent_as_it_is():
    assert compressed(b"x" * (SMALLEST_BYTES - 1), "gzip") == (b"x" * (SMALLEST_BYTES - 1), None)
    assert compressed(b"x" * SMALLEST_BYTES, "gzip")[1] == "gzip"
