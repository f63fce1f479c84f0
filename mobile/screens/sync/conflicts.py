"""Values that somebody else's change replaced: both of them, who, when and where; take either, or give a third one."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button, secondary_button, text_button
from mobile.design.cards import card
from mobile.design.sheets import sheet
from mobile.design.states import snackbar
from mobile.design.type import body, row_title, secondary
from mobile.screens.sync.value_field import value_field
from mobile.screens.sync.words import device_words, field_name, value_words
from mobile.state.application import App
from mobile.state.conflict_actions import keep_current, put_instead, take_other, value_now
from mobile.state.correcting import Form, as_typed, as_value, form_of
from mobile.state.hooks import go, latest, use_app
from mobile.state.queries.inbox import staff_names, subject_of_conflict
from mobile.text import error_sentence, formats, t
from shared_models.errors import RuleError
from sync.conflict import Conflict


@ft.component
def ConflictCard(conflict: Conflict) -> ft.Control:  # noqa: N802
    """One question; settling it can be undone."""
    app = use_app()
    page = ft.context.page
    now_ms = app.now_ms()
    subject = app.read(lambda session: subject_of_conflict(session, conflict))
    staff = app.read(lambda session: staff_names(session, [conflict.kept_by, conflict.lost_by]))

    def settle(*, other_wins: bool) -> None:
        undo = (take_other if other_wins else keep_current)(app, conflict)
        snackbar(page, t("sync.taken" if other_wins else "sync.kept"), undo=(t("common.undo"), undo))

    edit = _use_edit_sheet(conflict)
    title = " · ".join(part for part in (subject.name, field_name(conflict.field)) if part)
    head: list[ft.Control] = [ft.Container(row_title(title), expand=True)]
    if subject.path:
        head.append(text_button(t("sync.look"), lambda _: go(subject.path)))
    before = value_words(conflict.field, json.loads(conflict.base), now_ms, staff)
    was = secondary(f"{t('sync.base')}  {before}", lines=2)
    buttons: list[ft.Control] = [
        primary_button(t("sync.take"), lambda _: settle(other_wins=True), identifier=f"take-{conflict.id}"),
        secondary_button(
            t("sync.keep"), lambda _: settle(other_wins=False), identifier=f"keep-{conflict.id}"
        ),
    ]
    if edit is not None:
        open_sheet = edit
        buttons.append(
            secondary_button(t("sync.edit"), lambda _: open_sheet(), identifier=f"edit-{conflict.id}")
        )
    row = ft.Row(buttons, spacing=tokens.SPACE_2, run_spacing=tokens.SPACE_2, wrap=True)
    values = _both_values(app, conflict, staff, now_ms)
    box = card(ft.Column([ft.Row(head, height=tokens.TOUCH), was, values, row], spacing=tokens.SPACE_3))
    return ft.Semantics(content=box, identifier=f"conflict-{conflict.about_id}-{conflict.field}")


def _both_values(app: App, conflict: Conflict, staff: Mapping[str, str], now_ms: int) -> ft.Control:
    held = value_words(conflict.field, value_now(app, conflict), now_ms, staff)
    other = value_words(conflict.field, conflict.lost_value(), now_ms, staff)
    kept_on = device_words(conflict.kept_device_name, conflict.kept_device)
    lost_on = device_words(conflict.lost_device_name, conflict.lost_device)
    own_id = app.replica.staff_id
    return ft.Row(
        [
            _value(
                t("sync.current"),
                held,
                _who(conflict.kept_by, staff, own_id),
                _where(kept_on, conflict.kept_at_ms, now_ms),
                chosen=True,
            ),
            _value(
                t("sync.other"),
                other,
                _who(conflict.lost_by, staff, own_id),
                _where(lost_on, conflict.lost_at_ms, now_ms),
                chosen=False,
            ),
        ],
        spacing=tokens.SPACE_3,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )


def _who(author: str, staff: Mapping[str, str], own_id: str) -> str:
    return t("sync.me") if author == own_id else staff.get(author, t("sync.someone"))


def _where(device: str, at_ms: int | None, now_ms: int) -> str:
    moment = formats.moment(at_ms, now_ms) if at_ms else ""
    return " · ".join(part for part in (moment, device) if part)


def _value(label: str, value: str, who: str, where: str, *, chosen: bool) -> ft.Control:
    lines: list[ft.Control] = [secondary(label), body(value), secondary(who)]
    if where:
        lines.append(secondary(where, lines=2))
    return ft.Container(
        ft.Column(lines, spacing=2),
        bgcolor=tokens.ACCENT_SOFT if chosen else tokens.WARM_SOFT,
        border_radius=tokens.RADIUS_CONTROL,
        padding=12,
        expand=True,
    )


@dataclass(frozen=True, slots=True)
class Draft:
    """What is typed instead of both values, and what is wrong with it."""

    typed: Any = None
    error: str = ""


def _use_edit_sheet(conflict: Conflict) -> Callable[[], None] | None:
    """A function that opens the sheet; None for a value that nobody gives by hand."""
    app = use_app()
    page = ft.context.page
    draft, set_draft = ft.use_state(Draft())
    shown, show = ft.use_state(initial=False)
    form = Form.TEXT if conflict.within else form_of(conflict.about_table, conflict.field)

    def close() -> None:
        show(False)

    def save() -> None:
        given = latest(set_draft)
        try:
            value = (
                given.typed.strip()
                if conflict.within
                else as_value(conflict.about_table, conflict.field, given.typed)
            )
        except RuleError as wrong:
            set_draft(Draft(given.typed, error_sentence(wrong.code, wrong.details)))
            return
        close()
        undo = put_instead(app, conflict, value)
        snackbar(page, t("sync.edited"), undo=(t("common.undo"), undo))

    def change(typed: Any) -> None:
        set_draft(Draft(typed))

    ft.use_dialog(_form(conflict, form, draft, change, (save, close)) if shown and form else None)

    def open_sheet() -> None:
        set_draft(Draft(as_typed(form, value_now(app, conflict))))
        show(True)

    return open_sheet if form else None


def _form(
    conflict: Conflict,
    form: Form,
    draft: Draft,
    change: Callable[[Any], None],
    does: tuple[Callable[[], None], Callable[[], None]],
) -> ft.BottomSheet:
    save, close = does
    field = value_field(
        conflict.field, form, draft.typed, change, identifier="conflict-value", error=draft.error
    )
    actions = [
        primary_button(t("common.save"), lambda _: save(), identifier="save-conflict"),
        secondary_button(t("common.cancel"), lambda _: close(), identifier="cancel"),
    ]
    return sheet(t("sync.edit_title"), [field], actions, close, identifier="conflict-sheet", long=True)
