"""One column of a synced table: how it merges, and what values it takes."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, cast

from sqlalchemy import JSON, BigInteger, Integer

from shared_models.synced import Content, Merge

_DEEPEST = 20
"""How many levels of lists and maps a document may have."""
_PLAIN = (str, int, float, type(None))
"""What a free field may hold."""


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """How one column merges and what values it takes."""

    name: str
    merge: Merge
    types: tuple[type, ...]
    nullable: bool
    references: str | None
    private: bool
    follows: str | None = None
    visible_to: str | None = None
    writable_by: tuple[str, ...] = ()
    longest: int | None = None
    """Characters of a text, None where the column does not say."""
    most: int = 2**63 - 1
    """The largest integer, and the smallest below zero, that the column holds."""
    content: Content | None = None
    """What bytes of the row this is the SHA-256 of."""

    def empty(self) -> Any:
        """The value of a column that the author of a row did not know."""
        return None if self.nullable else self.types[0]()

    def empties(self, many: int) -> list[Any]:
        """So many of them, none of which can be changed through another."""
        empty = self.empty()
        return [self.empty() for _ in range(many)] if isinstance(empty, list | dict) else [empty] * many

    def accepts(self, value: object) -> bool:
        """Whether `value` may stand in this column; a bool is not an integer here."""
        if value is None:
            return self.nullable
        # Nearly all values are plain texts and integers, and a push has hundreds of thousands: those are told at once.
        if type(value) is str:
            return str in self.types and "\0" not in value and len(value) <= (self.longest or len(value))
        if type(value) is int:
            return int in self.types and abs(value) <= self.most
        if isinstance(value, bool) and bool not in self.types:
            return False
        return isinstance(value, self.types) and _is_plain(value) and self._has_room(value)

    def accepts_all(self, values: Sequence[object]) -> bool:
        """Whether each of `values` may stand in this column: the same as `accepts`, told for all of one type at once."""
        kinds = set(map(type, values))
        if type(None) in kinds:
            values = [value for value in values if value is not None]
            kinds.discard(type(None))
            if not (self.nullable and values):
                return self.nullable
        if len(kinds) == 1:
            (kind,) = kinds
            if kind is bool:
                return bool in self.types
            if kind is str and str in self.types:
                texts = cast("Sequence[str]", values)
                return "\0" not in "".join(texts) and max(map(len, texts)) <= (self.longest or sys.maxsize)
            if kind is int and int in self.types:
                numbers = cast("Sequence[int]", values)
                return max(numbers) <= self.most and min(numbers) >= -self.most
            if kind in {list, dict} and not any(values):
                return kind in self.types
        return all(map(self.accepts, values))

    def _has_room(self, value: object) -> bool:
        match value:
            case str():
                return len(value) <= (self.longest or len(value))
            case int() | float():
                return abs(value) <= self.most
            case list() if self.merge is Merge.SET:
                return all(isinstance(each, str) for each in value)
            case dict() if self.merge is Merge.FIELDS:
                return _are_free_fields(value)
        return True


def column_spec(column: Any) -> ColumnSpec:
    """What a SQLAlchemy column declares about its sync."""
    merge = column.info.get("merge", Merge.LAST)
    return ColumnSpec(
        name=str(column.name),  # plain: SQLAlchemy's own subclass of str cannot be encoded
        merge=merge,
        types=_types(column.type, merge),
        nullable=bool(column.nullable),
        references=column.info.get("references"),
        private=bool(column.info.get("private")),
        follows=column.info.get("follows"),
        visible_to=column.info.get("visible_to"),
        writable_by=column.info.get("writable_by", ()),
        longest=getattr(column.type, "length", None),
        most=_most(column.type),
        content=column.info.get("content"),
    )


def _most(column_type: Any) -> int:
    is_small = isinstance(column_type, Integer) and not isinstance(column_type, BigInteger)
    return 2**31 - 1 if is_small else 2**63 - 1


def _is_plain(value: object, depth: int = 0) -> bool:
    """Whether every database and every device can hold this value: no NUL, no number without end, not too deep."""
    match value:
        case str():
            return "\0" not in value
        case float():
            return isfinite(value)
        case list():
            return depth < _DEEPEST and all(_is_plain(each, depth + 1) for each in value)
        case dict():
            return depth < _DEEPEST and all(
                isinstance(key, str) and _is_plain(key) and _is_plain(each, depth + 1)
                for key, each in value.items()
            )
    return value is None or isinstance(value, int)


def _are_free_fields(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(name, str) and name and isinstance(held, _PLAIN) for name, held in value.items()
    )


def _types(column_type: Any, merge: Merge) -> tuple[type, ...]:
    if isinstance(column_type, JSON):
        by_merge: dict[Merge, tuple[type, ...]] = {Merge.SET: (list,), Merge.FIELDS: (dict,)}
        return by_merge.get(merge, (dict, list))
    # SQLModel's string type decorates the plain one and does not say what it holds.
    python_type = getattr(column_type, "impl_instance", column_type).python_type
    return (int, float) if python_type is float else (python_type,)
