"""Small marks: chips, status pills, avatars and the dot of a timeline. A word always goes with a colour."""

from enum import StrEnum

import flet as ft

from mobile.design import tokens
from mobile.design.events import Click


class Tone(StrEnum):
    """What a mark says: calm, the accent, needs attention, a tier or reward, wrong."""

    CALM = "calm"
    ACCENT = "accent"
    WARM = "warm"
    GOLD = "gold"
    DANGER = "danger"


_INK = {
    Tone.CALM: tokens.SOFT,
    Tone.ACCENT: tokens.ACCENT,
    Tone.WARM: tokens.WARM,
    Tone.GOLD: tokens.GOLD,
    Tone.DANGER: tokens.DANGER,
}
_GROUND = {
    Tone.CALM: tokens.SUNK,
    Tone.ACCENT: tokens.ACCENT_SOFT,
    Tone.WARM: tokens.WARM_SOFT,
    Tone.GOLD: tokens.WARM_SOFT,
    Tone.DANGER: tokens.WARM_SOFT,
}


def ink_of(tone: Tone) -> str:
    """The text colour of a tone."""
    return _INK[tone]


def chip(label: str, tone: Tone = Tone.ACCENT) -> ft.Control:
    """A short word on a pill, beside a title."""
    return ft.Container(
        ft.Text(label, size=tokens.SIZE_CHIP, weight=ft.FontWeight.W_600, color=_INK[tone], no_wrap=True),
        bgcolor=_GROUND[tone],
        border_radius=tokens.RADIUS_PILL,
        padding=ft.Padding.symmetric(horizontal=10, vertical=3),
    )


def status_pill(label: str, tone: Tone, *, on_click: Click = None) -> ft.Control:
    """The state of the connection or of a record, at the top right of a page. Identifier: `status`."""
    pill = ft.Container(
        ft.Text(label, size=tokens.SIZE_CHIP, weight=ft.FontWeight.W_600, color=_INK[tone], no_wrap=True),
        bgcolor=_GROUND[tone],
        border_radius=tokens.RADIUS_PILL,
        padding=ft.Padding.symmetric(horizontal=10, vertical=4),
    )
    area = ft.Container(pill, on_click=on_click, height=tokens.TOUCH, alignment=ft.Alignment.CENTER_RIGHT)
    return ft.Semantics(content=area, identifier="status", label=label, button=on_click is not None)


def avatar(name: str, *, tone: Tone = Tone.ACCENT) -> ft.Control:
    """The first character of a name on a soft square."""
    return ft.Container(
        ft.Text(name[:1].upper() or "?", size=17, weight=ft.FontWeight.W_600, color=_INK[tone]),
        width=tokens.AVATAR,
        height=tokens.AVATAR,
        border_radius=tokens.RADIUS_CONTROL,
        bgcolor=_GROUND[tone],
        alignment=ft.Alignment.CENTER,
    )


def icon_mark(icon: ft.IconData, *, tone: Tone = Tone.ACCENT) -> ft.Control:
    """An icon on a soft square, in the place of an avatar."""
    return ft.Container(
        ft.Icon(icon, size=22, color=_INK[tone]),
        width=tokens.AVATAR,
        height=tokens.AVATAR,
        border_radius=tokens.RADIUS_CONTROL,
        bgcolor=_GROUND[tone],
        alignment=ft.Alignment.CENTER,
    )


def dot(tone: Tone) -> ft.Control:
    """The dot before an entry of a timeline."""
    return ft.Container(width=10, height=10, border_radius=5, bgcolor=_INK[tone])


def pending_mark(tooltip: str) -> ft.Control:
    """Says that a record has changes that are not sent yet."""
    mark = ft.Icon(ft.Icons.CLOUD_UPLOAD_OUTLINED, size=16, color=tokens.WARM, tooltip=tooltip)
    return ft.Semantics(content=mark, label=tooltip)


def refused_mark(tooltip: str, on_click: Click, *, identifier: str) -> ft.Control:
    """Says that something done to a record was refused; a tap leads to it."""
    icon = ft.Icon(ft.Icons.ERROR_OUTLINE, size=22, color=tokens.DANGER, tooltip=tooltip)
    area = ft.Container(
        icon, width=tokens.TOUCH, height=tokens.TOUCH, alignment=ft.Alignment.CENTER, on_click=on_click
    )
    return ft.Semantics(content=area, label=tooltip, identifier=identifier, button=True)
