"""What a newer server sends and this version of the app has no place for: kept as it came, put in place after an upgrade."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, select
from sqlalchemy.dialects.sqlite import insert

from sync import bulk
from sync.device.tables import UNKNOWN
from sync.schema import TableSpec
from sync.wire import Rows


def keep(connection: Connection, spec: TableSpec | None, page: Rows) -> None:
    """Keep the values of a page that have no column here; all of them where the table itself is unknown (None)."""
    key = page.columns.index("id")
    unknown = [(at, name) for at, name in enumerate(page.columns) if spec is None or name not in spec.columns]
    if not unknown or not page.rows:
        return
    statement = insert(UNKNOWN)
    statement = statement.on_conflict_do_update(
        index_elements=["tbl", "row_id"], set_={"body": statement.excluded.body}
    )
    bodies = [
        {"tbl": page.table, "row_id": row[key], "body": {name: row[at] for at, name in unknown}}
        for row in page.rows
    ]
    connection.execute(statement, bodies)


def forget(connection: Connection, table: str, row_ids: Sequence[str]) -> None:
    """These rows have left the device."""
    chosen = bulk.among(connection, UNKNOWN.c.row_id, row_ids)
    connection.execute(delete(UNKNOWN).where(UNKNOWN.c.tbl == table, chosen))


def bodies(connection: Connection, table: str) -> dict[str, dict[str, Any]]:
    """What is kept of the rows of `table`, by row."""
    found = connection.execute(select(UNKNOWN.c.row_id, UNKNOWN.c.body).where(UNKNOWN.c.tbl == table))
    return {row.row_id: row.body for row in found}


def forget_columns(connection: Connection, table: str, names: frozenset[str]) -> None:
    """These columns are in place now; a row of which nothing else is kept is forgotten."""
    for row_id, body in bodies(connection, table).items():
        rest = {name: value for name, value in body.items() if name not in names}
        place = (UNKNOWN.c.tbl == table, UNKNOWN.c.row_id == row_id)
        if rest:
            connection.execute(UNKNOWN.update().where(*place).values(body=rest))
        else:
            connection.execute(delete(UNKNOWN).where(*place))


def count(connection: Connection) -> int:
    """Of how many rows something is kept."""
    return connection.execute(select(func.count()).select_from(UNKNOWN)).scalar_one()
