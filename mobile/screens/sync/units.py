"""What waits to be sent, and what the server refused: an action a card, in words."""

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button, secondary_button
from mobile.design.cards import card
from mobile.design.marks import Tone, icon_mark
from mobile.design.rows import row
from mobile.design.states import snackbar
from mobile.design.type import body, row_title, secondary
from mobile.screens.sync.words import field_name, value_words
from mobile.state.hooks import go, use_app
from mobile.state.queries.inbox import subject_of_unit, written_values
from mobile.text import error_sentence, formats, t, word
from sync.device.outbox import HELD, Unit

_VALUES_SHOWN = 8


@ft.component
def RefusedCard(unit: Unit) -> ft.Control:  # noqa: N802
    """An action the server did not take: the reason, what was written, and what can be done."""
    app = use_app()
    page = ft.context.page
    sure, set_sure = ft.use_state(initial=False)
    subject = app.read(lambda session: subject_of_unit(session, unit))
    now_ms = app.now_ms()

    def resend() -> None:
        app.replica.resend(unit.id)
        app.loop.wake(at_once=True)
        snackbar(page, t("sync.resent"))

    def drop() -> None:
        if not sure:
            set_sure(True)
            return
        app.replica.drop(unit.id)
        snackbar(page, t("sync.dropped"))

    def hand_over() -> None:
        person = app.session.person
        app.replica.hand_over(unit.id, person.store_id if person else None)
        snackbar(page, t("handed.sent"))

    title = " · ".join(part for part in (word("action", unit.action), subject.name) if part)
    reason = t("sync.held") if unit.state == HELD else error_sentence(unit.code, unit.details)
    lines: list[ft.Control] = [
        ft.Row([ft.Container(row_title(title), expand=True), secondary(formats.moment(unit.at_ms, now_ms))]),
        body(reason, tokens.WARM if unit.state == HELD else tokens.DANGER),
    ]
    lines += [
        secondary(f"{field_name(key)}  {value_words(key, value, now_ms)}", lines=2)
        for key, value in written_values(unit.changes)
        if field_name(key) != key
    ][:_VALUES_SHOWN]
    fixable = bool(subject.path)
    again = (secondary_button if fixable else primary_button)(
        t("sync.resend"), lambda _: resend(), identifier=f"resend-{unit.id}"
    )
    drop_label = t("sync.drop_sure" if sure else "sync.drop")
    buttons = [
        again,
        secondary_button(drop_label, lambda _: drop(), identifier=f"drop-{unit.id}", danger=True),
    ]
    if unit.state != HELD:
        over = secondary_button(t("handed.send"), lambda _: hand_over(), identifier=f"hand-over-{unit.id}")
        buttons.insert(1, over)
    if fixable:
        correct = primary_button(
            t("sync.correct"), lambda _: go(subject.path), identifier=f"correct-{unit.id}"
        )
        buttons.insert(0, correct)
    lines.append(ft.Row(buttons, spacing=tokens.SPACE_3, wrap=True))
    return ft.Semantics(
        content=card(ft.Column(lines, spacing=tokens.SPACE_2)), identifier=f"refused-{unit.id}"
    )


@ft.component
def PendingRow(unit: Unit) -> ft.Control:  # noqa: N802
    """An action that waits for the network."""
    app = use_app()
    subject = app.read(lambda session: subject_of_unit(session, unit))
    return row(
        word("action", unit.action),
        subject.name,
        identifier=f"pending-{unit.id}",
        leading=icon_mark(ft.Icons.CLOUD_UPLOAD_OUTLINED, tone=Tone.WARM),
        trailing=formats.moment(unit.at_ms, app.now_ms()),
        on_click=(lambda _: go(subject.path)) if subject.path else None,
    )
