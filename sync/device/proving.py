"""The device's side of the proof that its copy equals the hub (`sync.proof`), and of fetching one scope anew.

What is compared is the hub's version as this device holds it: pending changes are left out.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from sync.device import renewal, state
from sync.device.tables import BASE
from sync.proof import Columns, Question, Sums, Tally
from sync.schema import TableSpec, catalogue

Scopes = frozenset[str]


def question() -> Question:
    """What to ask the hub: sums over all columns that this app knows."""
    return Question({name: list(spec.public) for name, spec in catalogue().items()})


def add_up(connection: Connection, columns: Columns) -> Sums:
    """The sums over the copy as it is within the connection's transaction, over these columns."""
    tally = Tally()
    for spec, row, scopes in _rows_with_scopes(connection):
        if spec.name in columns:
            tally.add(spec.name, scopes, [row.get(name) for name in columns[spec.name]])
    return tally.sums()


def forget(connection: Connection, scope: str, cursor: str) -> None:
    """Stand at `cursor`, which holds `scope` no more; rows of it that do not come again will be taken away."""
    held: dict[str, list[str]] = {}
    for spec, row, scopes in _rows_with_scopes(connection):
        if scope in scopes:
            held.setdefault(spec.name, []).append(row["id"])
    renewal.begin_with(connection, held)
    state.write(connection, cursor=cursor)


def _rows_with_scopes(connection: Connection) -> Iterator[tuple[TableSpec, dict[str, Any], Scopes]]:
    """Every row as the hub has it, with the scopes that follow from it: parents before those that follow them."""
    known: dict[tuple[str, str], Scopes] = {}
    for spec in sorted(catalogue().values(), key=_depth):
        for row in _rows_of_hub(connection, spec):
            parent = spec.parent_of(row)
            own = spec.inherited(known.get(parent, frozenset())) if parent else spec.own_scopes(row)
            scopes = known[spec.name, row["id"]] = own | spec.reader_scopes(row)
            yield spec, row, scopes


def _depth(spec: TableSpec) -> int:
    parent = spec.policy.parent
    if parent is None:
        return 0
    # A parent of any table comes after all that have one of a certain table.
    return len(catalogue()) if parent.table is None else 1 + _depth(catalogue()[parent.table])


def _rows_of_hub(connection: Connection, spec: TableSpec) -> Iterator[dict[str, Any]]:
    bases = {row.row_id: row.body for row in connection.execute(select(BASE).where(BASE.c.tbl == spec.name))}
    columns = [spec.table.c[name] for name in spec.public]
    for row in connection.execute(select(*columns)).mappings():
        if row["id"] not in bases:
            yield dict(row)
    for body in bases.values():
        if body is not None:
            yield {name: body.get(name, spec.columns[name].empty()) for name in spec.public}
