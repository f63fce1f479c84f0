"""What was expected against what was there: only the keys that are given, exactly."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import UNSET, Struct
from msgspec.structs import fields

from shared_models.moments import business_zone


def given(expected: Struct, besides: frozenset[str] = frozenset()) -> dict[str, Any]:
    """The keys that the scenario gives, under their names in the file; not those of `besides`."""
    named = {field.encode_name: getattr(expected, field.name) for field in fields(expected)}
    return {name: value for name, value in named.items() if value is not UNSET and name not in besides}


def differences(expected: Any, actual: Any, place: str = "") -> list[str]:
    """One sentence for each value that differs; none when everything that is given is as given."""
    if isinstance(expected, Struct):
        return differences(given(expected), actual, place)
    if isinstance(expected, Mapping):
        return _object(expected, actual, place)
    if isinstance(expected, list):
        return _list(expected, actual, place)
    same_type = isinstance(expected, bool) == isinstance(actual, bool)
    return [] if same_type and expected == actual else [_sentence(expected, actual, place)]


def shown(value: Any) -> str:
    """A value as it is printed."""
    if isinstance(value, datetime):
        return value.astimezone(business_zone()).isoformat()
    if isinstance(value, Struct):
        return shown(given(value))
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {shown(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(shown(each) for each in value) + "]"
    if value is None or isinstance(value, bool):
        return {True: "true", False: "false", None: "null"}[value]
    return str(value)


def _object(expected: Mapping[str, Any], actual: Any, place: str) -> list[str]:
    if not isinstance(actual, Mapping):
        return [_sentence(expected, actual, place)]
    found: list[str] = []
    for key, value in expected.items():
        inner = f"{place}.{key}" if place else key
        if isinstance(value, Struct | Mapping | list) or key in actual:
            found += differences(value, actual.get(key), inner)
        elif value is not None:  # null means that there is none
            found.append(f"{inner}: expected {shown(value)}, there is none")
    return found


def _list(expected: list[Any], actual: Any, place: str) -> list[str]:
    if not isinstance(actual, list) or len(expected) != len(actual):
        return [_sentence(expected, actual, place)]
    pairs = zip(expected, actual, strict=True)
    return [
        text for at, (left, right) in enumerate(pairs) for text in differences(left, right, f"{place}[{at}]")
    ]


def _sentence(expected: Any, actual: Any, place: str) -> str:
    return f"{place}: expected {shown(expected)}, got {shown(actual)}"
