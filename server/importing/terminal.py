"""Shows an import on a terminal: a progress bar, the counts, the preview. Plain lines where nobody watches live."""

import sys
from typing import Any, TextIO

from server.importing.report import Report

_WIDTH = 32
_STEPS = {"reading": "读取 reading", "comparing": "比对 comparing", "writing": "写入 writing"}
_SHOWN_COLUMNS = 6


class ProgressBar:
    """A bar that redraws itself on a terminal; elsewhere one line a tenth of each step."""

    def __init__(self, target: TextIO = sys.stderr) -> None:
        """Draw on `target`, the standard error stream by default, so that the report can be redirected alone."""
        self._target = target
        self._live = target.isatty()
        self._last = ("", -1)

    def __call__(self, step: str, done: int, total: int) -> None:
        """Show how much of a step is done."""
        percent = 100 if total == 0 else 100 * done // total
        tenth = percent // 10
        if self._last == (step, percent if self._live else tenth):
            return
        self._last = (step, percent if self._live else tenth)
        name = _STEPS.get(step, step)
        if self._live:
            filled = _WIDTH * percent // 100
            bar = "█" * filled + "·" * (_WIDTH - filled)
            self._target.write(f"\r{name:<20} {bar} {percent:3d} % ")
            if percent == 100:
                self._target.write("\n")
        else:
            self._target.write(f"{name}: {percent} %\n")
        self._target.flush()


def print_report(report: Report, errors_path: str | None, target: TextIO = sys.stdout) -> None:
    """Print what was done, or with a dry run what would be done."""
    lines = ["试运行，什么都没有写入 dry run, nothing was written" if report.dry_run else "已导入 imported"]
    lines += [f"  {name}: {mapping}" for name, mapping in report.files.items()]
    lines.append(
        f"  读取 read {report.rows_read}, 拒绝 refused {report.refused}, 略过 passed over {report.passed_over}"
    )
    lines.append(f"  {'':<14}{'新增 new':>10}{'更新 changed':>12}{'不变 same':>12}")
    for name, each in report.tables.items():
        lines.append(f"  {name:<14}{each.created:>12}{each.updated:>14}{each.unchanged:>13}")
    lines += [f"  {count} × {code}" for code, count in report.reasons().items()]
    if report.dry_run:
        lines += _preview(report)
    if errors_path and report.refusals:
        lines.append(f"  逐行原因 reasons by row: {errors_path}")
    target.write("\n".join(lines) + "\n")


def _preview(report: Report) -> list[str]:
    lines = []
    for name, rows in report.preview.items():
        lines.append(f"  — {name}")
        lines += [f"      {_short(row)}" for row in rows]
    return lines


def _short(row: dict[str, Any]) -> str:
    shown = [(name, value) for name, value in row.items() if not name.endswith("_id") and name != "id"]
    return ", ".join(f"{name}={value}" for name, value in shown[:_SHOWN_COLUMNS])
