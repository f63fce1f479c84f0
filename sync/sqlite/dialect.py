"""SQLAlchemy's SQLite dialect on the project's own driver: `sqlite+showfloor`."""

from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from sync.savepoints import PlainSavepoints
from sync.sqlite import driver

NAME = "sqlite+showfloor"


class Dialect(PlainSavepoints, SQLiteDialect_pysqlite):
    """SQLite through apsw, for engines whose URL begins with `NAME`."""

    driver = "showfloor"
    supports_statement_cache = True
    # One statement for many rows tells no count: triggers would be counted in.
    supports_sane_multi_rowcount = False

    @classmethod
    def import_dbapi(cls) -> Any:
        """The driver module."""
        return driver


registry.register("sqlite.showfloor", __name__, Dialect.__name__)
