"""Is this change in order, and may this caller make it? Pure questions about one change of a unit."""

from typing import Any

from shared_models.errors import RuleError
from sync.hub import feed
from sync.hub.recorder import SERVER
from sync.hub.workspace import Held
from sync.schema import SET_BY_HUB, TableSpec, catalogue
from sync.wire import Change


class HeldForApproval(RuleError):
    """An edit made after its author lost the row: neither applied nor dropped, the present owner decides (R13)."""


def spec_for(change: Change) -> TableSpec:
    """The table of a change. Raises `RuleError` when devices may not write it, or when a value does not fit it."""
    spec = catalogue().get(change.table)
    if spec is None:
        raise RuleError("unknown_table", table=change.table)
    if not spec.policy.device_writes:
        raise RuleError("read_only_table", table=change.table)
    if change.kind == "del" and not spec.policy.deletable:
        raise RuleError("not_deletable", table=change.table)
    seen = {name: value for name, value in change.seen.items() if value is not None}
    for name, value in (*change.fields.items(), *seen.items()):
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


def whole_row(spec: TableSpec, row_id: str, fields: dict[str, Any]) -> dict[str, Any]:
    """A new row of `fields`, with the empty value for each column that an older app does not know."""
    row = {name: fields[name] if name in fields else column.empty() for name, column in spec.columns.items()}
    row["id"] = row_id
    return row


def check_seen_whole(spec: TableSpec, held: Held, seen: dict[str, Any]) -> None:
    """Raises `RuleError` when somebody wrote a value that the author of a deletion had not seen: it would be lost.

    What the server itself derives may be newer. A client that does not say what its author saw deletes all the same.
    """
    row = held.row or {}
    for name, value in writable(spec, seen).items():
        author = held.stamps.get(name, held.stamps.get("", [None]))[-1]
        if spec.columns[name].merge not in SET_BY_HUB and author != SERVER and row.get(name) != value:
            raise RuleError("changed_row", table=spec.name, field=name)


def check_company(row: dict[str, Any], company_id: str) -> None:
    """Raises `RuleError` for a row of another company."""
    if row["company_id"] != company_id:
        raise RuleError("not_yours")


def check_scope(
    connection: Any, spec: TableSpec, held: Held, row_id: str, scopes: feed.Scopes, at_ms: int
) -> None:
    """Raises `RuleError` unless the caller sees the row, or saw it when they acted (R13).

    Raises `HeldForApproval` when they lost it before they acted.
    """
    if held.scopes & scopes:
        return
    left = feed.left(connection, spec.name, row_id, scopes)
    if not left:
        raise RuleError("not_yours")
    if at_ms > max(left.values()):
        raise HeldForApproval("held")
