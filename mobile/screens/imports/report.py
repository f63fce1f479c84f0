"""What an import would do or has done: counts by table, the first rows, and the rows it refused."""

from collections.abc import Callable, Iterable
from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import secondary_button
from mobile.design.cards import Figure, card, figures_card
from mobile.design.type import row_title, secondary, section_label
from mobile.state.imports import Job
from mobile.text import formats, t, word

_COUNTS = ("created", "updated", "unchanged")
_COLUMN_WIDTH = 150
_NARROW, _WIDE = 8, 13
_LATIN = "\u2e7f"
"""Letters beyond this one are as wide as they are high."""
_MOST_COLUMNS = 7


def report_cards(job: Job, save_errors: Callable[[], object], *, wide: bool) -> list[ft.Control]:
    """The figures first, then each table, then what was refused with a way to get the file of it."""
    report = job.report
    tables: dict[str, dict[str, int]] = report["tables"]
    figures = [
        Figure(
            formats.count(sum(counts[kind] for counts in tables.values())),
            t(f"import.{kind}"),
            f"import-{kind}",
        )
        for kind in _COUNTS
    ]
    figures.append(Figure(formats.count(report["refused"]), t("import.refused"), "import-refused"))
    cards: list[ft.Control] = [
        section_label(
            t("import.would" if job.dry_run else "import.did", n=formats.count(report["rows_read"]))
        ),
        figures_card(figures, narrow=not wide),
    ]
    if report["reasons"]:
        cards += [section_label(t("import.reasons")), _reasons(report, save_errors)]
    cards += [
        section_label(t("import.tables")),
        ft.Semantics(content=_tables(tables), identifier="import-tables"),
    ]
    # What was written can be looked at in its own place; only what would be written has to be shown here.
    for name, rows in report["preview"].items() if job.dry_run else ():
        cards += [section_label(t("import.preview", table=word("table", name))), _preview(rows)]
    return cards


def _tables(tables: dict[str, dict[str, int]]) -> ft.Control:
    head = _line(
        [secondary(t("import.table")), *(_right(secondary(t(f"import.{kind}"))) for kind in _COUNTS)]
    )
    lines = [
        _line([row_title(word("table", name)), *(_right(_count(counts[kind])) for kind in _COUNTS)])
        for name, counts in tables.items()
    ]
    return card(ft.Column([head, *lines], spacing=tokens.SPACE_3))


def _count(value: int) -> ft.Control:
    return ft.Text(formats.count(value), size=tokens.SIZE_BODY, color=tokens.INK if value else tokens.SOFT)


def _right(content: ft.Control) -> ft.Control:
    return ft.Container(content, alignment=ft.Alignment.CENTER_RIGHT)


def _line(cells: list[ft.Control]) -> ft.Control:
    first, *others = cells
    boxes: list[ft.Control] = [
        ft.Container(first, expand=2),
        *(ft.Container(cell, expand=1) for cell in others),
    ]
    return ft.Row(boxes, spacing=tokens.SPACE_2)


def _reasons(report: dict[str, Any], save_errors: Callable[[], object]) -> ft.Control:
    lines: list[ft.Control] = [
        ft.Row(
            [ft.Container(secondary(word("refusal", code), tokens.INK, lines=2), expand=True), _count(count)],
            spacing=tokens.SPACE_3,
        )
        for code, count in report["reasons"].items()
    ]
    button = secondary_button(
        t("import.errors"),
        lambda _: save_errors(),
        icon=ft.Icons.DOWNLOAD_OUTLINED,
        identifier="import-errors",
    )
    return ft.Semantics(
        content=card(ft.Column([*lines, ft.Row([button])], spacing=tokens.SPACE_3)),
        identifier="import-reasons",
    )


def _preview(rows: list[dict[str, Any]]) -> ft.Control:
    """The first rows as a table that scrolls sideways."""
    columns = list(dict.fromkeys(name for row in rows for name in row if not _is_identifier(name)))[
        :_MOST_COLUMNS
    ]
    heads = {name: word("field", name) for name in columns}
    cells = [{name: _words(name, row.get(name)) for name in columns} for row in rows]
    widths = {name: _width([heads[name], *(row[name] for row in cells)]) for name in columns}
    head = ft.Row([_cell(secondary(heads[name]), widths[name]) for name in columns], spacing=tokens.SPACE_3)
    lines = [
        ft.Row([_cell(_value(row[name]), widths[name]) for name in columns], spacing=tokens.SPACE_3)
        for row in cells
    ]
    table = ft.Row([ft.Column([head, *lines], spacing=tokens.SPACE_3)], scroll=ft.ScrollMode.AUTO)
    return card(table)


def _cell(content: ft.Control, width: int) -> ft.Control:
    return ft.Container(content, width=width)


def _width(texts: Iterable[str]) -> int:
    """What the longest of these takes, up to the widest column; a phone shows the more of a table the less it wastes."""
    longest = max(sum(_WIDE if letter > _LATIN else _NARROW for letter in text) for text in texts)
    return min(_COLUMN_WIDTH, longest + _NARROW)


def _value(words: str) -> ft.Control:
    return ft.Text(
        words, size=tokens.SIZE_SECONDARY, color=tokens.INK, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS
    )


def _words(name: str, value: Any) -> str:
    if value is None:
        words = ""
    elif name.endswith("_fen"):
        words = formats.money(int(value))
    elif name.endswith("_at_ms"):
        words = f"{formats.local(int(value)):%Y-%m-%d %H:%M}"
    elif isinstance(value, bool):
        words = t("common.yes" if value else "common.no")
    elif isinstance(value, int):
        words = formats.count(value)
    else:
        words = ", ".join(map(str, value)) if isinstance(value, list) else _word(name, str(value))
    return words


_GROUPS = {
    "channel": "channel", "outcome": "outcome", "intent": "intent", "stage": "stage", "status": "status_of",
    "role": "role", "method": "method", "kind": "entry", "source": "source",
}  # fmt: skip
"""The words of stored values, by field."""


def _word(name: str, value: str) -> str:
    return word(_GROUPS[name], value) if name in _GROUPS else value


def _is_identifier(name: str) -> bool:
    return name == "id" or name.endswith("_id")
