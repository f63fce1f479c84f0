"""What a device's copy takes on disk, against the same rows in one plain table."""

import sqlite3
from pathlib import Path

from sqlalchemy import Engine

from sync import bulk
from sync.device.replica import Replica
from sync.schema import catalogue


def used_bytes(engine: Engine) -> int:
    """Bytes in use in the device's database file, indexes, outbox and all."""
    with engine.connect() as connection:
        pages, free, size = (
            int(connection.exec_driver_sql(f"PRAGMA {name}").scalar_one())
            for name in ("page_count", "freelist_count", "page_size")
        )
    return (pages - free) * size


def raw_table_bytes(folder: Path, replica: Replica) -> int:
    """Bytes of a plain SQLite file with the same leads and columns in one table with its key, and nothing else."""
    spec = catalogue()["lead"]
    names = tuple(spec.columns)
    with replica.engine.connect() as connection:
        rows = bulk.fetch(connection, spec.table.select())
    file = folder / "raw-table.db"
    file.unlink(missing_ok=True)
    raw = sqlite3.connect(file)
    raw.execute(f"CREATE TABLE lead ({', '.join(names)}, PRIMARY KEY (id)) WITHOUT ROWID")
    marks = ", ".join("?" * len(names))
    raw.executemany(
        f"INSERT INTO lead VALUES ({marks})",
        [tuple(str(value) if isinstance(value, (list, dict)) else value for value in row) for row in rows],
    )
    raw.commit()
    raw.close()
    return file.stat().st_size
