"""Is this change in order, and may this caller make it? Pure questions about one change of a unit."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any

from shared_models.errors import RuleError
from sync.hub import feed
from sync.hub.recorder import SERVER
from sync.hub.workspace import Standing
from sync.places import Place, edited
from sync.schema import SET_BY_HUB, TableSpec, catalogue, filled_in
from sync.wire import Change


class HeldForApproval(Exception):
    """An edit made after its author lost the row: neither applied nor dropped, the present owner decides (R13)."""


def spec_for(change: Change, *, fits: bool = False) -> TableSpec:
    """The table of a change. Raises `RuleError` when devices may not write it, or when a value does not fit it.

    With `fits`, it is known already that the values do (`alike.Alike.fits`).
    """
    spec = catalogue().get(change.table)
    if spec is None:
        raise RuleError("unknown_table", table=change.table)
    if not spec.policy.device_writes:
        raise RuleError("read_only_table", table=change.table)
    if change.kind == "del" and not spec.policy.deletable:
        raise RuleError("not_deletable", table=change.table)
    seen = {name: value for name, value in change.seen.items() if value is not None}
    for name, value in () if fits else (*change.fields.items(), *seen.items()):
        column = spec.columns.get(name)
        if column is not None and not column.private and not column.accepts(value):
            raise RuleError("bad_value", table=change.table, field=name)
    if change.kind == "put" and change.fields.get("id", change.row) != change.row:
        raise RuleError("bad_value", table=change.table, field="id")
    return spec


def writable(spec: TableSpec, fields: dict[str, Any]) -> dict[str, Any]:
    """The values of columns that this version knows and that leave the server."""
    if fields.keys() <= spec.writable:
        return fields
    return {name: value for name, value in fields.items() if name in spec.writable}


def check_seen_whole(spec: TableSpec, held: Standing, seen: dict[str, Any]) -> None:
    """Raises `RuleError` when somebody wrote a value that the author of a deletion had not seen: it would be lost.

    What the server itself derives may be newer. A client that does not say what its author saw deletes all the same.
    """
    known = writable(spec, seen)
    for place in edited(spec, {name: (held.row or {}).get(name) for name in known}, known):
        author = held.stamps.get(place.stamp_key, held.stamps.get("", [None]))[-1]
        if spec.columns[place.column].merge not in SET_BY_HUB and author != SERVER:
            raise RuleError("changed_row", table=spec.name, field=place.name)


def check_company(row: dict[str, Any], company_id: str) -> None:
    """Raises `RuleError` for a row of another company."""
    if row["company_id"] != company_id:
        raise RuleError("not_yours")


def check_scope(
    writers: feed.Scopes, readers: feed.Scopes, scopes: feed.Scopes, left: Mapping[str, int], at_ms: int
) -> None:
    """Raises `RuleError` unless the caller may write the row, or might when they acted (R13).

    `left` has the scopes of theirs that the row was in, or that they were in, each with the moment when that ended.
    Raises `HeldForApproval` when it had ended before they acted.
    """
    if writers & scopes:
        return
    if left:
        if at_ms > max(left.values()):
            raise HeldForApproval
        return
    raise RuleError("not_owner" if readers & scopes else "not_yours")


def check_columns(spec: TableSpec, row: Mapping[str, Any], change: Change, scopes: AbstractSet[str]) -> None:
    """Raises `RuleError` when the edit changes a column of `row` that only others may change."""
    for place in edited(spec, writable(spec, change.fields), change.seen):
        templates = spec.columns[place.column].writable_by
        if templates and not filled_in(templates, row) & scopes:
            raise RuleError("not_your_field", table=spec.name, field=place.name)


def places_to_hold(spec: TableSpec, change: Change, written: AbstractSet[str]) -> list[Place]:
    """The values of a late edit that somebody has to decide about.

    Not what follows from another column of the edit, or from facts of a table that the same unit wrote: whoever decides
    about those has decided about it. Raises `RuleError` for a deletion, which is no edit that could be applied later.
    """
    if change.kind == "del":
        raise RuleError("lost_row", table=spec.name)
    fields = writable(spec, change.fields)
    return [
        place
        for place in edited(spec, fields, change.seen)
        if (column := spec.columns[place.column]).merge not in SET_BY_HUB
        and column.follows not in fields.keys() | written
    ]
