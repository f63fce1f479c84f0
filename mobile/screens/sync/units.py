"""What waits to be sent, what the server refused, and what was given up: an action a card or a row, in words."""

from collections.abc import Callable, Sequence

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button, secondary_button, text_button
from mobile.design.cards import card
from mobile.design.marks import Tone, icon_mark
from mobile.design.rows import row
from mobile.design.states import snackbar
from mobile.design.type import body, row_title, secondary
from mobile.screens.sync.correction import use_correction_sheet
from mobile.screens.sync.words import field_name, reason_of, value_words
from mobile.state.application import App
from mobile.state.correcting import entries_of
from mobile.state.hooks import go, use_app
from mobile.state.queries.inbox import subject_of_unit, written_values
from mobile.text import formats, t, word
from sync.device.outbox import HELD, Unit
from sync.wire import Change

_VALUES_SHOWN = 8
_WAITING_SHOWN = 5


@ft.component
def RefusedCard(unit: Unit, waiting: Sequence[Unit] = ()) -> ft.Control:  # noqa: N802
    """An action the server did not take: the reason, what was written, what waits for it, and what can be done."""
    app = use_app()
    subject = app.read(lambda session: subject_of_unit(session, unit))
    open_correction = use_correction_sheet(unit)
    now_ms = app.now_ms()
    head: list[ft.Control] = [ft.Container(row_title(title_of(app, unit)), expand=True)]
    if subject.path:
        head.append(text_button(t("sync.look"), lambda _: go(subject.path), identifier=f"look-{unit.id}"))
    else:
        head.append(secondary(formats.moment(unit.at_ms, now_ms)))
    lines: list[ft.Control] = [
        ft.Row(head, height=tokens.TOUCH if subject.path else None),
        body(reason_of(unit), tokens.WARM if unit.state == HELD else tokens.DANGER),
        *values_of(unit.changes, now_ms),
        *_waiting(app, waiting),
        _buttons(app, unit, open_correction),
    ]
    return ft.Semantics(
        content=card(ft.Column(lines, spacing=tokens.SPACE_2)), identifier=f"refused-{unit.id}"
    )


def values_of(changes: Sequence[Change], now_ms: int) -> list[ft.Control]:
    """What a person wrote, a value a line."""
    told = [(key, value) for key, value in written_values(changes) if field_name(key) != key]
    return [
        secondary(f"{field_name(key)}  {value_words(key, value, now_ms)}", lines=2)
        for key, value in told[:_VALUES_SHOWN]
    ]


def title_of(app: App, unit: Unit) -> str:
    """What was done, and to whom."""
    subject = app.read(lambda session: subject_of_unit(session, unit))
    return " · ".join(part for part in (word("action", unit.action), subject.name) if part)


def _waiting(app: App, units: Sequence[Unit]) -> list[ft.Control]:
    """The units that are not sent before this one is settled."""
    if not units:
        return []
    names = t("common.comma").join(title_of(app, unit) for unit in units[:_WAITING_SHOWN])
    words = t("sync.others_wait", n=formats.count(len(units)), names=names)
    return [secondary(words, tokens.WARM, lines=4)]


def _buttons(app: App, unit: Unit, open_correction: Callable[[], None]) -> ft.Control:
    page = ft.context.page

    def resend() -> None:
        app.replica.resend(unit.id)
        app.loop.wake(at_once=True)
        snackbar(page, t("sync.resent"))

    def drop() -> None:
        app.replica.drop(unit.id)
        take_back = (t("common.undo"), lambda: app.replica.take_back(unit.id))
        snackbar(page, t("sync.dropped"), undo=take_back)

    def hand_over() -> None:
        person = app.session.person
        app.replica.hand_over(unit.id, person.store_id if person else None)
        snackbar(page, t("handed.sent"))

    fixable = bool(entries_of(unit))
    buttons: list[ft.Control] = []
    if fixable:
        buttons.append(
            primary_button(t("sync.correct"), lambda _: open_correction(), identifier=f"correct-{unit.id}")
        )
    again = secondary_button if fixable else primary_button
    buttons.append(again(t("sync.resend"), lambda _: resend(), identifier=f"resend-{unit.id}"))
    if unit.state != HELD:
        over = secondary_button(t("handed.send"), lambda _: hand_over(), identifier=f"hand-over-{unit.id}")
        buttons.append(over)
    buttons.append(
        secondary_button(t("sync.drop"), lambda _: drop(), identifier=f"drop-{unit.id}", danger=True)
    )
    return ft.Row(buttons, spacing=tokens.SPACE_2, run_spacing=tokens.SPACE_2, wrap=True)


@ft.component
def PendingRow(unit: Unit, cause: str = "") -> ft.Control:  # noqa: N802
    """An action that waits: for the network, or until the refused unit `cause` that it builds on is settled."""
    app = use_app()
    subject = app.read(lambda session: subject_of_unit(session, unit))
    path = f"/refused/{cause}" if cause else subject.path
    return row(
        title_of(app, unit) if cause else word("action", unit.action),
        t("sync.waits_for_refused") if cause else subject.name,
        identifier=f"pending-{unit.id}",
        leading=icon_mark(
            ft.Icons.PAUSE_CIRCLE_OUTLINED if cause else ft.Icons.CLOUD_UPLOAD_OUTLINED, tone=Tone.WARM
        ),
        trailing=formats.moment(unit.at_ms, app.now_ms()),
        on_click=(lambda _: go(path)) if path else None,
    )


@ft.component
def DroppedRow(unit: Unit) -> ft.Control:  # noqa: N802
    """A refused action that was given up, and can be taken back."""
    app = use_app()
    take_back = text_button(
        t("sync.take_back"), lambda _: app.replica.take_back(unit.id), identifier=f"take-back-{unit.id}"
    )
    return row(
        title_of(app, unit),
        reason_of(unit),
        identifier=f"dropped-{unit.id}",
        leading=icon_mark(ft.Icons.DELETE_OUTLINE, tone=Tone.CALM),
        trailing=take_back,
    )
