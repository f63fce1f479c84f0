"""Units written under other versions of the tables, at the hub.

Older units are read under the present names. What a newer app wrote and this hub has no column for is named in the unit's
answer and kept with it; once the hub has been upgraded, `replaying` puts it in place.
"""

from collections.abc import Iterable

from shared_models import versions
from sync import wire
from sync.schema import catalogue

UNKNOWN_COLUMNS = "unknown_columns"
"""The code of a unit that was applied but for values that the hub has no column for."""


class UpgradeRequired(Exception):
    """The device's app is too old to be handed rows; what it had to say has been taken."""


def upcast(unit: wire.Unit) -> wire.Unit:
    """The unit under the present names of its columns."""
    release = versions.RELEASE
    if unit.schema >= release.schema or not release.renamed:
        return unit

    def renamed(change: wire.Change) -> wire.Change:
        fields, seen = (
            release.upcast(change.table, each, of=unit.schema) for each in (change.fields, change.seen)
        )
        return wire.Change(change.table, change.row, change.kind, fields, seen)

    return wire.Unit(unit.id, unit.action, unit.at_ms, [renamed(each) for each in unit.changes], unit.schema)


def applied(unit: wire.Unit) -> wire.UnitResult:
    """The answer to a unit that was applied, naming what of it has to wait for an upgrade of the hub."""
    if unit.schema <= versions.RELEASE.schema:
        return wire.UnitResult(unit.id, "applied")
    specs = catalogue()
    waiting = sorted(
        {
            f"{change.table}.{name}"
            for change in unit.changes
            for name in change.fields
            if name not in specs[change.table].columns
        }
    )
    if not waiting:
        return wire.UnitResult(unit.id, "applied")
    return wire.UnitResult(unit.id, "applied", UNKNOWN_COLUMNS, {"columns": waiting})


def rows_for(pages: Iterable[wire.Rows], schema: int) -> list[wire.Rows]:
    """The pages as an app of that schema reads them."""
    release = versions.RELEASE
    if schema >= release.schema or not release.renamed:
        return list(pages)
    return [
        wire.Rows(page.table, release.columns_for(page.table, page.columns, of=schema), page.rows)
        for page in pages
    ]
