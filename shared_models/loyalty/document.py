"""Reading a JSON document strictly: every value has the form that is asked for, and no key goes unread."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

from shared_models.errors import RuleError
from shared_models.moments import parse_moment
from shared_models.money import parse_yuan

_Choice = TypeVar("_Choice", bound=StrEnum)


class Section:
    """An object of a document. Each method reads one key; a key read without a default must be there.

    Whatever is wrong is refused with `RuleError("scheme", key=<the path of the key>)`.
    """

    def __init__(self, values: Mapping[str, Any], path: str = "") -> None:
        """Read `values`, found at `path` in the whole document."""
        self._values = values
        self._path = path
        self._read: set[str] = set()
        if not isinstance(values, Mapping):
            self._refuse("")

    def __contains__(self, key: str) -> bool:
        """Whether the key is given, even as null."""
        return key in self._values

    def text(self, key: str, default: str | None = None) -> str:
        """A string."""
        value = self._value(key, default)
        if not isinstance(value, str):
            self._refuse(key)
        return value

    def count(self, key: str, default: int | None = None, *, least: int = 0) -> int:
        """A whole number, not below `least`."""
        value = self._value(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            self._refuse(key)
        return value

    def optional_count(self, key: str) -> int | None:
        """A whole number, or None where it is null or absent."""
        self._read.add(key)
        return None if self._values.get(key) is None else self.count(key)

    def rate(self, key: str, default: Decimal | None = None, *, least: int = 0) -> Decimal:
        """A decimal string, not below `least`; a JSON number is refused because it may already have been rounded."""
        text = self.text(key, None if default is None else str(default))
        try:
            value = Decimal(text)
        except InvalidOperation:
            self._refuse(key)
        if not value.is_finite() or value < least:
            self._refuse(key)
        return value

    def percent(self, key: str, default: Decimal) -> Decimal:
        """A decimal string from 0 to 100."""
        value = self.rate(key, default)
        self.refuse_unless(value <= 100, key)
        return value

    def choice(self, key: str, choices: type[_Choice], default: _Choice | None = None) -> _Choice:
        """One of the strings of an enumeration."""
        text = self.text(key, default)
        if text not in list(choices):
            self._refuse(key)
        return choices(text)

    def moment_ms(self, key: str) -> int:
        """An ISO moment with an offset, in milliseconds."""
        text = self.text(key)
        try:
            return parse_moment(text)
        except RuleError:
            self._refuse(key)

    def money_fen(self, key: str) -> int:
        """An amount in yuan as a decimal string, not negative, in fen."""
        text = self.text(key)
        try:
            fen = parse_yuan(text)
        except RuleError:
            self._refuse(key)
        self.refuse_unless(fen >= 0, key)
        return fen

    def optional_money_fen(self, key: str) -> int | None:
        """An amount in yuan, in fen, or None where it is null or absent."""
        self._read.add(key)
        return None if self._values.get(key) is None else self.money_fen(key)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false."""
        value = self._value(key, default)
        if not isinstance(value, bool):
            self._refuse(key)
        return value

    def section(self, key: str) -> "Section":
        """An object; an empty one where it is absent."""
        return Section(self._value(key, {}), self._path_of(key) + ".")

    def sections(self, key: str) -> list["Section"]:
        """A list of objects; an empty one where it is absent."""
        values = self._value(key, [])
        if not isinstance(values, list):
            self._refuse(key)
        return [Section(value, f"{self._path_of(key)}.{index}.") for index, value in enumerate(values)]

    def refuse_unless(self, holds: bool, key: str) -> None:  # noqa: FBT001 - reads as a sentence
        """Refuse the document because of `key` unless the condition holds."""
        if not holds:
            self._refuse(key)

    def refuse_unread(self) -> None:
        """Refuse a key that nothing asked for: it would be ignored, and its author would not know."""
        for key in sorted(set(self._values) - self._read):
            self._refuse(key)

    def _value(self, key: str, default: Any) -> Any:
        # A key that must be there and is not reads as None, which no form accepts.
        self._read.add(key)
        return self._values.get(key, default)

    def _path_of(self, key: str) -> str:
        return f"{self._path}{key}"

    def _refuse(self, key: str) -> NoReturn:
        raise RuleError("scheme", key=self._path_of(key))
