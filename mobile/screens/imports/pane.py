"""Importing files: choose them, see what they would do, then do it. Works with a network only."""

from collections.abc import Callable

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button, secondary_button
from mobile.design.cards import card, progress_bar
from mobile.design.marks import Tone, chip
from mobile.design.scaffold import list_pane, scroll_body
from mobile.design.states import notice, offline_state
from mobile.design.type import body, row_title, secondary
from mobile.screens.imports.course import Import, use_import
from mobile.screens.imports.report import report_cards
from mobile.screens.status import StatusPill
from mobile.state.hooks import use_app, use_observable
from mobile.state.imports import Job, SourceFile
from mobile.state.sync_state import Phase
from mobile.text import formats, t


@ft.component
def ImportPane(selected: str | None) -> ft.Control:  # noqa: N802
    """For the back office. Nothing is written before it has been seen what would be."""
    del selected
    app = use_app()
    use_observable(app.sync)
    use_observable(app.window)
    course = use_import()
    view = course.view
    if app.sync.phase == Phase.OFFLINE:
        content: list[ft.Control] = [offline_state(t("import.offline"), t("import.offline_hint"))]
    else:
        content = [_files_card(view, course.picker), *_state(view)]
        if view.job is not None and not view.is_running:
            content += _next(view.job, course.write)
            content += report_cards(view.job, course.save_errors, wide=app.window.wide)
    return list_pane(
        t("import.title"),
        t("import.context"),
        status=StatusPill(),
        body=scroll_body(content, spacing=tokens.SPACE_4),
        identifier="import",
    )


def _files_card(view: Import, picker: ft.FilePicker) -> ft.Control:
    choose = ft.PickFiles(
        picker,
        file_type=ft.FilePickerFileType.CUSTOM,
        allowed_extensions=["csv"],
        allow_multiple=True,
        with_data=True,
        cancel_upload_on_window_blur=False,
    )
    lines: list[ft.Control] = [
        row_title(t("import.choose")),
        body(t("import.choose_hint"), tokens.SOFT),
    ]
    if view.files:
        names = [chip(f"{file.name} · {_size(file)}", Tone.CALM) for file in view.files]
        lines.append(ft.Row(names, wrap=True, spacing=6, run_spacing=6))
    label = t("import.choose_other" if view.files else "import.choose_button")
    button = secondary_button if view.files else primary_button
    pick = button(label, None, icon=ft.Icons.UPLOAD_FILE_OUTLINED, identifier="import-choose", action=choose)
    lines.append(ft.Row([pick]))
    return card(ft.Column(lines, spacing=tokens.SPACE_3))


def _state(view: Import) -> list[ft.Control]:
    if view.is_running:
        checking = view.job is None
        words = t("import.checking" if checking else "import.running")
        percent = secondary(f"{int((view.progress or 0) * 100)}%")
        head = ft.Row([body(words), percent], alignment=ft.MainAxisAlignment.SPACE_BETWEEN)
        box = card(ft.Column([head, progress_bar(view.progress)], spacing=tokens.SPACE_3))
        return [ft.Semantics(content=box, identifier="import-progress")]
    if view.error:
        return [notice(view.error, Tone.DANGER, identifier="import-error")]
    return []


def _next(job: Job, start: Callable[[], None]) -> list[ft.Control]:
    if not job.dry_run:
        done = t("import.done", n=formats.count(_changes(job)))
        return [notice(done, Tone.ACCENT, identifier="import-done")]
    if not _changes(job):
        return [notice(t("import.nothing"), Tone.ACCENT, identifier="import-nothing")]
    words = t("import.start", n=formats.count(_changes(job)))
    return [ft.Row([primary_button(words, lambda _: start(), identifier="import-start")])]


def _changes(job: Job) -> int:
    return sum(counts["created"] + counts["updated"] for counts in job.report["tables"].values())


def _size(file: SourceFile) -> str:
    return f"{max(1, len(file.content) // 1024):,} KB"
