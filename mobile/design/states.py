"""What a screen shows when there is nothing, not yet, or something went wrong; and the snackbar that can undo."""

from collections.abc import Callable

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button, secondary_button, text_button
from mobile.design.events import Press, guarded
from mobile.design.marks import Tone, icon_mark, ink_of
from mobile.design.sheets import sheet
from mobile.design.type import body, secondary


def empty_state(
    title: str, hint: str, *, icon: ft.IconData = ft.Icons.SPA_OUTLINED, action: ft.Control | None = None
) -> ft.Control:
    """Nothing here, and what to do about it."""
    return _message(icon, Tone.ACCENT, title, hint, action, "empty")


def error_state(
    title: str, hint: str, *, retry: tuple[str, Press] | None = None, leave: tuple[str, Press] | None = None
) -> ft.Control:
    """What happened, what was kept, what to do; `retry` and `leave` are the label and the handler of a button each."""
    actions = [secondary_button(retry[0], retry[1], identifier="retry")] if retry else []
    if leave:
        actions.append(text_button(leave[0], leave[1], identifier="leave"))
    row = ft.Row(actions, alignment=ft.MainAxisAlignment.CENTER, wrap=True) if actions else None
    return _message(ft.Icons.ERROR_OUTLINE, Tone.DANGER, title, hint, row, "error")


def offline_state(title: str, hint: str) -> ft.Control:
    """This part alone needs the network; all else works."""
    return _message(ft.Icons.CLOUD_OFF_OUTLINED, Tone.WARM, title, hint, None, "offline")


def loading_state(title: str, hint: str = "") -> ft.Control:
    """Something takes longer than a moment; says what."""
    ring = ft.ProgressRing(
        width=28, height=28, stroke_width=3, color=tokens.ACCENT, bgcolor=tokens.ACCENT_SOFT
    )
    lines: list[ft.Control] = [ring, body(title)]
    if hint:
        lines.append(secondary(hint, lines=3))
    return _centred(lines, "loading")


def notice(
    words: str, tone: Tone, *, action: ft.Control | None = None, identifier: str | None = None
) -> ft.Control:
    """A sentence that stays on the screen until it is no longer true."""
    ground = {Tone.DANGER: tokens.DANGER_SOFT, Tone.WARM: tokens.WARM_SOFT}.get(tone, tokens.ACCENT_SOFT)
    box = ft.Container(
        ft.Row(
            [ft.Text(words, size=14, color=ink_of(tone), expand=True), *([action] if action else [])],
            spacing=tokens.SPACE_3,
        ),
        bgcolor=ground,
        border_radius=tokens.RADIUS_CONTROL,
        padding=ft.Padding.symmetric(horizontal=14, vertical=10),
    )
    return ft.Semantics(content=box, identifier=identifier) if identifier else box


def snackbar(page: ft.Page, words: str, *, undo: tuple[str, Callable[[], None]] | None = None) -> None:
    """Say that something is done; `undo` is the label and what takes it back."""
    action = None
    if undo is not None:
        label, take_back = undo
        action = ft.SnackBarAction(
            label, text_color=tokens.INVERSE_ACCENT, on_click=guarded(lambda _: take_back())
        )
    width = page.width or tokens.SNACKBAR_WIDTH
    side = max(tokens.PAGE_PADDING, (width - tokens.SNACKBAR_WIDTH) / 2)
    said = ft.Text(words, size=tokens.SIZE_BODY, color=tokens.ON_INVERSE, font_family=tokens.FONT)
    page.show_dialog(
        ft.SnackBar(
            ft.Semantics(content=said, identifier="said"),
            action=action,
            bgcolor=tokens.INVERSE,
            behavior=ft.SnackBarBehavior.FLOATING,
            margin=ft.Margin.only(left=side, right=side, bottom=tokens.ABOVE_ACTIONS),
            shape=ft.RoundedRectangleBorder(radius=tokens.RADIUS_CONTROL),
            duration=ft.Duration(seconds=4 if undo is None else 6),
            persist=False,
        )
    )


def announcement(page: ft.Page, title: str, words: str, ok: str) -> None:
    """Say what a person has to know before going on; stays until it is put away with `ok`."""
    button = primary_button(ok, lambda _: page.pop_dialog(), identifier="announcement-ok")
    page.show_dialog(sheet(title, [body(words)], [button], lambda: None, identifier="announcement"))


def _message(
    icon: ft.IconData, tone: Tone, title: str, hint: str, action: ft.Control | None, identifier: str
) -> ft.Control:
    head = ft.Text(
        title,
        size=tokens.SIZE_ROW_TITLE,
        weight=ft.FontWeight.W_600,
        color=tokens.INK,
        text_align=ft.TextAlign.CENTER,
    )
    words = ft.Text(hint, size=tokens.SIZE_SECONDARY, color=tokens.SOFT, text_align=ft.TextAlign.CENTER)
    return _centred([icon_mark(icon, tone=tone), head, words, *([action] if action else [])], identifier)


def _centred(lines: list[ft.Control], identifier: str) -> ft.Control:
    column = ft.Column(
        lines,
        spacing=tokens.SPACE_3,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        alignment=ft.MainAxisAlignment.CENTER,
        tight=True,
    )
    box = ft.Container(column, alignment=ft.Alignment.CENTER, padding=ft.Padding.all(40))
    return ft.Semantics(content=box, identifier=identifier)
