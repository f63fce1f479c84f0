"""The row of a list, and lists of any length that stay smooth."""

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from mobile.design import tokens
from mobile.design.events import Click
from mobile.design.marks import avatar
from mobile.design.skeleton import row_outline
from mobile.design.type import row_title, secondary


def row(  # noqa: PLR0913 - what a row may have, each by name
    title: str,
    subtitle: str,
    *,
    identifier: str | None = None,
    chips: Sequence[ft.Control] = (),
    trailing: ft.Control | str | None = None,
    leading: ft.Control | None = None,
    selected: bool = False,
    flush: bool = False,
    on_click: Click = None,
) -> ft.Control:
    """A record in a list: avatar, title with chips, subtitle, and what matters about it at the right.

    Always `tokens.ROW_HEIGHT` high. `selected` draws it as a card; `flush` leaves out the space at its sides, for a row
    within a card.
    """
    if isinstance(trailing, str):
        trailing = secondary(trailing)
    head = ft.Row(
        [ft.Container(row_title(title), expand_loose=True, expand=True), *chips],
        spacing=tokens.SPACE_2,
        tight=True,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    lines = ft.Column(
        [head, *([secondary(subtitle)] if subtitle else [])],
        spacing=2,
        expand=True,
        alignment=ft.MainAxisAlignment.CENTER,
    )
    content = ft.Row(
        [leading or avatar(title), lines, *([trailing] if trailing else [])],
        spacing=tokens.SPACE_3,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
    )
    box = ft.Container(
        content,
        height=tokens.ROW_HEIGHT,
        padding=ft.Padding.symmetric(horizontal=0 if flush else tokens.SPACE_3),
        border_radius=tokens.RADIUS_CARD,
        bgcolor=tokens.SURFACE if selected else None,
        border=ft.Border.all(1, tokens.LINE if selected else tokens.TRANSPARENT),
        on_click=on_click,
        ink=True,
    )
    if identifier is None:
        return box
    return ft.Semantics(content=box, identifier=identifier, button=True, selected=selected or None)


def trailing_moment(words: str, *, overdue: bool = False) -> ft.Control:
    """When a row is due; red and bold when it is overdue."""
    return ft.Text(
        words,
        size=tokens.SIZE_SECONDARY,
        color=tokens.DANGER if overdue else tokens.SOFT,
        weight=ft.FontWeight.W_600 if overdue else ft.FontWeight.W_400,
        no_wrap=True,
    )


_WINDOW = 40
"""Rows built at a time; a screen shows about ten."""
_FOOT = 88
"""Free space below the last row, where an action may float."""


@ft.component
def LongList(  # noqa: N802
    count: int,
    fetch: Callable[[int, int], Sequence[Any]],
    build: Callable[[Any], ft.Control],
    version: object,
    *,
    asked: object = None,
    extent: int = tokens.ROW_EXTENT,
    identifier: str = "list",
) -> ft.Control:
    """Any number of rows of one height, of which only those near the viewport exist.

    Each stands at its own place on one tall sheet, so that building others never moves what is in view.

    `fetch(offset, limit)` reads a slice, `build(item)` makes its row; a new `version` reads again. `asked` is what the
    person searches for: when it changes, the list begins at its top. Rows are told apart by their record's `id`, so one
    that is found again stays the same control, and a tap on it counts while the list is drawn anew.
    """
    first, set_first = ft.use_state(0)
    nothing: ft.ListView | None = None
    drawn = ft.use_ref(nothing)
    _use_change(asked, lambda: _to_top(drawn.current, set_first))
    start = min(first, max(0, count - _WINDOW))
    # Rows that stay in the window stay the same objects, so that scrolling costs what comes into view.
    built: dict[int, ft.Control] = ft.use_memo(dict, [build, fetch, count, version])
    _build_missing(built, range(start, min(start + _WINDOW, count)), fetch, build, extent)

    def follow(event: ft.OnScrollEvent) -> None:
        top = int(event.pixels // extent)
        wanted = max(0, top - _WINDOW // 3)
        wanted -= wanted % 5
        if wanted != first:
            set_first(wanted)

    rows = [built[at] for at in sorted(built)]
    view = ft.ListView(
        [
            ft.Stack(
                [
                    _outlines(0, start * extent, key="above"),
                    *rows,
                    _outlines((start + len(rows)) * extent, count * extent, key="below"),
                ],
                height=count * extent,
            )
        ],
        expand=True,
        on_scroll=follow,
        scroll_interval=40,
        padding=ft.Padding.only(left=tokens.PAGE_PADDING, right=tokens.PAGE_PADDING, bottom=_FOOT),
    )
    drawn.current = view
    return ft.Semantics(content=view, identifier=identifier, expand=True)


def _use_change(value: object, changed: Callable[[], None]) -> None:
    """Call `changed` after each drawing with another `value` than the one before; not after the first."""
    before = ft.use_ref(value)

    def look() -> None:
        if before.current != value:
            before.current = value
            changed()

    ft.use_effect(look, dependencies=[value])


def _to_top(view: ft.ListView | None, set_first: Callable[[int], None]) -> None:
    set_first(0)
    if view is not None:
        ft.context.page.run_task(view.scroll_to, offset=0)


def _build_missing(
    built: dict[int, ft.Control],
    window: range,
    fetch: Callable[[int, int], Sequence[Any]],
    build: Callable[[Any], ft.Control],
    extent: int,
) -> None:
    """Bring `built` to exactly the rows of `window`, each at its own place, reading only those that it lacks."""
    for at in built.keys() - set(window):
        del built[at]
    missing = [at for at in window if at not in built]
    if not missing:
        return
    for at, item in enumerate(fetch(missing[0], missing[-1] + 1 - missing[0]), missing[0]):
        if at not in built:
            built[at] = ft.Container(
                build(item), top=at * extent, left=0, right=0, height=tokens.ROW_HEIGHT, key=item.id
            )


def _outlines(top: int, bottom: int, *, key: str) -> ft.Control:
    """What stands outside the window: a flick shows outlines until the rows that it came to are built."""
    tile = ft.DecorationImage(
        src=row_outline(), repeat=ft.ImageRepeat.REPEAT_Y, alignment=ft.Alignment.TOP_LEFT
    )
    return ft.Container(top=top, left=0, right=0, height=bottom - top, image=tile, key=key)
