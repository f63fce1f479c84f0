"""Bring a device's database up to this version of the app. Only ever additive, so that pending units stay as they are.

Columns and tables that are new here are filled from what an older version of the app kept without having a place for it.
Only where that cannot be all of it is the copy fetched again from the start: pending units stay, and are sent first.
"""

import json
from typing import Any

from sqlalchemy import JSON, Column, Connection, Engine, String, Table, func, inspect, select, update
from sqlalchemy.schema import CreateColumn
from sqlmodel import AutoString

from shared_models import versions
from shared_models.synced import Merge
from sync.device import rows, state, unknown
from sync.device.tables import BASE, METADATA, UNKNOWN
from sync.schema import TableSpec, catalogue
from sync.wire import Rows

FIRST_RELEASE = 1
"""The schema of a database that does not say its own."""


def prepare(engine: Engine) -> None:
    """Create missing tables and columns, and put in place what was kept for them."""
    METADATA.create_all(engine)
    shape = _shape([spec.table for spec in catalogue().values()])
    with engine.begin() as connection:
        if state.read(connection, "schema") == shape and not _is_older(connection):
            return
        for table in METADATA.sorted_tables:
            _add_columns(connection, table)
        _rename(connection, state.read(connection, "release") or FIRST_RELEASE)
        lacking = [_bring_up(connection, spec) for spec in catalogue().values()]
        if any(lacking) or not state.read(connection, "cursor"):
            # From here on nothing that comes is left out, so that the next upgrade finds all of it.
            state.write(connection, cursor="", keeps_unknown=True)
        state.write(connection, schema=shape, release=versions.RELEASE.schema)


def _is_older(connection: Connection) -> bool:
    return (state.read(connection, "release") or FIRST_RELEASE) < versions.RELEASE.schema


def _shape(tables: list[Table]) -> str:
    return json.dumps({table.name: sorted(table.columns.keys()) for table in tables}, sort_keys=True)


def _rename(connection: Connection, release: int) -> None:
    """Give columns that were renamed since `release` their present names, with whatever is kept of their rows."""
    present = set(inspect(connection).get_table_names())
    for table in {each.table for each in versions.RELEASE.renamed}:
        if table not in present:
            continue
        columns = {column["name"] for column in inspect(connection).get_columns(table)}
        for old, new in versions.RELEASE.names(table, of=release).items():
            if old in columns and new not in columns:
                connection.exec_driver_sql(f'ALTER TABLE "{table}" RENAME COLUMN "{old}" TO "{new}"')
        for kept in (BASE, UNKNOWN):
            for row in connection.execute(select(kept).where(kept.c.tbl == table, kept.c.body.is_not(None))):
                body = versions.RELEASE.upcast(table, row.body or {}, of=release)
                place = (kept.c.tbl == table, kept.c.row_id == row.row_id)
                connection.execute(update(kept).where(*place).values(body=body if row.body else row.body))


def _bring_up(connection: Connection, spec: TableSpec) -> bool:
    """Create the table or add its new columns, filled with what was kept; whether rows still lack values."""
    kept = unknown.bodies(connection, spec.name)
    if not inspect(connection).has_table(spec.name):
        spec.table.create(connection)
        for row_id, body in kept.items():
            columns = ["id", *(name for name in body if name != "id")]
            values = [row_id, *(body[name] for name in columns[1:])]
            rows.put(connection, spec, Rows(spec.name, columns, [values]))
        unknown.forget_columns(connection, spec.name, frozenset(spec.columns))
        return not state.read(connection, "keeps_unknown")
    added = _add_columns(connection, spec.table) & frozenset(spec.public)
    if not added:
        return False
    filled = [row_id for row_id, body in kept.items() if added <= body.keys()]
    for row_id, body in kept.items():
        _fill(connection, spec, row_id, {name: body[name] for name in added & body.keys()})
    unknown.forget_columns(connection, spec.name, added)
    return len(filled) < _rows_of_the_hub(connection, spec)


def _fill(connection: Connection, spec: TableSpec, row_id: str, values: dict[str, Any]) -> None:
    if not values:
        return
    connection.execute(update(spec.table).where(spec.table.c.id == row_id).values(values))
    place = (BASE.c.tbl == spec.name, BASE.c.row_id == row_id)
    body = connection.execute(select(BASE.c.body).where(*place)).scalar_one_or_none()
    if body is not None:
        connection.execute(update(BASE).where(*place).values(body=body | values))


def _rows_of_the_hub(connection: Connection, spec: TableSpec) -> int:
    """How many rows of the copy the hub has, too."""
    own = select(BASE.c.row_id, BASE.c.body).where(BASE.c.tbl == spec.name)
    not_sent = sum(row.body is None for row in connection.execute(own))
    return connection.execute(select(func.count()).select_from(spec.table)).scalar_one() - not_sent


def _add_columns(connection: Connection, table: Table) -> frozenset[str]:
    present = {column["name"] for column in inspect(connection).get_columns(table.name)}
    added = [column for column in table.columns if column.name not in present]
    for column in added:
        # Rows held so far get the type's empty value until they are filled or fetched again.
        has_default = column.nullable or column.server_default is not None
        empty = "" if has_default else f" DEFAULT {_empty(column)}"
        definition = str(CreateColumn(column).compile(dialect=connection.dialect))
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" ADD COLUMN {definition}{empty}')
    if added:
        for index in table.indexes:
            index.create(connection, checkfirst=True)
    return frozenset(str(column.name) for column in added)


def _empty(column: Column[Any]) -> str:
    """The SQL literal of an empty value of the column's type."""
    if isinstance(column.type, JSON):
        return "'[]'" if column.info.get("merge") is Merge.SET else "'{}'"
    return "''" if isinstance(column.type, (String, AutoString)) else "0"
