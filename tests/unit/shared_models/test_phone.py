"""One normalised phone number is one customer (R19)."""

import pytest

from shared_models.phone import is_mobile, is_phone, mask_phone, normalise_phone, phone_tail_matches


@pytest.mark.parametrize(
    "written",
    [
        "13500002222",
        "+86 135-0000-2222",
        "8613500002222",
        "008613500002222",
        "0086 135 0000 2222",
        "１３５００００２２２２",
        "＋８６ １３５ ００００ ２２２２",
        " (135) 0000.2222 ",
    ],
)
def test_however_it_is_written_it_is_the_same_number(written: str) -> None:
    assert normalise_phone(written) == "13500002222"


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("8612 3456", "86123456"),
        ("0755-8612 3456", "075586123456"),
        ("+86 755 8612 3456", "75586123456"),
        ("+1 (415) 555-0100", "14155550100"),
        ("+86123456", "123456"),
        ("none", ""),
        ("", ""),
    ],
)
def test_other_numbers_keep_their_digits(written: str, number: str) -> None:
    assert normalise_phone(written) == number


@pytest.mark.parametrize("written", ["+8613500002222", "0755-86123456", "86 1234 5678", "+1 4155550100"])
def test_normalising_twice_changes_nothing(written: str) -> None:
    assert normalise_phone(normalise_phone(written)) == normalise_phone(written)


@pytest.mark.parametrize(
    ("phone", "mobile", "dialled"),
    [
        ("13500002222", True, True),
        ("12500002222", False, True),
        ("1350000222", False, True),
        ("075586123456", False, True),
        ("123456", False, False),
        ("1234567890123456", False, False),
        ("135-0000-2222", False, False),
        ("", False, False),
    ],
)
def test_a_number_is_judged_by_its_digits(phone: str, mobile: bool, dialled: bool) -> None:
    assert is_mobile(phone) is mobile
    assert is_phone(phone) is dialled


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("13900000001", "139****0001"),
        ("075586123456", "075*****3456"),
        ("86123456", "****3456"),
        ("123456", "****56"),
        ("1234", "****"),
        ("", ""),
    ],
)
def test_a_masked_number_hides_at_least_four_digits(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("2222", True),
        ("２２２２", True),
        ("00 2222", True),
        ("13500002222", True),
        ("2223", False),
        ("", False),
        ("王", False),
    ],
)
def test_a_number_is_found_by_its_tail(typed: str, found: bool) -> None:
    assert phone_tail_matches("13500002222", typed) is found
