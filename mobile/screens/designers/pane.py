"""All designers: a list for the counter; for the back office also the year's review, the statements, the levels."""

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import secondary_button
from mobile.design.fields import search_field
from mobile.design.marks import Tone, chip
from mobile.design.rows import row
from mobile.design.scaffold import list_pane, scroll_body
from mobile.design.states import empty_state
from mobile.screens.designers.levels import use_levels
from mobile.screens.designers.office import use_office
from mobile.screens.places import BACK_OFFICE
from mobile.screens.status import StatusPill
from mobile.state.designer_office import review_year, settle
from mobile.state.hooks import go, use_app, use_query
from mobile.state.queries.designers import TABLES, DesignerRow, designer_rows
from mobile.text import formats, t
from shared_models.designers.years import fiscal_year


@ft.component
def DesignersPane(selected: str | None) -> ft.Control:  # noqa: N802
    """Find a designer by name, initials or firm."""
    app = use_app()
    text, set_text = ft.use_state("")
    rows = use_query(lambda session: designer_rows(session, text), TABLES, text)
    person = app.session.person
    head: list[ft.Control] = [search_field(text, t("designers.search"), set_text)]
    if person is not None and person.role in BACK_OFFICE:
        head.append(OfficeBar())
    body = (
        scroll_body([_row(each, selected) for each in rows], spacing=0)
        if rows
        else empty_state(t("designers.none"), t("designers.none_hint"), icon=ft.Icons.DRAW_OUTLINED)
    )
    return list_pane(
        t("nav.designers"),
        t("designers.count", n=len(rows)),
        status=StatusPill(),
        head=head,
        body=body,
        identifier="designers",
    )


@ft.component
def OfficeBar() -> ft.Control:  # noqa: N802
    """What the back office does for all designers at once."""
    app = use_app()
    busy, ask = use_office()
    edit_levels = use_levels()
    year = fiscal_year(app.now_ms()) - 1

    async def settling() -> str:
        done = await settle(app)
        return t("designers.settled", n=done.statements, amount=formats.money(done.pay_fen))

    async def reviewing() -> str:
        return t("designers.reviewed", n=await review_year(app, year), year=year)

    buttons = [
        secondary_button(t("designers.settle"), lambda _: ask(settling), identifier="settle", disabled=busy),
        secondary_button(
            t("designers.review", year=year), lambda _: ask(reviewing), identifier="review", disabled=busy
        ),
        secondary_button(t("designers.levels"), lambda _: edit_levels(), identifier="levels"),
    ]
    return ft.Row(buttons, wrap=True, spacing=tokens.SPACE_2, run_spacing=tokens.SPACE_2)


def _row(designer: DesignerRow, selected: str | None) -> ft.Control:
    return row(
        designer.name,
        designer.firm or t("designers.no_firm"),
        identifier=f"designer-{designer.id}",
        chips=[chip(designer.level, Tone.GOLD)] if designer.level else [],
        selected=designer.id == selected,
        on_click=lambda _: go(f"/designers/{designer.id}"),
    )
