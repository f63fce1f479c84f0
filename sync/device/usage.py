"""How much room the copy takes on the device."""

from sqlalchemy import Connection, text

_PAGES, _PAGE_BYTES = text("PRAGMA page_count"), text("PRAGMA page_size")


def storage_bytes(connection: Connection) -> int:
    """The size of the database file in bytes, from SQLite's own count of its pages."""
    return int(connection.execute(_PAGES).scalar_one()) * int(connection.execute(_PAGE_BYTES).scalar_one())
