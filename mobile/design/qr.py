"""A QR code, drawn square by square: nothing is fetched, so that it is there without a network."""

from functools import lru_cache

import flet as ft
import flet.canvas as cv
import segno

from mobile.design import tokens

_QUIET = 3
"""Light squares around the code; the card's own ground does the rest."""


def qr_code(text: str, *, side: int, label: str) -> ft.Control:
    """A code that says `text`, about `side` pixels wide, dark on light in every theme. `label` is for screen readers."""
    lines = _lines(text)
    squares = len(lines) + 2 * _QUIET
    size = max(1, side // squares)
    ink = ft.Paint(color=tokens.QR_INK, anti_alias=False)
    shapes: list[cv.Shape] = [
        cv.Rect((_QUIET + first) * size, (_QUIET + y) * size, length * size, size, paint=ink)
        for y, runs in enumerate(lines)
        for first, length in runs
    ]
    drawn = cv.Canvas(shapes, width=squares * size, height=squares * size)
    box = ft.Container(drawn, bgcolor=tokens.QR_GROUND, border_radius=tokens.RADIUS_CONTROL)
    return ft.Semantics(content=box, identifier="qr", label=label, image=True)


@lru_cache(maxsize=8)
def _lines(text: str) -> tuple[tuple[tuple[int, int], ...], ...]:
    """The dark runs of each line, as first square and length: far fewer shapes than squares."""
    code = segno.make(text, error="m", micro=False)
    return tuple(_runs(bytes(line)) for line in code.matrix)


def _runs(line: bytes) -> tuple[tuple[int, int], ...]:
    runs: list[tuple[int, int]] = []
    for x, dark in enumerate(line):
        if not dark:
            continue
        if runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((x, 1))
    return tuple(runs)
