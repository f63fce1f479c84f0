"""One lead: who they are, what they want, what happened, what to do next."""

from collections.abc import Callable

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import icon_button, primary_button, secondary_button
from mobile.design.marks import Tone, chip, pending_mark
from mobile.design.scaffold import detail_pane
from mobile.design.states import empty_state
from mobile.screens.lead.log import use_log_sheet
from mobile.screens.lead.member import member_cards
from mobile.screens.lead.needs import needs_card, use_needs_sheet
from mobile.screens.lead.notes import NotesCard
from mobile.screens.lead.timeline import timeline
from mobile.screens.refused import use_refusal_notice
from mobile.state.application import App
from mobile.state.hooks import go, use_app, use_query
from mobile.state.queries.lead import TABLES, LeadRecord, lead_record
from mobile.text import formats, t, word
from shared_models.sales.tables import Lead


@ft.component
def LeadPane(record_id: str, back: ft.Control | None) -> ft.Control:  # noqa: N802
    """The detail beside a list, or a page of its own when `back` is given."""
    app = use_app()
    now_ms = app.now_ms()
    revealed, reveal = ft.use_state(initial=False)
    record = use_query(lambda session: lead_record(session, record_id, now_ms=now_ms), TABLES, record_id)
    pending = use_query(lambda _: _pending(app, record_id), TABLES, record_id)
    lead = record.lead if record else None
    refusal = use_refusal_notice("lead", record_id)
    log = use_log_sheet(lead)
    edit = use_needs_sheet(lead)
    if record is None or lead is None:
        return _missing(back)
    body: list[ft.Control] = []
    if record.account is not None:
        rules = record.scheme.rules if record.scheme else None
        body += member_cards(record.account, rules, narrow=back is not None)
    body += [
        needs_card(lead, edit, now_ms, narrow=back is not None),
        NotesCard(lead.id, lead.notes, key=f"notes-{lead.id}"),  # type: ignore[call-arg] # Flet takes the key
    ]
    body += timeline(record, pending, now_ms)
    return detail_pane(
        lead.name,
        "",
        [_who(record, revealed, lambda: reveal(not revealed)), *refusal, *body],
        chips=_chips(record, lead.id in pending),
        tools=_tools(lead),
        actions=_actions(record, log),
        back=back,
        identifier="lead",
    )


def _pending(app: App, record_id: str) -> frozenset[str]:
    del record_id
    return (
        app.replica.pending_rows("lead")
        | app.replica.pending_rows("followup")
        | app.replica.pending_rows("sales_order")
    )


def _missing(back: ft.Control | None) -> ft.Control:
    content = empty_state(
        t("common.not_found"), t("common.not_found_hint"), icon=ft.Icons.PERSON_OFF_OUTLINED
    )
    return detail_pane("", "", [content], back=back)


def _who(record: LeadRecord, revealed: bool, toggle: Callable[[], None]) -> ft.Control:
    lead = record.lead
    phone = formats.spaced_phone(lead.phone) if revealed else formats.masked_phone(lead.phone)
    source = t("lead.from", source=word("source", lead.source)) if lead.source else ""
    owner = t("lead.owner", name=record.owner) if record.owner else ""
    words = " · ".join(part for part in (phone, lead.region, source, owner) if part)
    line = ft.Text(words, size=14, color=tokens.SOFT, max_lines=2, expand=True, expand_loose=True)
    if not lead.phone:
        return line
    icon = ft.Icons.VISIBILITY_OFF_OUTLINED if revealed else ft.Icons.VISIBILITY_OUTLINED
    name = t("lead.hide" if revealed else "lead.reveal")
    eye = icon_button(icon, name, lambda _: toggle(), identifier="reveal", colour=tokens.SOFT)
    return ft.Semantics(content=ft.Row([line, eye], spacing=0), identifier="lead-who")


def _chips(record: LeadRecord, pending: bool) -> list[ft.Control]:
    chips: list[ft.Control] = []
    if record.account is not None and record.account.tier:
        chips.append(chip(t("lead.member", tier=record.account.tier), Tone.GOLD))
    else:
        chips.append(chip(word("stage", record.lead.stage), Tone.ACCENT))
    if pending:
        chips.append(pending_mark(t("common.pending")))
    return chips


def _tools(lead: Lead) -> list[ft.Control]:
    if not lead.phone:
        return []
    return [
        icon_button(ft.Icons.CALL_OUTLINED, t("lead.call"), None, url=f"tel:{lead.phone}"),
        icon_button(ft.Icons.MESSAGE_OUTLINED, t("lead.message"), None, url=f"sms:{lead.phone}"),
    ]


def _actions(record: LeadRecord, log: Callable[[], None]) -> list[ft.Control]:
    lead = record.lead
    actions = [
        primary_button(t("lead.log"), lambda _: log(), identifier="log"),
        secondary_button(t("lead.sell"), lambda _: go(f"/sale/{lead.id}"), identifier="sell"),
    ]
    if lead.customer_id:
        points = t("lead.points")
        actions.append(
            secondary_button(points, lambda _: go(f"/customers/{lead.customer_id}"), identifier="points")
        )
    return actions
