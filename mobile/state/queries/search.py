"""What a person types to find somebody: a name, its pinyin or initials, or digits of a phone number."""

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, case, false, or_
from sqlalchemy.orm import Mapped

_MIDDLE_FROM = 3
"""From this many letters on, a search also looks into the middle of a name's pinyin."""


def folded(text: str) -> str:
    """What was typed, as `name_key` spells it: lower case, half width, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).lower().split())


def matching(
    typed: str, key: Mapped[Any], phone: Mapped[Any]
) -> tuple[ColumnElement[bool], ColumnElement[object]]:
    """The condition for what was typed (`folded`), and an order that puts the likeliest first."""
    digits = typed.replace(" ", "").replace("-", "").removeprefix("+")
    if digits.isdigit():
        return phone.contains(digits, autoescape=True), _rank(phone.endswith(digits, autoescape=True))
    starts, anywhere = named(typed, key)
    return anywhere, _rank(starts)


def named(typed: str, key: Mapped[Any]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whether a word of the name starts with what was typed, and whether it is found at all."""
    starts = or_(key.startswith(typed, autoescape=True), key.contains(f" {typed}", autoescape=True))
    if len(typed) >= _MIDDLE_FROM or not typed.isascii():
        return starts, or_(starts, key.contains(typed, autoescape=True))
    return starts, or_(starts, false())


def _rank(better: ColumnElement[bool]) -> ColumnElement[object]:
    return case((better, 0), else_=1)
