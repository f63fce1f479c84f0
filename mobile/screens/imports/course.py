"""The course of an import: files chosen, checked, looked at, written."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import flet as ft

from mobile.design.states import snackbar
from mobile.state.application import App
from mobile.state.errors import LogInNeeded, ServerRefusal, Unreachable
from mobile.state.hooks import use_app
from mobile.state.imports import Job, SourceFile, fetch_errors, run_import
from mobile.text import error_sentence, language

FAILURES = (ServerRefusal, Unreachable, LogInNeeded)


@dataclass(frozen=True, slots=True)
class Import:
    """The files chosen, the job that ran last, how far the running one is, and what went wrong."""

    files: tuple[SourceFile, ...] = ()
    job: Job | None = None
    progress: float | None = None
    error: str | None = None

    @property
    def is_running(self) -> bool:
        """Whether a job is running now."""
        return self.progress is not None


@dataclass(frozen=True, slots=True)
class Course:
    """What is shown, and what can be done: `picker` chooses files, which are then checked; `write` imports them."""

    view: Import
    picker: ft.FilePicker
    write: Callable[[], None]
    save_errors: Callable[[], None]


def use_import() -> Course:
    """One import at a time; call the hook once in a component."""
    app = use_app()
    page = ft.context.page
    view, show = ft.use_state(Import())

    def take(event: ft.FilePickerResultEvent) -> None:
        chosen = tuple(SourceFile(file.name, bytes(file.bytes or b"")) for file in event.files)
        if chosen:
            show(lambda _: Import(chosen))
            page.run_task(_run, app, chosen, show, dry_run=True)

    picker = ft.use_memo(lambda: ft.FilePicker(on_result=take), [])

    def write() -> None:
        page.run_task(_run, app, view.files, show, dry_run=False)

    def save() -> None:
        if view.job is not None:
            page.run_task(_save_errors, app, page, view.job)

    return Course(view, picker, write, save)


def sentence_of(error: Exception) -> str:
    """What went wrong, in words: the server's own where it sent some."""
    if isinstance(error, ServerRefusal):
        said = error.details.get(language())
        return str(said) if said else error_sentence(error.code, error.details)
    return error_sentence("unauthorized" if isinstance(error, LogInNeeded) else "import_unreachable")


async def _run(
    app: App,
    files: tuple[SourceFile, ...],
    show: Callable[[Callable[[Import], Import]], None],
    *,
    dry_run: bool,
) -> None:
    """One job from sending the files to its report, shown all the way."""

    def watch(progress: float) -> None:
        show(lambda before: replace(before, progress=progress))

    show(lambda before: replace(before, progress=0.0, error=None))
    try:
        job = await run_import(app, files, dry_run=dry_run, watch=watch)
    except FAILURES as error:
        words = sentence_of(error)
        show(lambda before: replace(before, progress=None, error=words))
        return
    show(lambda before: replace(before, job=job, progress=None))
    if not dry_run:
        app.loop.wake(at_once=True)


async def _save_errors(app: App, page: ft.Page, job: Job) -> None:
    try:
        content = await fetch_errors(app, job.id)
    except FAILURES as error:
        snackbar(page, sentence_of(error))
        return
    await ft.FilePicker().save_file(file_name="import-errors.csv", src_bytes=content)
