"""How much room the copy takes on the device."""

from sqlalchemy import Connection

_BYTES = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"


def storage_bytes(connection: Connection) -> int:
    """The size of the database file in bytes, from SQLite's own count of its pages."""
    return int(connection.exec_driver_sql(_BYTES).scalar_one())
