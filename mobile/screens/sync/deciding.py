"""What waits for somebody's word: edits whose author had lost the record, and refused actions handed to the manager."""

import flet as ft
from msgspec import convert

from mobile.design import tokens
from mobile.design.buttons import primary_button, secondary_button, text_button
from mobile.design.cards import card
from mobile.design.states import snackbar
from mobile.design.type import body, row_title, secondary
from mobile.screens.sync.units import values_of
from mobile.screens.sync.words import field_name, value_words
from mobile.state.hooks import go, use_app
from mobile.state.queries.inbox import staff_names, subject_of_record
from mobile.text import error_sentence, formats, t, word
from sync.handed_over import HandedOver
from sync.held import HeldEdit
from sync.wire import Change


@ft.component
def HeldCard(held: HeldEdit) -> ft.Control:  # noqa: N802
    """One edit: what was there, what it would be, whose it is; to approve or not, unless it is one's own."""
    app = use_app()
    page = ft.context.page
    now_ms = app.now_ms()
    subject = app.read(lambda session: subject_of_record(session, held.about_table, held.about_id))
    staff = app.read(lambda session: staff_names(session, [held.by]))
    before = value_words(held.field, held.base_value(), now_ms, staff)
    after = value_words(held.field, held.held_value(), now_ms, staff)

    def settle(*, approve: bool) -> None:
        (app.replica.approve if approve else app.replica.reject)(held.id)
        snackbar(page, t("held.approved" if approve else "held.rejected"))

    title = " · ".join(part for part in (subject.name, field_name(held.field)) if part)
    head: list[ft.Control] = [ft.Container(row_title(title), expand=True)]
    if subject.path:
        head.append(text_button(t("sync.look"), lambda _: go(subject.path)))
    who = f"{staff.get(held.by, t('sync.someone'))} · {formats.moment(held.at_ms, now_ms)}"
    lines: list[ft.Control] = [
        ft.Row(head, height=tokens.TOUCH),
        body(f"{before} → {after}"),
        secondary(who),
    ]
    if held.by == app.replica.staff_id:
        lines.append(secondary(t("held.own"), tokens.WARM, lines=2))
    else:
        yes = primary_button(
            t("held.approve"), lambda _: settle(approve=True), identifier=f"approve-{held.id}"
        )
        no = secondary_button(
            t("held.reject"), lambda _: settle(approve=False), identifier=f"reject-{held.id}"
        )
        lines.append(ft.Row([yes, no], spacing=tokens.SPACE_3, wrap=True))
    return ft.Semantics(content=card(ft.Column(lines, spacing=tokens.SPACE_2)), identifier=f"held-{held.id}")


@ft.component
def HandedOverCard(handed: HandedOver) -> ft.Control:  # noqa: N802
    """A refused action before the manager, with its reason; its author sees that it is there."""
    app = use_app()
    page = ft.context.page
    now_ms = app.now_ms()
    subject = app.read(lambda session: subject_of_record(session, handed.about_table, handed.about_id))
    staff = app.read(lambda session: staff_names(session, [handed.by]))

    def settle() -> None:
        app.replica.settle_handed_over(handed.id)
        snackbar(page, t("handed.settled"))

    title = " · ".join(part for part in (word("action", handed.action), subject.name) if part)
    who = f"{staff.get(handed.by, t('sync.someone'))} · {formats.moment(handed.at_ms, now_ms)}"
    lines: list[ft.Control] = [
        row_title(title),
        body(error_sentence(handed.code, handed.details), tokens.DANGER),
        *values_of(convert(handed.unit.get("changes", []), list[Change]), now_ms),
        secondary(who),
    ]
    if handed.by == app.replica.staff_id:
        lines.append(secondary(t("handed.own"), tokens.WARM, lines=2))
    else:
        done = primary_button(t("handed.settle"), lambda _: settle(), identifier=f"settle-{handed.id}")
        look = (
            [secondary_button(t("sync.look"), lambda _: go(subject.path), identifier=f"look-{handed.id}")]
            if subject.path
            else []
        )
        lines.append(ft.Row([done, *look], spacing=tokens.SPACE_3, wrap=True))
    return ft.Semantics(
        content=card(ft.Column(lines, spacing=tokens.SPACE_2)), identifier=f"handed-{handed.id}"
    )
