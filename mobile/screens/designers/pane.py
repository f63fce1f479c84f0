"""Designers and what belongs to them: files for the counter; for the back office also firms, claims, events, articles."""

from collections.abc import Callable

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button, secondary_button
from mobile.design.fields import choice_chips, search_field
from mobile.design.marks import Tone, chip
from mobile.design.rows import row
from mobile.design.scaffold import list_pane, scroll_body
from mobile.design.states import empty_state
from mobile.screens.designers.forms import use_designer_form, use_event_form, use_firm_form
from mobile.screens.designers.levels import use_levels
from mobile.screens.designers.lists import ArticleList, ClaimList, EventList, FirmList
from mobile.screens.places import BACK_OFFICE
from mobile.screens.status import StatusPill
from mobile.state.hooks import go, use_app, use_query
from mobile.state.queries.designers import TABLES, DesignerRow, designer_rows
from mobile.text import t
from shared_models.designers.years import fiscal_year

_DESIGNERS, _ARTICLES = "designers", "articles"
_LISTS = ("firms", "claims", "events", _ARTICLES)


@ft.component
def DesignersPane(selected: str | None) -> ft.Control:  # noqa: N802
    """Find a designer by name, initials or firm; the back office chooses between this and the other lists."""
    app = use_app()
    text, set_text = ft.use_state("")
    shown, show = ft.use_state(_DESIGNERS)
    rows = use_query(lambda session: designer_rows(session, text), TABLES, text)
    person = app.session.person
    in_office = person is not None and person.role in BACK_OFFICE
    head: list[ft.Control] = [search_field(text, t(f"designers.search_{shown}"), set_text)]
    if in_office:
        options = [(name, t(f"designers.list_{name}")) for name in (_DESIGNERS, *_LISTS)]
        head.insert(0, choice_chips(options, shown, show, identifier="designers-show", one_line=True))
    if shown != _DESIGNERS:
        body: ft.Control = _list(shown, text, selected)
    else:
        if in_office:
            head.append(OfficeBar())
        body = (
            scroll_body([_row(each, selected) for each in rows], spacing=0)
            if rows
            else empty_state(t("designers.none"), t("designers.none_hint"), icon=ft.Icons.DRAW_OUTLINED)
        )
    return list_pane(
        t("nav.designers"),
        t("designers.count", n=len(rows)) if shown == _DESIGNERS else t(f"designers.about_{shown}"),
        status=StatusPill(),
        head=head,
        body=body,
        action=NewButton(shown) if in_office and shown not in {"claims", _ARTICLES} else None,
        identifier="designers",
    )


@ft.component
def NewButton(shown: str) -> ft.Control:  # noqa: N802
    """Begins a new record of the list that is shown."""
    open_designer, open_firm, open_event = use_designer_form(), use_firm_form(), use_event_form()
    openers: dict[str, Callable[[None], None]] = {
        _DESIGNERS: open_designer,
        "firms": open_firm,
        "events": open_event,
    }
    begin = openers[shown]
    return primary_button(
        t(f"designers.new_{shown}"), lambda _: begin(None), icon=ft.Icons.ADD, identifier=f"new-{shown}"
    )


@ft.component
def OfficeBar() -> ft.Control:  # noqa: N802
    """What the back office does for all designers at once."""
    app = use_app()
    edit_levels = use_levels()
    year = fiscal_year(app.now_ms()) - 1
    buttons = [
        secondary_button(
            t("designers.statements"), lambda _: go("/designers/statements"), identifier="statements"
        ),
        secondary_button(
            t("designers.review", year=year), lambda _: go("/designers/review"), identifier="review"
        ),
        secondary_button(t("designers.levels"), lambda _: edit_levels(), identifier="levels"),
    ]
    return ft.Row(buttons, wrap=True, spacing=tokens.SPACE_2, run_spacing=tokens.SPACE_2)


def _list(shown: str, text: str, selected: str | None) -> ft.Control:
    if shown == "firms":
        return FirmList(text, selected)
    if shown == "claims":
        return ClaimList(text, selected)
    return EventList(text, selected) if shown == "events" else ArticleList(text)


def _row(designer: DesignerRow, selected: str | None) -> ft.Control:
    return row(
        designer.name,
        designer.firm or t("designers.no_firm"),
        identifier=f"designer-{designer.id}",
        chips=[chip(designer.level, Tone.GOLD)] if designer.level else [],
        selected=designer.id == selected,
        on_click=lambda _: go(f"/designers/{designer.id}"),
    )
