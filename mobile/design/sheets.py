"""The sheet: a short task on top of a screen, from the bottom of a phone or in the middle of a tablet."""

from collections.abc import Callable, Sequence

import flet as ft

from mobile.design import tokens


def sheet(
    title: str,
    content: Sequence[ft.Control],
    actions: Sequence[ft.Control],
    on_dismiss: Callable[[], None],
    *,
    identifier: str = "sheet",
    long: bool = False,
) -> ft.BottomSheet:
    """A sheet to hand to `ft.use_dialog`; `on_dismiss` runs when it is put away without an action.

    As high as its content, with the actions last, within the thumb's reach. A `long` one takes the whole height of a
    phone and scrolls, since the keyboard may leave little of it.
    """
    grip = ft.Container(
        ft.Container(width=36, height=4, border_radius=2, bgcolor=tokens.LINE), alignment=ft.Alignment.CENTER
    )
    head = ft.Text(title, size=20, weight=ft.FontWeight.W_700, color=tokens.INK)
    body = ft.Column(
        [grip, head, *content, ft.Row(list(actions), spacing=tokens.SPACE_3)],
        spacing=tokens.SPACE_4,
        tight=True,
        scroll=ft.ScrollMode.AUTO if long and _is_small(ft.context.page) else None,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.BottomSheet(
        ft.Semantics(
            content=ft.Container(body, padding=ft.Padding.only(left=24, right=24, top=12, bottom=24)),
            identifier=identifier,
        ),
        bgcolor=tokens.BG,
        shape=ft.RoundedRectangleBorder(radius=ft.BorderRadius.only(top_left=24, top_right=24)),
        size_constraints=ft.BoxConstraints(max_width=tokens.SHEET_WIDTH),
        scrollable=True,
        animation_style=ft.AnimationStyle(duration=tokens.MOTION_MS, reverse_duration=tokens.MOTION_MS),
        draggable=True,
        elevation=0,
        on_dismiss=lambda _: on_dismiss(),
    )


def _is_small(page: ft.Page) -> bool:
    return (page.width or 0) < tokens.TWO_PANES_FROM or (page.height or 0) < tokens.LOW_SCREEN
