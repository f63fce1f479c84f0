"""Notes that are edited where they stand: they are kept when the field is left."""

import flet as ft

from mobile.design.cards import card
from mobile.design.fields import text_field
from mobile.design.states import snackbar
from mobile.state.hooks import latest, use_app
from mobile.state.lead_actions import edit_lead
from mobile.text import t


@ft.component
def NotesCard(lead_id: str, notes: str) -> ft.Control:  # noqa: N802
    """Shows what is kept, unless the person is typing."""
    app = use_app()
    page = ft.context.page
    nothing: str | None = None
    typed, type_in = ft.use_state(nothing)

    def keep() -> None:
        written = latest(type_in)
        if written is None:
            return
        undo = edit_lead(app, lead_id, notes=written)
        type_in(None)
        if undo:
            snackbar(page, t("lead.saved"), undo=(t("common.undo"), undo))

    field = text_field(
        t("lead.notes"),
        notes if typed is None else typed,
        type_in,
        identifier="notes",
        hint=t("lead.notes_hint"),
        lines=2,
        on_blur=keep,
    )
    return card(field)
