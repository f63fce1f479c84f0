"""The pill at the top right of every list: connection and what waits, in words."""

import flet as ft

from mobile.design.marks import Tone, status_pill
from mobile.state.hooks import go, use_app, use_observable
from mobile.state.sync_state import Phase, SyncState
from mobile.text import t


@ft.component
def StatusPill() -> ft.Control:  # noqa: N802
    """Opens the sync screen."""
    app = use_app()
    use_observable(app.sync)
    words, tone = status_words(app.sync)
    return status_pill(
        words, tone, on_click=lambda _: go("/login" if app.sync.phase == Phase.LOGIN else "/sync")
    )


def status_words(sync: SyncState) -> tuple[str, Tone]:
    """What matters most about the sync, in few words."""
    if sync.phase == Phase.LOGIN:
        return t("status.login"), Tone.WARM
    if sync.phase == Phase.OFFLINE:
        is_full = sync.error_code == "storage_full"
        state = "full" if is_full else "offline"
        words = t(f"status.{state}_pending", n=sync.pending) if sync.pending else t(f"status.{state}")
        return words, Tone.DANGER if is_full else Tone.WARM
    if sync.attention:
        return t("status.attention", n=sync.attention), Tone.WARM
    if sync.pending:
        return t("status.pending", n=sync.pending), Tone.WARM
    if sync.phase in {Phase.SYNCING, Phase.STARTING}:
        return t("status.syncing"), Tone.ACCENT
    return t("status.online"), Tone.ACCENT
