"""The first sync: what it fetches and how far it has come, with real counts."""

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import secondary_button
from mobile.design.cards import progress_bar
from mobile.design.marks import Tone, icon_mark
from mobile.design.states import notice
from mobile.design.type import body, secondary
from mobile.state.hooks import use_app, use_observable
from mobile.state.sync_state import Phase
from mobile.text import error_sentence, formats, t


@ft.component
def FirstSyncPage() -> ft.Control:  # noqa: N802
    """Stands in for every place until the first sync is whole."""
    app = use_app()
    use_observable(app.sync)
    sync = app.sync
    known = sync.fetched + sync.remaining
    share = sync.fetched / known if known else None
    counts = t("first.count", done=formats.count(sync.fetched), left=formats.count(sync.remaining))
    lines: list[ft.Control] = [
        ft.Row([icon_mark(ft.Icons.CLOUD_DOWNLOAD_OUTLINED)], alignment=ft.MainAxisAlignment.CENTER),
        ft.Row([body(t("first.title"))], alignment=ft.MainAxisAlignment.CENTER),
        progress_bar(share if sync.online else (share or 0.0)),
        ft.Row([secondary(counts if known else t("first.waiting"))], alignment=ft.MainAxisAlignment.CENTER),
    ]
    if sync.pending:
        # A copy that is fetched again, after damage or by order: what was done before is here and goes first.
        lines.append(
            notice(t("first.pending", n=formats.count(sync.pending)), Tone.ACCENT, identifier="first-pending")
        )
    if sync.phase == Phase.OFFLINE:
        code = sync.error_code or "unreachable"
        words = (
            t("first.offline_hint")
            if sync.pending
            else f"{t('first.offline')} · {t('first.offline_hint')}"
            if code == "unreachable"
            else error_sentence(code)
        )
        lines.append(notice(words, Tone.WARM, identifier="first-offline"))
        retry = secondary_button(t("common.retry"), lambda _: app.loop.wake(at_once=True), identifier="retry")
        lines.append(ft.Row([retry], alignment=ft.MainAxisAlignment.CENTER))
    column = ft.Column(
        lines,
        spacing=tokens.SPACE_4,
        width=320,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    box = ft.Container(column, alignment=ft.Alignment.CENTER, expand=True)
    return ft.Semantics(content=box, identifier="first-sync", expand=True)
