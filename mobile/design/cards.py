"""Cards, figures, progress and the timeline."""

from collections.abc import Sequence
from dataclasses import dataclass

import flet as ft

from mobile.design import tokens
from mobile.design.events import Click
from mobile.design.marks import Tone, dot
from mobile.design.type import figure_text, row_title, secondary, section_label

_ROOMY = 8
"""Figures of more characters than this touch when four of them share a line."""


def card(content: ft.Control, *, on_click: Click = None) -> ft.Container:
    """A surface with a hairline around it, no shadow."""
    return ft.Container(
        content,
        bgcolor=tokens.SURFACE,
        border=ft.Border.all(1, tokens.LINE),
        border_radius=tokens.RADIUS_CARD,
        padding=tokens.CARD_PADDING,
        on_click=on_click,
    )


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and what it counts; `identifier` is for tests, `accent` marks the one that matters."""

    value: str
    label: str
    identifier: str | None = None
    accent: bool = False


def figures_card(figures: Sequence[Figure], *, narrow: bool = False) -> ft.Control:
    """Two to four figures beside each other, two a line when `narrow`."""
    crowded = not narrow and any(len(figure.value) > _ROOMY for figure in figures)
    cells = [
        _figure(figure, tokens.SIZE_FIGURE_SMALL if crowded else tokens.SIZE_FIGURE) for figure in figures
    ]
    if not narrow:
        return card(ft.Row(cells, spacing=tokens.SPACE_3))
    rows: list[ft.Control] = [
        ft.Row(cells[at : at + 2], spacing=tokens.SPACE_3) for at in range(0, len(cells), 2)
    ]
    return card(ft.Column(rows, spacing=tokens.SPACE_4))


def _figure(figure: Figure, size: int) -> ft.Control:
    colour = tokens.ACCENT if figure.accent else tokens.INK
    content = ft.Column([figure_text(figure.value, colour, size), secondary(figure.label)], spacing=2)
    if figure.identifier is None:
        return ft.Container(content, expand=True)
    label = f"{figure.label} {figure.value}"
    return ft.Semantics(content=content, identifier=figure.identifier, label=label, expand=True)


def progress_card(label: str, trailing: str, share: float, *, identifier: str | None = None) -> ft.Control:
    """How far something has come: `share` from 0 to 1."""
    head = ft.Row([section_label(label), secondary(trailing)], alignment=ft.MainAxisAlignment.SPACE_BETWEEN)
    body = card(ft.Column([head, progress_bar(share)], spacing=10))
    return ft.Semantics(content=body, identifier=identifier) if identifier else body


def progress_bar(share: float | None) -> ft.Control:
    """A thin bar; None while the whole is not known yet."""
    return ft.ProgressBar(
        value=None if share is None else min(1.0, max(0.0, share)),
        bar_height=8,
        border_radius=4,
        color=tokens.ACCENT,
        bgcolor=tokens.ACCENT_SOFT,
    )


def timeline_item(
    title: str,
    subtitle: str,
    moment: str,
    tone: Tone = Tone.CALM,
    *,
    trailing: ft.Control | None = None,
    below: ft.Control | None = None,
    on_click: Click = None,
    identifier: str | None = None,
) -> ft.Control:
    """Something that happened, when, and what it is called; `below` it what belongs to it, such as photos."""
    lines: list[ft.Control] = [row_title(title)]
    if subtitle:
        lines.append(secondary(subtitle, lines=3))
    if below is not None:
        lines.append(ft.Container(below, padding=ft.Padding.only(top=tokens.SPACE_1)))
    row = ft.Row(
        [
            ft.Container(dot(tone), padding=ft.Padding.only(top=7)),
            ft.Column(lines, spacing=2, expand=True),
            *([trailing] if trailing else []),
            secondary(moment),
        ],
        spacing=14,
        vertical_alignment=ft.CrossAxisAlignment.START,
    )
    item = ft.Container(row, padding=ft.Padding.symmetric(vertical=6), on_click=on_click)
    return ft.Semantics(content=item, identifier=identifier) if identifier else item


def fact_line(label: str, value: ft.Control, *, action: ft.Control | None = None) -> ft.Control:
    """A label and its value, one a line inside a card."""
    return ft.Row(
        [
            ft.Container(secondary(label), width=108),
            ft.Container(value, expand=True),
            *([action] if action else []),
        ],
        spacing=tokens.SPACE_2,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
