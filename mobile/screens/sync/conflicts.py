"""Values that somebody else's change replaced: both of them, who, when, and one tap to take the other."""

import json

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button, secondary_button, text_button
from mobile.design.cards import card
from mobile.design.states import snackbar
from mobile.design.type import body, row_title, secondary
from mobile.screens.sync.words import field_name, value_words
from mobile.state.conflict_actions import keep_current, take_other, value_now
from mobile.state.hooks import go, use_app
from mobile.state.queries.inbox import staff_names, subject_of_conflict
from mobile.text import formats, t
from sync.conflict import Conflict


@ft.component
def ConflictCard(conflict: Conflict) -> ft.Control:  # noqa: N802
    """One question; settling it can be undone."""
    app = use_app()
    page = ft.context.page
    now_ms = app.now_ms()
    subject = app.read(lambda session: subject_of_conflict(session, conflict))
    staff = app.read(lambda session: staff_names(session, [conflict.kept_by, conflict.lost_by]))
    held = value_words(conflict.field, value_now(app, conflict), now_ms, staff)
    other = value_words(conflict.field, conflict.lost_value(), now_ms, staff)
    when = formats.moment(conflict.lost_at_ms, now_ms)

    def settle(*, other_wins: bool) -> None:
        undo = (take_other if other_wins else keep_current)(app, conflict)
        snackbar(page, t("sync.taken" if other_wins else "sync.kept"), undo=(t("common.undo"), undo))

    title = " · ".join(part for part in (subject.name, field_name(conflict.field)) if part)
    head: list[ft.Control] = [ft.Container(row_title(title), expand=True)]
    if subject.path:
        head.append(text_button(t("sync.look"), lambda _: go(subject.path)))
    before = value_words(conflict.field, json.loads(conflict.base), now_ms, staff)
    values = ft.Row(
        [
            _value(t("sync.current"), held, staff.get(conflict.kept_by, t("sync.someone")), chosen=True),
            _value(
                t("sync.other"),
                other,
                f"{staff.get(conflict.lost_by, t('sync.someone'))} · {when}",
                chosen=False,
            ),
        ],
        spacing=tokens.SPACE_3,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    buttons = ft.Row(
        [
            primary_button(
                t("sync.take"), lambda _: settle(other_wins=True), identifier=f"take-{conflict.id}"
            ),
            secondary_button(
                t("sync.keep"), lambda _: settle(other_wins=False), identifier=f"keep-{conflict.id}"
            ),
        ],
        spacing=tokens.SPACE_3,
        wrap=True,
    )
    was = secondary(f"{t('sync.base')}  {before}", lines=2)
    box = card(ft.Column([ft.Row(head, height=tokens.TOUCH), was, values, buttons], spacing=tokens.SPACE_3))
    return ft.Semantics(content=box, identifier=f"conflict-{conflict.about_id}-{conflict.field}")


def _value(label: str, value: str, who: str, *, chosen: bool) -> ft.Control:
    return ft.Container(
        ft.Column([secondary(label), body(value), secondary(who)], spacing=2),
        bgcolor=tokens.ACCENT_SOFT if chosen else tokens.WARM_SOFT,
        border_radius=tokens.RADIUS_CONTROL,
        padding=12,
        expand=True,
    )
