"""A plain table of figures: names at the left, figures at the right, under one heading."""

from collections.abc import Callable, Sequence

import flet as ft

from mobile.design import tokens
from mobile.design.cards import card
from mobile.design.type import secondary

Cells = Sequence[str]


def table(
    heads: Cells,
    rows: Sequence[tuple[Cells, Callable[[], None] | None]],
    *,
    identifier: str,
    first: int = 2,
) -> ft.Control:
    """The first column is `first` times as wide as the others. A row with a function can be tapped."""
    parts: list[ft.Control] = [_line(heads, first, is_head=True)]
    for at, (cells, tap) in enumerate(rows):
        parts.append(ft.Divider(height=1, thickness=1, color=tokens.LINE))
        line: ft.Control = _line(cells, first)
        if tap is not None:
            area = ft.Container(
                line, on_click=lambda _, tap=tap: tap(), ink=True, border_radius=tokens.RADIUS_CONTROL
            )
            line = ft.Semantics(content=area, identifier=f"{identifier}-{at}", button=True)
        parts.append(line)
    return ft.Semantics(content=card(ft.Column(parts, spacing=0)), identifier=identifier)


def _line(cells: Cells, first: int, *, is_head: bool = False) -> ft.Control:
    boxes: list[ft.Control] = []
    for place, words in enumerate(cells):
        text = (
            secondary(words, lines=2)
            if is_head
            else ft.Text(
                words,
                size=tokens.SIZE_BODY,
                color=tokens.INK,
                weight=ft.FontWeight.W_600 if place == 0 else ft.FontWeight.W_400,
                max_lines=2 if place == 0 else 1,
                overflow=ft.TextOverflow.ELLIPSIS,
            )
        )
        where = ft.Alignment.CENTER_RIGHT if place else ft.Alignment.CENTER_LEFT
        boxes.append(ft.Container(text, expand=1 if place else first, alignment=where))
    return ft.Container(
        ft.Row(boxes, spacing=tokens.SPACE_2), padding=ft.Padding.symmetric(vertical=11, horizontal=4)
    )
