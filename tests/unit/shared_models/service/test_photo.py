"""What the row of a photo may say."""

import pytest

from shared_models.errors import RuleError
from shared_models.service.photo import checked_photo, is_sha256
from shared_models.service.tables import Photo

PHOTO = {
    "about_table": "followup",
    "picture_sha256": "ab" * 32,
    "thumbnail_sha256": "cd" * 32,
    "picture_bytes": 300_000,
    "thumbnail_bytes": 6_000,
    "width_px": 1600,
    "height_px": 1200,
}


def test_a_photo_of_a_visit_is_in_order():
    checked_photo(PHOTO)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("about_table", "staff"),
        ("picture_sha256", "AB" * 32),
        ("picture_sha256", "../../etc/passwd"),
        ("thumbnail_sha256", "ab" * 31),
        ("picture_bytes", 0),
        ("thumbnail_bytes", 8 * 1024 + 1),
        ("thumbnail_bytes", -1),
        ("width_px", 1601),
        ("height_px", 0),
    ],
)
def test_a_row_that_cannot_be_true_is_refused_with_the_column(field, value):
    with pytest.raises(RuleError) as refused:
        checked_photo(PHOTO | {field: value})
    assert (refused.value.code, refused.value.details) == ("photo", {"field": field})


def test_a_hash_is_64_lower_case_digits_and_nothing_else():
    assert is_sha256("0123456789abcdef" * 4)
    assert not is_sha256("0123456789abcdef" * 4 + "\n")


def test_a_picture_of_a_visit_never_reaches_the_member() -> None:
    policy = Photo.__table__.info["sync"]  # type: ignore[attr-defined] # every table has one
    assert policy.unseen_by == ("member",)
