"""Fetching the whole copy again, after an upgrade or after having been away for longer than the hub remembers.

A first sync brings what there is and cannot say what is gone. So rows held before it are noted when it begins, and those
that have not come again when it is complete are taken away; like all rows, those with pending changes stay until then.
"""

from collections.abc import Mapping, Sequence
from functools import cache

from sqlalchemy import Connection, delete, insert, select

from sync import bulk
from sync.device import rows
from sync.device.tables import STALE
from sync.schema import catalogue
from sync.wire import Response

_ANY = select(STALE.c.tbl).limit(1)


def begin(connection: Connection) -> None:
    """Note every row that the copy holds as not yet come again; on a new device there is none."""
    connection.execute(delete(STALE))
    connection.exec_driver_sql(_note_all(tuple(catalogue())))


@cache
def _note_all(tables: tuple[str, ...]) -> str:
    """One statement for all tables: a new device has them all, and nothing in them."""
    held = " UNION ALL ".join(f"SELECT '{name}', id FROM \"{name}\"" for name in tables)  # noqa: S608
    return f'INSERT INTO "{STALE.name}" (tbl, row_id) {held}'


def begin_with(connection: Connection, row_ids: Mapping[str, Sequence[str]]) -> None:
    """Note just these rows, by table, as not yet come again: a part of the copy is fetched anew."""
    connection.execute(delete(STALE))
    noted = [{"tbl": table, "row_id": row_id} for table, ids in row_ids.items() for row_id in ids]
    if noted:
        connection.execute(insert(STALE), noted)


def work_in(connection: Connection, response: Response) -> frozenset[str]:
    """Note what has come, and take away the rest once all has; the tables that lost rows."""
    if not bulk.fetch_lasting(connection, _ANY):
        return frozenset()
    for page in response.rows:
        key = page.columns.index("id")
        came = bulk.among(connection, STALE.c.row_id, [row[key] for row in page.rows])
        connection.execute(delete(STALE).where(STALE.c.tbl == page.table, came))
    return frozenset() if response.remaining else _end(connection)


def _end(connection: Connection) -> frozenset[str]:
    left: dict[str, list[str]] = {}
    for stale in connection.execute(select(STALE)):
        left.setdefault(stale.tbl, []).append(stale.row_id)
    for table, row_ids in left.items():
        if table in catalogue():
            rows.take_away(connection, catalogue()[table], row_ids)
    connection.execute(delete(STALE))
    return frozenset(left)
