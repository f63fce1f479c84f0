"""The sheet: a short task on top of a screen, from the bottom of a phone or in the middle of a tablet."""

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from mobile.design import tokens

_FIT_A_TABLET = 8
"""So many controls below each other, fields or rows of choices, fit on a tablet together with the actions."""


def sheet(
    title: str,
    content: Sequence[ft.Control],
    actions: Sequence[ft.Control],
    on_dismiss: Callable[[], None],
    *,
    identifier: str = "sheet",
    long: bool = False,
    tall: bool = False,
) -> ft.BottomSheet:
    """A sheet to hand to `ft.use_dialog`; `on_dismiss` runs when it is put away without an action.

    As high as its content, with the actions last, within the thumb's reach. A `long` one takes the whole height of a
    phone: its content scrolls above the actions, since the keyboard may leave little of it. So does that of one with more
    than a tablet's height of controls, or of one that is said to be `tall`.
    """
    grip = ft.Container(
        ft.Container(width=36, height=4, border_radius=2, bgcolor=tokens.LINE), alignment=ft.Alignment.CENTER
    )
    head = ft.Text(title, size=20, weight=ft.FontWeight.W_700, color=tokens.INK)
    small = _is_small(ft.context.page)
    foot = ft.Row([_filling(action) if small else action for action in actions], spacing=tokens.SPACE_3)
    scrolls = tall or (long and (small or len(content) > _FIT_A_TABLET))
    parts = [_column(content, scroll=ft.ScrollMode.AUTO, expand=True)] if scrolls else list(content)
    body = _column([grip, head, *parts, foot], tight=not scrolls)
    # The ground is the content's: what the client draws around an open sheet keeps the colours in which it was opened,
    # and a device may turn dark in the middle of it.
    ground = ft.Container(
        body,
        padding=ft.Padding.only(left=24, right=24, top=12, bottom=24),
        bgcolor=tokens.BG,
        border_radius=ft.BorderRadius.only(top_left=24, top_right=24),
    )
    return ft.BottomSheet(
        ft.Semantics(content=ground, identifier=identifier),
        bgcolor=ft.Colors.TRANSPARENT,
        size_constraints=ft.BoxConstraints(max_width=tokens.SHEET_WIDTH),
        scrollable=True,
        animation_style=ft.AnimationStyle(duration=tokens.MOTION_MS, reverse_duration=tokens.MOTION_MS),
        draggable=True,
        elevation=0,
        on_dismiss=lambda _: on_dismiss(),
    )


def _column(controls: Sequence[ft.Control], **layout: Any) -> ft.Column:
    stretch = ft.CrossAxisAlignment.STRETCH
    return ft.Column(list(controls), spacing=tokens.SPACE_4, horizontal_alignment=stretch, **layout)


def _filling(action: ft.Control) -> ft.Control:
    """The action as wide as its share of a phone's width."""
    return ft.Container(action, expand=True)


def _is_small(page: ft.Page) -> bool:
    return (page.width or 0) < tokens.TWO_PANES_FROM or (page.height or 0) < tokens.LOW_SCREEN
