"""How much room the copy takes on the device."""

from sqlalchemy import Connection


def storage_bytes(connection: Connection) -> int:
    """The size of the database file in bytes, from SQLite's own count of its pages."""
    pages, page_bytes = (
        int(connection.exec_driver_sql(asked).scalar_one())
        for asked in ("PRAGMA page_count", "PRAGMA page_size")
    )
    return pages * page_bytes
