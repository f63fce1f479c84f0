"""A server's database with nothing in it, and imports into it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import text

from server.database import Database
from server.importing.reading import open_source
from server.importing.report import Report
from server.importing.run import draft_files, import_drafts

COMPANY = "acme"
NOW_MS = 1_790_000_000_000


def load(
    database: Database, files: Mapping[str, bytes], *, dry_run: bool = False, now_ms: int = NOW_MS
) -> Report:
    """Import these files, by name."""
    sources = [open_source(name, content) for name, content in files.items()]
    drafts = draft_files(sources, COMPANY)
    with database.writing() as session:
        return import_drafts(session, drafts, sources, now_ms=now_ms, dry_run=dry_run)


def rows(database: Database, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with database.reading() as session:
        return [tuple(row) for row in session.connection().execute(text(sql), values)]


def one(database: Database, sql: str, **values: Any) -> Any:
    [[value]] = rows(database, sql, **values)
    return value


def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that an import may touch."""
    from server.schema import metadata

    tables = [table.name for table in metadata().sorted_tables if table.name != "import_job"]
    return {name: sorted(rows(database, f"SELECT * FROM {name}"), key=repr) for name in tables}
