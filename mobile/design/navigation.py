"""The rail of a tablet and the bottom bar of a phone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import flet as ft

from mobile.design import tokens


@dataclass(frozen=True, slots=True)
class Destination:
    """A place in the app that one can go to from anywhere. `badge` is a count that needs attention."""

    path: str
    label: str
    icon: ft.IconData
    selected_icon: ft.IconData
    badge: int = 0


_ROOMY = 10
"""So many places stand on a tablet's rail with room between them; more stand closer, so that the last is seen too."""


def rail(items: Sequence[Destination], current: str, go: Callable[[str], None], mark: str) -> ft.Control:
    """The left edge of a tablet; `mark` is the sign of the house on top."""
    is_full = len(items) > _ROOMY
    logo = ft.Container(
        ft.Text(mark, size=20, weight=ft.FontWeight.W_700, color=tokens.ON_ACCENT),
        width=tokens.AVATAR,
        height=tokens.AVATAR,
        border_radius=tokens.RADIUS_CONTROL,
        bgcolor=tokens.ACCENT,
        alignment=ft.Alignment.CENTER,
        margin=ft.Margin.only(bottom=tokens.SPACE_2 if is_full else 20),
    )
    column = ft.Column(
        [logo, *(_rail_item(item, current, go) for item in items)],
        spacing=0 if is_full else tokens.SPACE_2,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        scroll=ft.ScrollMode.HIDDEN,
    )
    return ft.Container(
        column,
        width=tokens.RAIL_WIDTH,
        bgcolor=tokens.SURFACE,
        padding=ft.Padding.only(top=14, left=14, right=13),
        border=ft.Border.only(right=ft.BorderSide(1, tokens.LINE)),
    )


def bottom_bar(items: Sequence[Destination], current: str, go: Callable[[str], None]) -> ft.Control:
    """The lower edge of a phone: at most five places."""
    row = ft.Row([ft.Container(_item(item, current, go), expand=True) for item in items[:5]], spacing=4)
    return ft.Container(
        ft.SafeArea(
            ft.Container(row, padding=ft.Padding.symmetric(horizontal=8, vertical=6)),
            avoid_intrusions_top=False,
        ),
        bgcolor=tokens.SURFACE,
        border=ft.Border.only(top=ft.BorderSide(1, tokens.LINE)),
    )


def _rail_item(item: Destination, current: str, go: Callable[[str], None]) -> ft.Control:
    return ft.Container(_item(item, current, go), width=64)


def _item(item: Destination, current: str, go: Callable[[str], None]) -> ft.Control:
    chosen = item.path == current
    colour = tokens.ACCENT if chosen else tokens.SOFT
    icon: ft.Control = ft.Icon(item.selected_icon if chosen else item.icon, size=tokens.ICON, color=colour)
    if item.badge:
        icon = ft.Stack(
            [icon, ft.Container(_badge(item.badge), right=-2, top=-3)],
            width=40,
            height=24,
            alignment=ft.Alignment.CENTER,
            clip_behavior=ft.ClipBehavior.NONE,
        )
    weight = ft.FontWeight.W_600 if chosen else ft.FontWeight.W_400
    words = ft.Text(item.label, size=tokens.SIZE_RAIL, color=colour, weight=weight, no_wrap=True)
    box = ft.Container(
        ft.Column(
            [icon, words],
            spacing=3,
            tight=True,
            alignment=ft.MainAxisAlignment.CENTER,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        height=58,
        alignment=ft.Alignment.CENTER,
        border_radius=tokens.RADIUS_CARD,
        bgcolor=tokens.ACCENT_SOFT if chosen else None,
        on_click=lambda _: go(item.path),
        ink=True,
    )
    return ft.Semantics(
        content=box, identifier=f"go-{item.path}", label=item.label, button=True, selected=chosen
    )


def _badge(count: int) -> ft.Control:
    return ft.Container(
        ft.Text(str(min(count, 99)), size=10, weight=ft.FontWeight.W_700, color=tokens.BG),
        bgcolor=tokens.WARM,
        border_radius=8,
        padding=ft.Padding.symmetric(horizontal=4, vertical=1),
    )
