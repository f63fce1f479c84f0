"""What came of an import, or would come of it: counts by table, refusals by reason, the first rows of each table."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from server.importing.planning import Plan
from server.importing.refusals import Refusal
from server.importing.rows import MODELS, Row, table_of

PREVIEW_ROWS = 5
_HIDDEN = frozenset({"company_id", "name_key"})
_FIRST = frozenset({"name", "number", "code", "sku"})
_LAST = frozenset({"offset_points", "kind", "method", "position", "line_ids"})


@dataclass(frozen=True, slots=True)
class TableCounts:
    """How many rows of one table are new, changed and as they were."""

    created: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one run. `refused` counts rows that somebody has to look at, `passed_over` repeats and the like."""

    dry_run: bool
    files: dict[str, str]
    """Name of the mapping by name of the file."""
    rows_read: int
    refusals: list[Refusal]
    tables: dict[str, TableCounts]
    preview: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def refused(self) -> int:
        """Rows that were not loaded and need somebody's attention."""
        return sum(refusal.is_mistake for refusal in self.refusals)

    @property
    def passed_over(self) -> int:
        """Rows that added nothing and need nobody's attention, such as repeats."""
        return len(self.refusals) - self.refused

    def created(self, table: str) -> int:
        """New rows of one table."""
        return self.tables[table].created if table in self.tables else 0

    def reasons(self) -> dict[str, int]:
        """How many rows were refused or passed over for each reason, the most frequent first."""
        return dict(Counter(refusal.code for refusal in self.refusals).most_common())

    def as_json(self) -> dict[str, Any]:
        """The report for a screen."""
        return {
            "dry_run": self.dry_run,
            "files": self.files,
            "rows_read": self.rows_read,
            "refused": self.refused,
            "passed_over": self.passed_over,
            "reasons": self.reasons(),
            "tables": {
                name: {"created": each.created, "updated": each.updated, "unchanged": each.unchanged}
                for name, each in self.tables.items()
            },
            "preview": self.preview,
        }


def report_of(
    plan: Plan, refusals: list[Refusal], files: dict[str, str], rows_read: int, *, dry_run: bool
) -> Report:
    """Sum up a plan."""
    tables = {
        name: TableCounts(len(each.created), len(each.updated), each.unchanged)
        for name, each in ((name, plan.of(name)) for name in MODELS)
        if each.created or each.updated or each.unchanged
    }
    preview = {name: [_shown(name, row) for row in plan.of(name).created[:PREVIEW_ROWS]] for name in tables}
    return Report(
        dry_run, files, rows_read, refusals, tables, {name: rows for name, rows in preview.items() if rows}
    )


def _shown(table: str, row: Row) -> Row:
    """The columns that may leave the server and say something, the name first."""
    columns = table_of(table).columns
    shown = {
        name: value
        for name, value in row.items()
        if name not in _HIDDEN
        and not columns[name].info.get("private")
        and value not in ("", None, [], {}, 0)
    }
    return {name: shown[name] for name in sorted(shown, key=lambda name: (name not in _FIRST, name in _LAST))}
