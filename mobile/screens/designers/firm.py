"""A firm: how it is reached, and who designs there."""

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button
from mobile.design.cards import card, fact_line
from mobile.design.marks import Tone, chip
from mobile.design.rows import row
from mobile.design.scaffold import detail_pane
from mobile.design.type import body, secondary, section_label
from mobile.screens.designers.forms import use_firm_form
from mobile.state.hooks import go, use_query
from mobile.state.queries.designer_office import FIRM_TABLES, firm_item
from mobile.text import t


@ft.component
def FirmPane(record_id: str, back: ft.Control | None) -> ft.Control:  # noqa: N802
    """The firm's file and its designers."""
    item = use_query(lambda session: firm_item(session, record_id), FIRM_TABLES, record_id)
    open_form = use_firm_form()
    if item is None:
        return detail_pane("", "", [secondary(t("common.not_found"))], back=back)
    firm = item.firm
    facts = [(name, getattr(firm, name)) for name in ("contact", "phone", "address", "notes")]
    lines: list[ft.Control] = [fact_line(t(f"firm.{name}"), body(words)) for name, words in facts if words]
    content: list[ft.Control] = [
        card(ft.Column(lines or [secondary(t("firm.nothing"))], spacing=tokens.SPACE_3)),
        section_label(t("nav.designers")),
    ]
    content += [
        row(
            designer.name,
            t("common.comma").join(designer.styles),
            identifier=f"firm-designer-{designer.id}",
            chips=[chip(designer.level, Tone.GOLD)] if designer.level else [],
            on_click=lambda _, designer_id=designer.id: go(f"/designers/{designer_id}"),
        )
        for designer in item.designers
    ] or [secondary(t("firm.nobody"))]
    return detail_pane(
        firm.name,
        "",
        content,
        actions=[
            primary_button(
                t("firm.edit"), lambda _: open_form(firm), icon=ft.Icons.EDIT_OUTLINED, identifier="edit-firm"
            )
        ],
        back=back,
        identifier="firm",
    )
