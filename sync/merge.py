"""What a change and the present state of its row become together (R13).

Laws, checked in tests/convergence:

- an edit whose author saw the present value applies, whatever its clock says;
- equal values never conflict;
- of two concurrent values the later stamp is kept and the other is reported as lost, never dropped silently;
- applying the same change again changes nothing.

Pure: rows and changes are plain mappings, time comes in as stamps.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from merge3 import Merge3

from shared_models.synced import Merge
from sync.clock import Stamp
from sync.schema import ColumnSpec, TableSpec

SET_BY_HUB = frozenset({Merge.SERVER, Merge.AUTHOR, Merge.ACTION_TIME})
"""Columns whose value a device proposes at most: the hub fills them in when the row is inserted."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A value that gave way: where, what its author had seen, which value stands and which was lost."""

    column: str
    base: Any
    kept: Any
    lost: Any
    incoming_lost: bool
    """True when the arriving value gave way, False when it replaced the one that stood."""


@dataclass(slots=True)
class Merged:
    """What changes in the row: new values, their stamps, and the values that gave way."""

    fields: dict[str, Any] = field(default_factory=dict)
    stamps: dict[str, Stamp] = field(default_factory=dict)
    lost: list[Lost] = field(default_factory=list)


def merge_row(
    spec: TableSpec,
    current: Mapping[str, Any],
    stamps: Mapping[str, Stamp],
    fields: Mapping[str, Any],
    seen: Mapping[str, Any],
    stamp: Stamp,
) -> Merged:
    """Merge `fields`, written by somebody who had seen `seen`, into the row `current`.

    `stamps` holds the stamp of each column's present value, under "" that of columns never changed since the insert.
    """
    merged = Merged()
    for name, value in fields.items():
        column = spec.columns[name]
        present = current.get(name)
        if column.merge in SET_BY_HUB:
            continue
        # Two who count the same are two: only a counter that did not move at all says nothing.
        if value == (seen.get(name) if column.merge is Merge.COUNTER else present):
            continue
        standing = stamps.get(name, stamps.get(""))
        _merge_column(merged, spec, column, _Edit(seen.get(name), value, present, stamp, standing))
    return merged


@dataclass(frozen=True, slots=True)
class _Edit:
    seen: Any
    value: Any
    present: Any
    stamp: Stamp
    standing: Stamp | None

    @property
    def is_informed(self) -> bool:
        """Whether the author saw the value that stands now."""
        return bool(self.seen == self.present)

    @property
    def is_later(self) -> bool:
        return self.standing is None or self.stamp > self.standing


def _merge_column(merged: Merged, spec: TableSpec, column: ColumnSpec, edit: _Edit) -> None:
    def keep(value: Any) -> None:
        merged.fields[column.name] = value
        merged.stamps[column.name] = edit.stamp.after(edit.standing)

    def lose(*, incoming: bool) -> None:
        kept, lost = (edit.present, edit.value) if incoming else (edit.value, edit.present)
        merged.lost.append(Lost(column.name, edit.seen, kept, lost, incoming))

    match column.merge:
        case Merge.SET:
            keep(_merge_sets(edit.seen or [], edit.value or [], edit.present or []))
        case Merge.COUNTER:
            keep((edit.present or 0) + (edit.value or 0) - (edit.seen or 0))
        case Merge.STATE:
            allowed = (spec.policy.transitions or {}).get(edit.present, frozenset())
            if edit.value in allowed:
                keep(edit.value)
            else:
                lose(incoming=True)
        case _ if edit.is_informed:
            keep(edit.value)
        case Merge.TEXT if (
            both := _merge_texts(edit.seen or "", edit.value or "", edit.present or "")
        ) is not None:
            keep(both)
        case _ if edit.is_later:
            lose(incoming=False)
            keep(edit.value)
        case _:
            lose(incoming=True)


def _merge_sets(seen: list[str], value: list[str], present: list[str]) -> list[str]:
    added = set(value) - set(seen)
    removed = set(seen) - set(value)
    return sorted((set(present) | added) - removed)


def _merge_texts(seen: str, value: str, present: str) -> str | None:
    """Both edits of a text, or None where they touch the same lines."""
    base, mine, theirs = (text.split("\n") for text in (seen, value, present))
    regions = list(Merge3(base, mine, theirs).merge_regions())
    if any(region[0] == "conflict" for region in regions):
        return None
    lines: list[str] = []
    for region in regions:
        source = {"unchanged": base, "a": mine, "same": mine, "b": theirs}[region[0]]
        lines += source[region[1] : region[2]]
    return "\n".join(lines)
