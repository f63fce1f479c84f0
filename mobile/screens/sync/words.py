"""Values as a person reads them, by the field that holds them."""

from collections.abc import Mapping
from typing import Any

from mobile.text import error_sentence, formats, t, word
from sync.device.outbox import HELD, Unit

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
_ID_TAIL = 4


def field_name(field: str) -> str:
    """What a field is called."""
    return word("field", field)


def option_word(field: str, value: str) -> str:
    """The word for one of the values that a field may hold."""
    return word(_WORDED.get(field, ""), value)


def reason_of(unit: Unit) -> str:
    """Why a unit was not accepted."""
    return t("sync.held") if unit.state == HELD else error_sentence(unit.code, unit.details)


def device_words(name: str, device_id: str) -> str:
    """A device as people tell it from others: what it is, and the end of its number. Empty where it is not known."""
    if not device_id:
        return ""
    return f"{word('platform', name) or t('sync.device')} {device_id[-_ID_TAIL:]}"


def value_words(field: str, value: Any, now_ms: int, staff: Mapping[str, str] | None = None) -> str:
    """A stored value in words: money, a moment, a list, a name."""
    if value in (None, "", []):
        return t("sync.empty_value")
    if field.endswith("_fen"):
        return formats.money(int(value))
    if field.endswith("_at_ms"):
        return formats.moment(int(value), now_ms)
    if isinstance(value, list):
        return t("common.comma").join(option_word(field, str(item)) for item in value)
    return option_word(field, str(value)) if field in _WORDED else (staff or {}).get(value, str(value))
