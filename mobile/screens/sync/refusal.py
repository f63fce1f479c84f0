"""One refused action on a page of its own, which the mark on its record leads to."""

import flet as ft

from mobile.design import tokens
from mobile.design.scaffold import detail_pane
from mobile.design.states import empty_state
from mobile.screens.sync.units import RefusedCard
from mobile.state.hooks import use_app, use_observable
from mobile.text import t


@ft.component
def RefusalPage(unit: str, back: ft.Control | None) -> ft.Control:  # noqa: N802
    """The action with its reason, what waits for it, and what can be done; when it is settled, that it is."""
    app = use_app()
    use_observable(app.sync)
    found = next((each for each in app.replica.refused_units() if each.id == unit), None)
    if found is None:
        settled = empty_state(t("sync.settled"), t("sync.settled_hint"), icon=ft.Icons.TASK_ALT)
        return detail_pane(t("sync.refused_title"), "", [settled], back=back, identifier="refusal")
    causes = app.replica.waiting_units()
    waiting = [each for each in app.replica.pending_units() if causes.get(each.id) == unit]
    card = RefusedCard(found, waiting, key=unit)  # type: ignore[call-arg] # Flet takes the key
    content = ft.Row([ft.Container(card, width=tokens.PAGE_WIDTH)]) if app.window.wide else card
    return detail_pane(t("sync.refused_title"), "", [content], back=back, identifier="refusal")
