"""Every sentence a person reads, in Chinese and English, by key."""

from collections.abc import Mapping
from types import ModuleType

from mobile.text import (
    en,
    en_counter,
    en_designer_office,
    en_designers,
    en_devices,
    en_errors,
    en_figures,
    en_gifts,
    en_members,
    en_photos,
    en_sales,
    en_schemes,
    en_sync,
    en_words,
    zh,
    zh_counter,
    zh_designer_office,
    zh_designers,
    zh_devices,
    zh_errors,
    zh_figures,
    zh_gifts,
    zh_members,
    zh_photos,
    zh_sales,
    zh_schemes,
    zh_sync,
    zh_words,
)

LANGUAGES: dict[str, tuple[ModuleType, ...]] = {
    "zh": (
        zh,
        zh_sales,
        zh_counter,
        zh_schemes,
        zh_designers,
        zh_designer_office,
        zh_members,
        zh_photos,
        zh_errors,
        zh_sync,
        zh_devices,
        zh_gifts,
        zh_figures,
        zh_words,
    ),
    "en": (
        en,
        en_sales,
        en_counter,
        en_schemes,
        en_designers,
        en_designer_office,
        en_members,
        en_photos,
        en_errors,
        en_sync,
        en_devices,
        en_gifts,
        en_figures,
        en_words,
    ),
}
DEFAULT = "zh"

_active: dict[str, str] = {"language": DEFAULT}


def use_language(language: str) -> None:
    """Speak this language from now on; an unknown one is `DEFAULT`."""
    _active["language"] = language if language in LANGUAGES else DEFAULT


def language() -> str:
    """The language spoken now: `zh` or `en`."""
    return _active["language"]


def t(key: str, **blanks: object) -> str:
    """The sentence of `key` with its blanks filled. Raises `KeyError` for a key nobody wrote."""
    sentence = _sentence(key)
    if sentence is None:
        raise KeyError(key)
    return sentence.format(**blanks) if blanks else sentence


def word(group: str, value: str | None) -> str:
    """The word for a stored value, such as `word("intent", "high")`; the value itself when it has none."""
    return _sentence(f"{group}.{value}") or (value or "")


def error_sentence(code: str, details: Mapping[str, object] | None = None) -> str:
    """What happened, what was kept and what to do, for an error code; a general sentence shows an unknown code."""
    sentence = _sentence(f"error.{code}")
    if sentence is None:
        return t("error.unknown", code=code)
    return sentence.format_map(_Blanks(details or {}))


def sentences(language: str) -> dict[str, str]:
    """All sentences of a language by key."""
    merged: dict[str, str] = {}
    for module in LANGUAGES[language]:
        merged |= module.SENTENCES
    return merged


def _sentence(key: str) -> str | None:
    for module in LANGUAGES[_active["language"]]:
        found: str | None = module.SENTENCES.get(key)
        if found is not None:
            return found
    return None


class _Blanks(dict[str, object]):
    """Details that the server did not send are left out rather than failing the whole sentence."""

    def __missing__(self, key: str) -> str:
        return "?"
