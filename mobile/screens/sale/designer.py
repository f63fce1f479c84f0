"""Choosing the designer who referred the buyer."""

from collections.abc import Callable

import flet as ft

from mobile.design.buttons import secondary_button, text_button
from mobile.design.fields import search_field
from mobile.design.marks import Tone, chip
from mobile.design.rows import row
from mobile.design.sheets import sheet
from mobile.design.type import secondary
from mobile.state.hooks import use_query
from mobile.state.queries.designers import DesignerRow, designer_rows
from mobile.text import t

_SHOWN = 6


def use_designer_sheet(
    chosen: str | None, referred_by: str | None, choose: Callable[[str | None], None]
) -> Callable[[], None]:
    """A function that opens the sheet; `choose` is told the designer, or None for nobody."""
    shown, show = ft.use_state(initial=False)
    text, set_text = ft.use_state("")
    found = use_query(
        lambda session: designer_rows(session, text) if shown else [],
        ("designer", "designerfirm"),
        shown,
        text,
    )

    def close() -> None:
        show(False)

    def take(designer_id: str | None) -> None:
        choose(designer_id)
        close()

    def open_sheet() -> None:
        set_text("")
        show(True)

    first = sorted(found, key=lambda each: each.id != referred_by)[:_SHOWN]
    rows = [_row(each, chosen, referred_by, take) for each in first]
    content: list[ft.Control] = [
        search_field(text, t("sale.designer_search"), set_text, identifier="designer-search"),
        ft.Column(rows or [secondary(t("sale.designer_unknown"))], spacing=0),
    ]
    actions = [secondary_button(t("common.cancel"), lambda _: close())]
    if chosen:
        actions.append(
            text_button(t("sale.designer_nobody"), lambda _: take(None), identifier="designer-nobody")
        )
    ft.use_dialog(
        sheet(t("sale.designer"), content, actions, close, identifier="designer-sheet") if shown else None
    )
    return open_sheet


def _row(
    designer: DesignerRow, chosen: str | None, referred_by: str | None, take: Callable[[str | None], None]
) -> ft.Control:
    chips = [chip(designer.level, Tone.CALM)] if designer.level else []
    if designer.id == referred_by:
        chips.append(chip(t("sale.designer_referred"), Tone.GOLD))
    return row(
        designer.name,
        designer.firm,
        identifier=f"choose-designer-{designer.id}",
        chips=chips,
        selected=designer.id == chosen,
        flush=True,
        on_click=lambda _: take(designer.id),
    )
