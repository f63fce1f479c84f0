"""How much room the copy takes on the device."""

from sqlalchemy import Connection


def storage_bytes(connection: Connection) -> int:
    """The size of the database file in bytes, from SQLite's own count of its pages."""
    pages, size = (
        connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in ("page_count", "page_size")
    )
    return int(pages) * int(size)
