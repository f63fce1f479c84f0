"""Pictures: the tile of a strip, and one that fills a page."""

from collections.abc import Sequence

import flet as ft

from mobile.design import tokens
from mobile.design.events import Click


def picture_tile(
    content: bytes | None,
    label: str,
    *,
    identifier: str,
    on_click: Click = None,
    mark: ft.Control | None = None,
) -> ft.Control:
    """A square cut out of a picture; where there is none yet, an empty frame. `mark` lies on its lower right corner."""
    layers: list[ft.Control] = [_cut(content)]
    if mark is not None:
        layers.append(ft.Container(_badge(mark), right=4, bottom=4))
    tile = ft.Container(
        ft.Stack(layers, width=tokens.PICTURE_TILE, height=tokens.PICTURE_TILE),
        width=tokens.PICTURE_TILE,
        height=tokens.PICTURE_TILE,
        border=ft.Border.all(1, tokens.LINE),
        border_radius=tokens.RADIUS_CONTROL,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
        on_click=on_click,
    )
    return ft.Semantics(
        content=tile, identifier=identifier, label=label, button=on_click is not None, image=True
    )


def removable_tile(content: bytes | None, label: str, remove: ft.Control, *, identifier: str) -> ft.Control:
    """A tile with a button beside it that takes it away."""
    tile = picture_tile(content, label, identifier=identifier)
    return ft.Row([tile, remove], spacing=0, tight=True, vertical_alignment=ft.CrossAxisAlignment.START)


def tile_strip(tiles: Sequence[ft.Control]) -> ft.Control:
    """Tiles beside each other, as many lines as it takes."""
    return ft.Row(list(tiles), wrap=True, spacing=tokens.SPACE_2, run_spacing=tokens.SPACE_2)


def full_picture(content: bytes | None, label: str, *, identifier: str) -> ft.Control:
    """A whole picture as large as there is room for, which two fingers make larger."""
    if content is None:
        shown: ft.Control = ft.Container(
            ft.Icon(ft.Icons.IMAGE_OUTLINED, size=64, color=tokens.SOFT), alignment=ft.Alignment.CENTER
        )
    else:
        picture = ft.Image(content, fit=ft.BoxFit.CONTAIN, gapless_playback=True, exclude_from_semantics=True)
        shown = ft.InteractiveViewer(ft.Container(picture, alignment=ft.Alignment.CENTER), max_scale=6)
    frame = ft.Container(shown, bgcolor=tokens.SUNK, expand=True, clip_behavior=ft.ClipBehavior.HARD_EDGE)
    return ft.Semantics(content=frame, identifier=identifier, label=label, image=True, expand=True)


def _cut(content: bytes | None) -> ft.Control:
    side = tokens.PICTURE_TILE
    if content is None:
        icon = ft.Icon(ft.Icons.IMAGE_OUTLINED, size=tokens.ICON, color=tokens.SOFT)
        return ft.Container(icon, width=side, height=side, bgcolor=tokens.SUNK, alignment=ft.Alignment.CENTER)
    return ft.Image(
        content,
        width=side,
        height=side,
        fit=ft.BoxFit.COVER,
        gapless_playback=True,
        exclude_from_semantics=True,
    )


def _badge(mark: ft.Control) -> ft.Control:
    return ft.Container(
        mark, bgcolor=tokens.SURFACE, border_radius=tokens.RADIUS_PILL, padding=ft.Padding.all(3)
    )
