"""The photos of a visit in its timeline."""

from collections.abc import Sequence

import flet as ft

from mobile.design.marks import pending_mark
from mobile.design.pictures import picture_tile, tile_strip
from mobile.state.hooks import go
from mobile.state.queries.photos import Tile
from mobile.text import t


def photo_strip(tiles: Sequence[Tile]) -> ft.Control | None:
    """A tile for each photo, which opens it; None where there are none."""
    if not tiles:
        return None
    return tile_strip([_tile(tile, n, len(tiles)) for n, tile in enumerate(tiles, 1)])


def _tile(tile: Tile, n: int, of: int) -> ft.Control:
    return picture_tile(
        tile.thumbnail,
        t("photo.open_waiting" if tile.waits else "photo.open", n=n, of=of),
        identifier=f"photo-{tile.id}",
        on_click=lambda _: go(f"/photo/{tile.id}"),
        mark=pending_mark(t("photo.waiting")) if tile.waits else None,
    )
