"""`showfloor import FILE...`: load CSV files from the command line."""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from server.database import Database
from server.importing.company import company_for
from server.importing.mapping import shipped_mappings
from server.importing.reading import SourceFile, open_source
from server.importing.refusals import FileRefusedError, errors_text
from server.importing.report import Report
from server.importing.run import draft_files, import_drafts
from server.importing.terminal import ProgressBar, print_report
from server.migrate import upgrade
from server.settings import Settings

REFUSED = 2
"""Exit status when a file was refused and nothing imported."""
ROWS_REFUSED = 1
"""Exit status when everything but some rows was imported."""


def add_parser(commands: Any) -> None:
    """Add the `import` command."""
    known = ", ".join(mapping.name for mapping in shipped_mappings())
    parser = commands.add_parser(
        "import", help="load CSV files", description="Load CSV files into the database."
    )
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV files, in any order")
    parser.add_argument(
        "--mapping", metavar="NAME", help=f"what the files are; by their headers if left out ({known})"
    )
    parser.add_argument(
        "--company", metavar="ID", help="company to load into, if the database has more than one"
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would happen and write nothing")
    parser.add_argument(
        "--errors",
        type=Path,
        metavar="PATH",
        default=Path("import-errors.csv"),
        help="where to write refused rows",
    )
    parser.set_defaults(handler=run)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Import, print the report and write the errors file; 0 when no row was refused, 1 when some were, 2 for a whole file."""
    database = Database(settings.database_url)
    now_ms = time.time_ns() // 1_000_000
    try:
        upgrade(database)
        sources = [_opened(path, arguments.mapping) for path in arguments.files]
        report = import_files(
            database, sources, company=arguments.company, dry_run=arguments.dry_run, now_ms=now_ms
        )
    except FileRefusedError as refused:
        print(f"showfloor: {refused.zh}\n{refused.en}", file=sys.stderr)
        return REFUSED
    finally:
        database.close()
    if report.refusals:
        arguments.errors.write_text(errors_text(report.refusals), encoding="utf-8", newline="")
    print_report(report, str(arguments.errors))
    return ROWS_REFUSED if report.refused else 0


def import_files(
    database: Database,
    sources: list[SourceFile],
    *,
    company: str | None,
    dry_run: bool,
    now_ms: int,
) -> Report:
    """Import into the database in one transaction, with a bar on the standard error stream."""
    bar = ProgressBar()
    with database.reading() as session:
        company_id = company_for(session, company)
    drafts = draft_files(sources, company_id, bar)
    with database.reading() if dry_run else database.writing() as session:
        return import_drafts(session, drafts, sources, now_ms=now_ms, dry_run=dry_run, progress=bar)


def _opened(path: Path, mapping: str | None) -> SourceFile:
    try:
        return open_source(path.name, path.read_bytes(), mapping)
    except OSError as error:
        raise FileRefusedError(
            "file_unreadable",
            f"打不开“{path}”（{error.strerror}）；什么都没有导入。请检查路径和权限。",
            f"{str(path)!r} cannot be opened ({error.strerror}); nothing was imported. Check the path and its permissions.",
        ) from error
