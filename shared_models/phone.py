"""One person, one number: phone numbers as they are compared, shown and searched (R19)."""

import re

_MOBILE = re.compile(r"1[3-9]\d{9}")
_NATIONAL_DIGITS = 11
_SHORTEST, _LONGEST = 7, 15


def normalise_phone(raw: str) -> str:
    """Digits only, without the country code of China (86, +86, 0086); full-width digits are folded (R19).

    `"+86 139-0000-0001"` and `"１３９００００００１"` are the same customer. A number that merely begins with 86, such
    as the landline 8612 3456, keeps it. Empty when there is no digit.
    """
    digits = _digits(raw)
    if digits.startswith("0086"):
        return digits[4:]
    international = raw.lstrip().startswith(("+", "\N{FULLWIDTH PLUS SIGN}"))
    if digits.startswith("86") and (international or len(digits) > _NATIONAL_DIGITS):
        return digits[2:]
    return digits


def is_mobile(phone: str) -> bool:
    """Whether a normalised number is a Chinese mobile number."""
    return _MOBILE.fullmatch(phone) is not None


def is_phone(phone: str) -> bool:
    """Whether a normalised number can be dialled at all: 7 to 15 digits, as landlines and foreign numbers have."""
    return phone.isdecimal() and _SHORTEST <= len(phone) <= _LONGEST


def mask_phone(phone: str) -> str:
    """A normalised number fit for a shared screen: 139****0001; at least four digits are always hidden."""
    length = len(phone)
    head = 3 if length >= _NATIONAL_DIGITS else 0
    tail = min(4, max(0, length - 4))
    return phone[:head] + "*" * (length - head - tail) + phone[length - tail :]


def phone_tail_matches(phone: str, typed: str) -> bool:
    """Whether a normalised number ends with the digits somebody typed; typing no digit matches nothing."""
    digits = _digits(typed)
    return bool(digits) and phone.endswith(digits)


def _digits(text: str) -> str:
    return "".join(str(int(character)) for character in text if character.isdecimal())
