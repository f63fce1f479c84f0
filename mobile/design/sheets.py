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
) -> ft.BottomSheet:
    """A sheet to hand to `ft.use_dialog`; `on_dismiss` runs when it is put away without an action.

    The content scrolls, the actions stay within the thumb's reach.
    """
    grip = ft.Container(
        ft.Container(width=36, height=4, border_radius=2, bgcolor=tokens.LINE), alignment=ft.Alignment.CENTER
    )
    head = ft.Text(title, size=20, weight=ft.FontWeight.W_700, color=tokens.INK)
    scroll = ft.Column(list(content), spacing=tokens.SPACE_4, scroll=ft.ScrollMode.AUTO, tight=True,
                       horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    body = ft.Column(
        [
            grip,
            head,
            ft.Container(scroll, expand_loose=True, expand=True),
            ft.Row(list(actions), spacing=tokens.SPACE_3),
        ],
        spacing=tokens.SPACE_4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.BottomSheet(
        ft.Semantics(
            content=ft.Container(body, padding=ft.Padding.only(left=24, right=24, top=12, bottom=24)),
            identifier=identifier,
        ),
        bgcolor=tokens.BG,
        shape=ft.RoundedRectangleBorder(
            radius=ft.BorderRadius.only(top_left=24, top_right=24)
        ),
        size_constraints=ft.BoxConstraints(max_width=tokens.SHEET_WIDTH),
        scrollable=True,
        draggable=True,
        elevation=0,
        on_dismiss=lambda _: on_dismiss(),
    )
