"""Fields: search, text, money, choices. All 48 pixels high or more, on a sunken ground."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import flet as ft

from mobile.design import tokens
from mobile.design.events import Press, guarded
from mobile.design.type import section_label
from mobile.design.typed_field import Change, TypedField

T = TypeVar("T")


def search_field(
    value: str, hint: str, on_change: Callable[[str], None], *, identifier: str = "search"
) -> ft.Control:
    """A field that searches while one types."""

    def draw(shown: str, changed: Change) -> ft.TextField:
        return ft.TextField(
            value=shown,
            hint_text=hint,
            hint_style=ft.TextStyle(size=tokens.SIZE_BODY, color=tokens.SOFT, font_family=tokens.FONT),
            prefix_icon=ft.Icon(ft.Icons.SEARCH, size=20, color=tokens.SOFT),
            on_change=changed,
            autocorrect=False,
            enable_suggestions=False,
            **_look(tokens.SUNK),
        )

    return ft.Semantics(content=TypedField(value, on_change, draw), identifier=identifier)


def text_field(  # noqa: PLR0913 - what a field may have, each by name
    label: str,
    value: str,
    on_change: Callable[[str], None],
    *,
    identifier: str | None = None,
    error: str | None = None,
    hint: str | None = None,
    lines: int = 1,
    keyboard: ft.KeyboardType = ft.KeyboardType.TEXT,
    password: bool = False,
    on_submit: Callable[[], None] | None = None,
    on_blur: Callable[[], None] | None = None,
    autofocus: bool = False,
    prefix: str | None = None,
    ground: str = tokens.SUNK,
) -> ft.Control:
    """A labelled field; `error` is the sentence that says what is wrong with it."""

    def draw(shown: str, changed: Change) -> ft.TextField:
        return ft.TextField(
            label=label,
            value=shown,
            hint_text=hint,
            error=error,
            error_max_lines=3,
            prefix=prefix,
            multiline=lines > 1,
            min_lines=lines if lines > 1 else None,
            max_lines=lines + 4 if lines > 1 else 1,
            keyboard_type=keyboard,
            password=password,
            can_reveal_password=password,
            autofocus=autofocus,
            label_style=ft.TextStyle(size=tokens.SIZE_BODY, color=tokens.SOFT, font_family=tokens.FONT),
            error_style=ft.TextStyle(
                size=tokens.SIZE_SECONDARY, color=tokens.DANGER, font_family=tokens.FONT
            ),
            on_change=changed,
            on_submit=guarded(lambda _: on_submit()) if on_submit else None,
            on_blur=guarded(lambda _: on_blur()) if on_blur else None,
            **_look(ground),
        )

    field = TypedField(value, on_change, draw)
    return ft.Semantics(content=field, identifier=identifier) if identifier else field


def choice_chips(
    options: Iterable[tuple[T, str]],
    selected: T | None,
    on_select: Callable[[T], None],
    *,
    identifier: str,
    label: str | None = None,
    one_line: bool = False,
) -> ft.Control:
    """One of a few: pills of which one is chosen. Each is `{identifier}-{value}` for a test.

    Many of them stay on `one_line` that scrolls sideways.
    """
    return _choices(
        [(value, word, value == selected) for value, word in options],
        on_select,
        identifier=identifier,
        label=label,
        one_line=one_line,
    )


def set_chips(
    options: Iterable[tuple[T, str]],
    selected: Sequence[T],
    on_toggle: Callable[[T], None],
    *,
    identifier: str,
    label: str | None = None,
) -> ft.Control:
    """Any of a few: pills that are on or off."""
    return _choices(
        [(value, word, value in selected) for value, word in options],
        on_toggle,
        identifier=identifier,
        label=label,
    )


def _choices(
    options: list[tuple[T, str, bool]],
    on_click: Callable[[T], None],
    *,
    identifier: str,
    label: str | None,
    one_line: bool = False,
) -> ft.Control:
    pills = [
        _choice(
            word, chosen=chosen, identifier=f"{identifier}-{value}", on_click=lambda _, v=value: on_click(v)
        )
        for value, word, chosen in options
    ]
    scroll = ft.ScrollMode.HIDDEN if one_line else None
    row = ft.Row(pills, wrap=not one_line, scroll=scroll, spacing=tokens.SPACE_2, run_spacing=0)
    if label is None:
        return row
    return ft.Column([section_label(label), row], spacing=0)


def _choice(word: str, *, chosen: bool, identifier: str, on_click: Press) -> ft.Control:
    pill = ft.Container(
        ft.Text(
            word,
            size=tokens.SIZE_BODY - 1,
            weight=ft.FontWeight.W_600 if chosen else ft.FontWeight.W_400,
            color=tokens.ON_ACCENT if chosen else tokens.INK,
        ),
        bgcolor=tokens.ACCENT if chosen else tokens.SURFACE,
        border=ft.Border.all(1, tokens.ACCENT if chosen else tokens.LINE),
        border_radius=tokens.RADIUS_PILL,
        padding=ft.Padding.symmetric(horizontal=16, vertical=7),
    )
    area = ft.Container(pill, on_click=guarded(on_click), padding=ft.Padding.symmetric(vertical=6))
    return ft.Semantics(content=area, identifier=identifier, label=word, button=True, selected=chosen)


def _look(ground: str) -> dict[str, Any]:
    """What all fields share."""
    return {
        "filled": True,
        "fill_color": ground,
        "border": {
            ft.ControlState.FOCUSED: _border(tokens.ACCENT, 2),
            ft.ControlState.ERROR: _border(tokens.DANGER, 2),
            ft.ControlState.DEFAULT: _border(tokens.TRANSPARENT, 0),
        },
        "cursor_color": tokens.ACCENT,
        "text_style": ft.TextStyle(size=tokens.SIZE_BODY, color=tokens.INK, font_family=tokens.FONT),
        "content_padding": ft.Padding.symmetric(horizontal=14, vertical=14),
    }


def _border(colour: str, width: int) -> ft.UnderlineInputBorder:
    """Rounded, with a line below while the field is being used or is wrong; the label stays inside."""
    return ft.UnderlineInputBorder(side=ft.BorderSide(width, colour), border_radius=tokens.RADIUS_CONTROL)
