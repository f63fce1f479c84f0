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
from sync.places import Place, edited
from sync.schema import SET_BY_HUB, TableSpec


@dataclass(frozen=True, slots=True)
class Lost:
    """A value that gave way: where, what its author had seen, which value stands and which was lost."""

    place: Place
    base: Any
    kept: Any
    lost: Any
    incoming_lost: bool
    """True when the arriving value gave way, False when it replaced the one that stood."""


@dataclass(slots=True)
class Merged:
    """What changes in the row: new values, their stamps by `Place.stamp_key`, and the values that gave way."""

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

    `stamps` holds the stamp of each present value by its `Place.stamp_key`, under "" that of values never changed since
    the insert.
    """
    merged = Merged()
    for name, value in fields.items():
        merge = spec.columns[name].merge
        if merge in SET_BY_HUB:
            continue
        places = edited(spec, {name: value}, seen) if merge is Merge.FIELDS else [Place(name)]
        for place in places:
            # Keys of one object are merged one after the other, each into what the others have made of it.
            row = current if name not in merged.fields else {name: merged.fields[name]}
            standing = stamps.get(place.stamp_key, stamps.get(""))
            edit = _Edit(place, place.read(seen), place.read(fields), row, stamp, standing)
            # Two who count the same are two: only a counter that did not move at all says nothing.
            if edit.value != (edit.seen if merge is Merge.COUNTER else edit.present):
                _merge_place(merged, spec, edit)
    return merged


@dataclass(frozen=True, slots=True)
class _Edit:
    place: Place
    seen: Any
    value: Any
    row: Mapping[str, Any]
    stamp: Stamp
    standing: Stamp | None

    @property
    def present(self) -> Any:
        return self.place.read(self.row)

    @property
    def is_informed(self) -> bool:
        """Whether the author saw the value that stands now."""
        return bool(self.seen == self.present)

    @property
    def is_later(self) -> bool:
        return self.standing is None or self.stamp > self.standing


def _merge_place(merged: Merged, spec: TableSpec, edit: _Edit) -> None:
    def keep(value: Any) -> None:
        merged.fields[edit.place.column] = edit.place.column_value(edit.row, value)
        merged.stamps[edit.place.stamp_key] = edit.stamp.after(edit.standing)

    def lose(*, incoming: bool) -> None:
        kept, lost = (edit.present, edit.value) if incoming else (edit.value, edit.present)
        merged.lost.append(Lost(edit.place, edit.seen, kept, lost, incoming))

    match spec.columns[edit.place.column].merge:
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
