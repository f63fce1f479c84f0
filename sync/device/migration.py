"""Bring a device's database up to this version of the app. Only ever additive, so that pending units stay as they are."""

import json
from typing import Any

from sqlalchemy import JSON, Column, Connection, Engine, String, Table, inspect
from sqlalchemy.schema import CreateColumn
from sqlmodel import AutoString

from shared_models.synced import Merge
from sync.device import state
from sync.device.tables import METADATA
from sync.schema import catalogue


def prepare(engine: Engine) -> None:
    """Create missing tables and columns.

    When a synced table has gained a column the copy is fetched again from the start, since the rows held so far lack its
    values; pending units are kept and sent first.
    """
    METADATA.create_all(engine)
    tables = [spec.table for spec in catalogue().values()]
    known = _shape(tables)
    with engine.begin() as connection:
        if state.read(connection, "schema") == known:
            return
        present = set(inspect(connection).get_table_names())
        for table in tables:
            if table.name in present:
                _add_columns(connection, table)
            else:
                table.create(connection)
        state.write(connection, schema=known, cursor="")


def _shape(tables: list[Table]) -> str:
    return json.dumps({table.name: sorted(table.columns.keys()) for table in tables}, sort_keys=True)


def _add_columns(connection: Connection, table: Table) -> None:
    present = {column["name"] for column in inspect(connection).get_columns(table.name)}
    for column in table.columns:
        if column.name in present:
            continue
        # Rows held so far get the type's empty value until they are fetched again.
        empty = "" if column.nullable else f" DEFAULT {_empty(column)}"
        definition = str(CreateColumn(column).compile(dialect=connection.dialect))
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" ADD COLUMN {definition}{empty}')


def _empty(column: Column[Any]) -> str:
    """The SQL literal of an empty value of the column's type."""
    if isinstance(column.type, JSON):
        return "'[]'" if column.info.get("merge") is Merge.SET else "'{}'"
    return "''" if isinstance(column.type, (String, AutoString)) else "0"
