"""An event: who is invited, who came, and what it cost (D-08)."""

from collections.abc import Callable, Mapping
from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button, secondary_button, text_button
from mobile.design.cards import Figure, card, fact_line, figures_card
from mobile.design.marks import Tone, chip
from mobile.design.rows import row
from mobile.design.scaffold import detail_pane
from mobile.design.states import snackbar
from mobile.design.type import body, secondary, section_label
from mobile.screens.designers.forms import use_event_form
from mobile.screens.office.form import Field, FieldKind, Form, use_form
from mobile.screens.office.typed import fen
from mobile.state.designer_actions import add_expense, invite, note_attendance
from mobile.state.hooks import use_app, use_query
from mobile.state.queries.designer_events import EVENT_TABLES, EventRecord, Guest, event_record
from mobile.text import formats, t, word
from shared_models.designers.tables import InvitationState

_TONES = {
    InvitationState.ACCEPTED: Tone.ACCENT,
    InvitationState.ATTENDED: Tone.GOLD,
    InvitationState.INVITED: Tone.WARM,
}


@ft.component
def EventPane(record_id: str, back: ft.Control | None) -> ft.Control:  # noqa: N802
    """The figures first, then the guests, then each expense."""
    app = use_app()
    page = ft.context.page
    record = use_query(lambda session: event_record(session, record_id), EVENT_TABLES, record_id)
    edit, ask_whom, spend = use_event_form(), use_invitations(), use_expense()
    if record is None:
        return detail_pane("", "", [secondary(t("common.not_found"))], back=back)
    event = record.event

    def came(guest: Guest) -> None:
        note_attendance(app, guest.invitation.id)
        snackbar(page, t("event_office.noted", name=guest.designer.name))

    content: list[ft.Control] = [_figures(record), _facts(record)]
    content.append(section_label(t("event_office.guests")))
    content += [_guest_row(guest, came) for guest in record.guests] or [secondary(t("event_office.nobody"))]
    content.append(section_label(t("event_office.expenses")))
    content += [
        fact_line(
            formats.moment(each.spent_at_ms, app.now_ms()),
            body(f"{each.what} · {formats.money(each.amount_fen)}"),
        )
        for each in record.expenses
    ] or [secondary(t("event_office.no_expenses"))]
    content.append(
        ft.Row(
            [text_button(t("event_office.add_expense"), lambda _: spend(event.id), identifier="add-expense")]
        )
    )
    actions = [
        primary_button(
            t("event_office.invite"),
            lambda _: ask_whom(record),
            icon=ft.Icons.PERSON_ADD_OUTLINED,
            identifier="invite",
            disabled=not record.others,
        ),
        secondary_button(t("event_office.edit"), lambda _: edit(event), identifier="edit-event"),
    ]
    return detail_pane(
        event.title,
        "",
        content,
        chips=[chip(word("event", event.kind), Tone.CALM)],
        actions=actions,
        back=back,
        identifier="event",
    )


def use_invitations() -> Callable[[EventRecord], None]:
    """A function that asks whom to invite; call the hook once in a component."""
    app = use_app()
    open_form = use_form()

    def open_record(record: EventRecord) -> None:
        async def save(values: Mapping[str, Any]) -> str:
            return t("event_office.invited", n=invite(app, record.event.id, tuple(values["designers"])))

        options = tuple((each.id, f"{each.name} {each.level}".strip()) for each in record.others)
        form = Form(
            t("event_office.invite_to", title=record.event.title),
            [Field("designers", t("nav.designers"), FieldKind.SET, options)],
            confirm=t("event_office.invite"),
            identifier="invite-form",
        )
        open_form(form, {"designers": ()}, save)

    return open_record


def use_expense() -> Callable[[str], None]:
    """A function that asks what was spent; call the hook once in a component."""
    app = use_app()
    open_form = use_form()

    def open_event(event_id: str) -> None:
        async def save(values: Mapping[str, Any]) -> str:
            add_expense(app, event_id, str(values["what"]), fen(values["amount"]))
            return t("lead.saved")

        form = Form(
            t("event_office.add_expense"),
            [
                Field("what", t("event_office.what")),
                Field("amount", t("event_office.amount"), FieldKind.NUMBER),
            ],
            confirm=t("common.save"),
            identifier="expense-form",
        )
        open_form(form, {"what": "", "amount": ""}, save)

    return open_event


def _figures(record: EventRecord) -> ft.Control:
    each = record.cost_fen // record.attended if record.attended else None
    return figures_card(
        [
            Figure(formats.count(len(record.guests)), t("event_office.n_invited"), "event-invited"),
            Figure(formats.count(record.attended), t("event_office.n_came"), "event-came", accent=True),
            Figure(formats.money(record.cost_fen), t("event_office.cost"), "event-cost"),
            Figure(
                "–" if each is None else formats.money(each), t("event_office.cost_each"), "event-cost-each"
            ),
        ],
        narrow=True,
    )


def _facts(record: EventRecord) -> ft.Control:
    event = record.event
    at = formats.local(event.starts_at_ms)
    facts = [
        (t("event_office.when"), f"{at:%Y-%m-%d %H:%M}"),
        (t("event_office.place"), event.place),
        (t("event_office.description"), event.description),
    ]
    lines: list[ft.Control] = [fact_line(label, body(words)) for label, words in facts if words]
    return card(ft.Column(lines, spacing=tokens.SPACE_3))


def _guest_row(guest: Guest, came: Callable[[Guest], None]) -> ft.Control:
    state = InvitationState(guest.invitation.state)
    end: list[ft.Control] = [chip(word("invitation", state), _TONES.get(state, Tone.CALM))]
    if state != InvitationState.ATTENDED:
        end.append(
            text_button(t("event_office.here"), lambda _: came(guest), identifier=f"came-{guest.designer.id}")
        )
    return row(
        guest.designer.name,
        guest.designer.level,
        identifier=f"guest-{guest.designer.id}",
        trailing=ft.Row(end, tight=True, spacing=tokens.SPACE_1),
        flush=True,
    )
