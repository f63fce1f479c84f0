"""Values as a person reads them, by the field that holds them."""

from collections.abc import Mapping
from typing import Any

from mobile.text import formats, t, word

_WORDED = {
    "intent": "intent",
    "stage": "stage",
    "status": "status_of",
    "channel": "channel",
    "outcome": "outcome",
    "method": "method",
    "source": "source",
    "category": "category",
    "styles": "taste",
    "colours": "taste",
    "materials": "taste",
}


def field_name(field: str) -> str:
    """What a field is called."""
    return word("field", field)


def value_words(field: str, value: Any, now_ms: int, staff: Mapping[str, str] | None = None) -> str:
    """A stored value in words: money, a moment, a list, a name."""
    if value in (None, "", []):
        return t("sync.empty_value")
    if field.endswith("_fen"):
        return formats.money(int(value))
    if field.endswith("_at_ms"):
        return formats.moment(int(value), now_ms)
    if isinstance(value, list):
        return t("common.comma").join(word(_WORDED.get(field, ""), str(item)) for item in value)
    return word(_WORDED[field], str(value)) if field in _WORDED else (staff or {}).get(value, str(value))
