"""Buttons: one primary action a screen, the others outlined; icon buttons always have a name."""

import flet as ft

from mobile.design import tokens
from mobile.design.events import Click, guarded


def primary_button(
    label: str,
    on_click: Click,
    *,
    identifier: str | None = None,
    icon: ft.IconData | None = None,
    busy: bool = False,
    disabled: bool = False,
    wide: bool = False,
    action: ft.PickFiles | None = None,
) -> ft.Control:
    """The one thing to do. `busy` shows that it is being done, and refuses a second press.

    `action` is what the client does within the press itself, as browsers ask for when a file is chosen.
    """
    button = ft.FilledButton(
        label,
        icon=ft.Icons.HOURGLASS_EMPTY if busy else icon,
        on_click=guarded(on_click),
        action=action,
        disabled=disabled or busy,
        height=tokens.TOUCH,
        expand=wide or None,
        style=_style(tokens.ACCENT, tokens.ON_ACCENT, side=None),
    )
    return _named(button, identifier, wide=wide)


def secondary_button(
    label: str,
    on_click: Click,
    *,
    identifier: str | None = None,
    icon: ft.IconData | None = None,
    disabled: bool = False,
    danger: bool = False,
    wide: bool = False,
    action: ft.PickFiles | None = None,
) -> ft.Control:
    """Something else that can be done here."""
    colour = tokens.DANGER if danger else tokens.ACCENT
    button = ft.OutlinedButton(
        label,
        icon=icon,
        on_click=guarded(on_click),
        action=action,
        disabled=disabled,
        height=tokens.TOUCH,
        expand=wide or None,
        style=_style(tokens.TRANSPARENT, colour, side=ft.BorderSide(1, tokens.SOFT)),
    )
    return _named(button, identifier, wide=wide)


def text_button(
    label: str, on_click: Click, *, identifier: str | None = None, danger: bool = False
) -> ft.Control:
    """A quiet action inside a card or a row."""
    style = _style(tokens.TRANSPARENT, tokens.DANGER if danger else tokens.ACCENT, side=None)
    style.padding = ft.Padding.symmetric(horizontal=12)
    return _named(
        ft.TextButton(label, on_click=guarded(on_click), height=tokens.TOUCH, style=style), identifier
    )


def icon_button(
    icon: ft.IconData,
    name: str,
    on_click: Click,
    *,
    identifier: str | None = None,
    colour: str = tokens.ACCENT,
    url: str | None = None,
) -> ft.Control:
    """An outlined icon with a name, which is its tooltip and what a screen reader says; may open `url` by itself."""
    button = ft.IconButton(
        icon,
        url=url,
        icon_color=colour,
        icon_size=tokens.ICON,
        tooltip=name,
        on_click=guarded(on_click),
        width=tokens.TOUCH,
        height=tokens.TOUCH,
    )
    return _named(button, identifier)


def _style(ground: str, ink: str, side: ft.BorderSide | None) -> ft.ButtonStyle:
    off = ft.ControlState.DISABLED
    default = ft.ControlState.DEFAULT
    return ft.ButtonStyle(
        bgcolor={off: tokens.SUNK if ground != tokens.TRANSPARENT else ground, default: ground},
        color={off: tokens.SOFT, default: ink},
        elevation=0,
        side=side,
        padding=ft.Padding.symmetric(horizontal=20),
        shape=ft.RoundedRectangleBorder(radius=tokens.RADIUS_CONTROL),
        text_style=ft.TextStyle(size=tokens.SIZE_BODY, weight=ft.FontWeight.W_500, font_family=tokens.FONT),
    )


def _named(button: ft.Control, identifier: str | None, *, wide: bool = False) -> ft.Control:
    if identifier is None:
        return button
    return ft.Semantics(content=button, identifier=identifier, expand=wide or None)
