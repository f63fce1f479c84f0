"""All leads: search, filters, and a list that stays smooth at ten thousand."""

from collections.abc import Callable

import flet as ft

from mobile.design.buttons import primary_button
from mobile.design.fields import choice_chips, search_field
from mobile.design.rows import LongList
from mobile.design.scaffold import list_pane
from mobile.design.states import empty_state
from mobile.screens.leads.new import use_new_lead
from mobile.screens.leads.row import lead_row
from mobile.screens.refused import refusal_mark, use_refused
from mobile.screens.status import StatusPill
from mobile.state.hooks import use_app, use_query, use_tables
from mobile.state.queries.leads import LeadFilter, LeadRow, lead_ids, lead_rows
from mobile.text import formats, t


@ft.component
def LeadsPane(selected: str | None) -> ft.Control:  # noqa: N802
    """Find one of thousands, or add one."""
    app = use_app()
    text, set_text = ft.use_state("")
    which, set_which = ft.use_state(LeadFilter.ALL)
    open_form = use_new_lead()
    version = use_tables(["lead"])
    now_ms = app.now_ms()
    tonight_ms = formats.midnight_ms(now_ms, days=1)
    ids = use_query(
        lambda session: lead_ids(session, text=text, which=which, due_before_ms=tonight_ms),
        ["lead"],
        text,
        which,
        tonight_ms,
    )
    pending = use_query(lambda _: app.replica.pending_rows("lead"), ["lead", "followup"])
    refused = use_refused()

    def build(lead: LeadRow) -> ft.Control:
        return lead_row(
            lead,
            section="leads",
            now_ms=now_ms,
            pending=lead.id in pending,
            selected=lead.id == selected,
            refused=refusal_mark(refused, "lead", lead.id),
        )

    def fetch(offset: int, limit: int) -> list[LeadRow]:
        return app.read(lambda session: lead_rows(session, ids[offset : offset + limit]))

    found = t("leads.found" if text else "leads.count", n=formats.count(len(ids)))
    rows = LongList(len(ids), fetch, build, (version, text, which, refused), asked=(text, which))
    return list_pane(
        t("leads.title"),
        found,
        status=StatusPill(),
        head=[search_field(text, t("common.search"), set_text), _filters(which, set_which)],
        body=rows if ids else _nothing(text, which),
        action=primary_button(
            t("leads.add"), lambda _: open_form(), icon=ft.Icons.ADD, identifier="new-lead"
        ),
        identifier="leads",
    )


def _filters(which: LeadFilter, choose: Callable[[LeadFilter], None]) -> ft.Control:
    options = [(value, t(f"leads.{value}")) for value in LeadFilter]
    return choice_chips(options, which, choose, identifier="filter")


def _nothing(text: str, which: LeadFilter) -> ft.Control:
    if text:
        return empty_state(t("leads.no_match", text=text), t("leads.no_match_hint"), icon=ft.Icons.SEARCH_OFF)
    if which != LeadFilter.ALL:
        return empty_state(
            t("leads.no_filter_match"), t("leads.no_filter_hint"), icon=ft.Icons.FILTER_ALT_OUTLINED
        )
    return empty_state(t("leads.none"), t("leads.none_hint"), icon=ft.Icons.PERSON_ADD_ALT_OUTLINED)
