"""Many rows at once: rows as plain tuples, one statement at the driver, nothing done per row that C does not do.

Hub and device read and write through here wherever the number of rows is not small, or a statement is asked at every
round. Every function works on the given connection, inside its transaction, on SQLite (any driver) and on PostgreSQL.
"""

from sync.bulk.reading import among, as_given, fetch, fetch_among, fetch_lasting, is_given
from sync.bulk.writing import change, change_one, delete_among, insert, insert_columns, insert_numbered, put

__all__ = [
    "among",
    "as_given",
    "change",
    "change_one",
    "delete_among",
    "fetch",
    "fetch_among",
    "fetch_lasting",
    "insert",
    "insert_columns",
    "insert_numbered",
    "is_given",
    "put",
]
