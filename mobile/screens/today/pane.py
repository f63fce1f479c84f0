"""Today: what needs the person now, then later today, then who came by."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future

import flet as ft
from sqlmodel import Session

from mobile.design import tokens
from mobile.design.buttons import text_button
from mobile.design.fields import search_field
from mobile.design.scaffold import list_pane, scroll_body
from mobile.design.states import empty_state
from mobile.design.type import section_label
from mobile.screens.leads.row import lead_row, wants
from mobile.screens.refused import refusal_mark, use_refused
from mobile.screens.status import StatusPill
from mobile.state.hooks import go, use_app, use_query
from mobile.state.queries.leads import LeadFilter, LeadRow, lead_ids, lead_rows
from mobile.state.queries.today import Today, today
from mobile.text import formats, t

_TICK_S = 30
_FOUND = 30


@ft.component
def TodayPane(selected: str | None) -> ft.Control:  # noqa: N802
    """The first page of every day. Identifier `today-ready` once it can be used."""
    app = use_app()
    now_ms, set_now = ft.use_state(app.now_ms())
    text, set_text = ft.use_state("")
    _use_clock(lambda: set_now(app.now_ms()))
    person = app.session.person
    minute = now_ms // formats.MINUTE
    pending = use_query(lambda _: app.replica.pending_rows("lead"), ["lead", "followup"])
    refused = use_refused()
    day = use_query(
        lambda session: today(
            session,
            now_ms=now_ms,
            day_from_ms=formats.midnight_ms(now_ms),
            day_to_ms=formats.midnight_ms(now_ms, days=1),
            store_id=person.store_id if person else None,
        ),
        ["lead", "followup", "store"],
        minute,
    )
    found = use_query(lambda session: _search(session, text, now_ms), ["lead"], text)

    def show(lead: LeadRow, **extra: str) -> ft.Control:
        mine = lead.id == selected
        return lead_row(
            lead,
            section="today",
            now_ms=now_ms,
            pending=lead.id in pending,
            selected=mine,
            refused=refusal_mark(refused, "lead", lead.id),
            **extra,
        )

    body = [show(lead) for lead in found] if text else _groups(day, show)
    return list_pane(
        t("today.title"),
        " · ".join(part for part in (formats.today_line(now_ms), day.store) if part),
        status=StatusPill(),
        head=[search_field(text, t("common.search"), set_text)],
        body=scroll_body(body or [_nothing(text)], spacing=tokens.ROW_GAP),
        identifier="today-ready",
    )


def _groups(day: Today, show: Callable[..., ft.Control]) -> list[ft.Control]:
    rows: list[ft.Control] = []
    for label, leads, count in (
        ("today.due", day.overdue, day.overdue_count),
        ("today.later", day.later, day.later_count),
    ):
        if leads:
            rows.append(section_label(f"{t(label)} · {formats.count(count)}"))
            rows += [show(lead) for lead in leads]
            if count > len(leads):
                more = t("today.more", n=formats.count(count - len(leads)))
                rows.append(text_button(more, lambda _: go("/leads"), identifier="today-more"))
    if not rows:
        rows.append(empty_state(t("today.clear"), t("today.clear_hint"), icon=ft.Icons.TASK_ALT))
    if day.visits:
        rows.append(section_label(f"{t('today.visits')} · {len(day.visits)}"))
        for visit in day.visits:
            came = formats.clock(visit.occurred_at_ms)
            rows.append(show(visit.lead, trailing=came, subtitle=visit.note or wants(visit.lead)))
    return rows


def _search(session: Session, text: str, now_ms: int) -> list[LeadRow]:
    if not text.strip():
        return []
    ids = lead_ids(session, text=text, which=LeadFilter.ALL, due_before_ms=now_ms)
    return lead_rows(session, ids[:_FOUND])


def _nothing(text: str) -> ft.Control:
    return empty_state(t("leads.no_match", text=text), t("leads.no_match_hint"), icon=ft.Icons.SEARCH_OFF)


def _use_clock(tick: Callable[[], None]) -> None:
    """Call `tick` twice a minute while the page is shown, so that what falls due appears by itself."""

    async def run() -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            tick()

    nothing: Future[None] | None = None
    task = ft.use_ref(nothing)

    def start() -> None:
        task.current = ft.context.page.run_task(run)

    def stop() -> None:
        if task.current is not None:
            task.current.cancel()

    ft.use_effect(start, dependencies=[], cleanup=stop)
