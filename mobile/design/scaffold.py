"""Pages and panes: what every screen stands in."""

from collections.abc import Sequence

import flet as ft

from mobile.design import tokens
from mobile.design.type import context_line, page_title, record_title


def list_pane(
    title: str,
    context: str,
    *,
    head: Sequence[ft.Control] = (),
    status: ft.Control | None = None,
    body: ft.Control,
    action: ft.Control | None = None,
    identifier: str | None = None,
) -> ft.Control:
    """A page or the left pane: title, one line of context, `head` (search, filters), then `body`, which fills the rest.

    `body` brings its own side padding (`LongList`, or `scroll_body`). `action` floats at the lower right.
    """
    top = ft.Container(
        ft.Column(
            [
                ft.Row(
                    [ft.Container(page_title(title), expand=True), *([status] if status else [])],
                    spacing=tokens.SPACE_2,
                    vertical_alignment=ft.CrossAxisAlignment.CENTER,
                ),
                *([context_line(context)] if context else []),
                *head,
            ],
            spacing=tokens.SPACE_2,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        padding=ft.Padding.only(
            left=tokens.PAGE_PADDING, right=tokens.PAGE_PADDING, top=20, bottom=tokens.SPACE_2
        ),
    )
    content: ft.Control = ft.Column([top, ft.Container(body, expand=True)], spacing=0, expand=True)
    if action is not None:
        content = ft.Stack([content, ft.Container(action, right=tokens.PAGE_PADDING, bottom=20)], expand=True)
    return ft.Semantics(content=content, identifier=identifier, expand=True) if identifier else content


def scroll_body(
    controls: Sequence[ft.Control], *, spacing: int = tokens.SPACE_2, width: int | None = None
) -> ft.Control:
    """A body that scrolls as a whole, for pages with few rows; `width` keeps it narrow on a wide page."""
    rows: list[ft.Control] = [
        row if width is None else ft.Row([ft.Container(row, width=width)]) for row in controls
    ]
    return ft.ListView(
        rows,
        spacing=spacing,
        expand=True,
        build_controls_on_demand=False,
        padding=ft.Padding.only(left=tokens.PAGE_PADDING, right=tokens.PAGE_PADDING, bottom=tokens.SPACE_7),
    )


def detail_pane(
    title: str,
    context: str,
    body: Sequence[ft.Control],
    *,
    chips: Sequence[ft.Control] = (),
    tools: Sequence[ft.Control] = (),
    actions: Sequence[ft.Control] = (),
    back: ft.Control | None = None,
    identifier: str | None = None,
) -> ft.Control:
    """A record: its name with chips, tools at the right, one line of context, cards, and the actions at the bottom.

    `back` is given on a phone, where the pane is a page of its own.
    """
    padding = tokens.PAGE_PADDING if back else tokens.DETAIL_PADDING
    name = ft.Row(
        [ft.Container(record_title(title), expand=True, expand_loose=True), *chips],
        spacing=10,
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    top = ft.Row([*([back] if back else []), name, *tools], spacing=2, height=tokens.TOUCH)
    scroll = ft.ListView(
        [*([context_line(context)] if context else []), *body],
        spacing=tokens.SPACE_4 - 2,
        expand=True,
        build_controls_on_demand=False,
        padding=ft.Padding.only(left=padding, right=padding, bottom=tokens.SPACE_6),
    )
    column: list[ft.Control] = [
        ft.Container(
            top,
            padding=ft.Padding.only(
                left=tokens.SPACE_2 if back else padding, right=padding - 12, top=24, bottom=8
            ),
        ),
        scroll,
    ]
    if actions:
        bar = ft.Row(list(actions), spacing=tokens.SPACE_3)
        column.append(
            ft.Container(bar, padding=ft.Padding.only(left=padding, right=padding, top=12, bottom=24))
        )
    pane = ft.Container(ft.Column(column, spacing=0, expand=True), bgcolor=tokens.SUNK, expand=True)
    return ft.Semantics(content=pane, identifier=identifier, expand=True) if identifier else pane


def form_column(controls: Sequence[ft.Control]) -> ft.Control:
    """Fields under each other, no wider than a hand's reach."""
    return ft.Container(
        ft.Column(list(controls), spacing=tokens.SPACE_4, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        width=tokens.FORM_WIDTH,
    )


def two_panes(left: ft.Control, right: ft.Control) -> ft.Control:
    """A list that keeps its place, and the detail that fills the rest."""
    return ft.Row(
        [ft.Container(left, width=tokens.LIST_WIDTH), ft.Container(right, expand=True)],
        spacing=0,
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )
