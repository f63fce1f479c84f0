"""The type scale: one function a style."""

import flet as ft

from mobile.design import tokens

_BOLD = ft.FontWeight.W_700
_SEMI = ft.FontWeight.W_600


def page_title(value: str) -> ft.Text:
    """The name of a screen."""
    return ft.Text(
        value, size=tokens.SIZE_PAGE_TITLE, weight=_BOLD, color=tokens.INK, max_lines=1, overflow=_cut()
    )


def record_title(value: str) -> ft.Text:
    """The name of the record a detail is about."""
    return ft.Text(
        value, size=tokens.SIZE_RECORD_TITLE, weight=_BOLD, color=tokens.INK, max_lines=1, overflow=_cut()
    )


def figure_text(value: str, colour: str = tokens.INK, size: int = tokens.SIZE_FIGURE) -> ft.Text:
    """A figure that matters."""
    return ft.Text(value, size=size, weight=_SEMI, color=colour, max_lines=1, no_wrap=True)


def row_title(value: str, *, lines: int = 1) -> ft.Text:
    """The first line of a row or of an entry."""
    return ft.Text(
        value, size=tokens.SIZE_ROW_TITLE, weight=_SEMI, color=tokens.INK, max_lines=lines, overflow=_cut()
    )


def body(value: str, colour: str = tokens.INK) -> ft.Text:
    """Running text; wraps."""
    return ft.Text(value, size=tokens.SIZE_BODY, color=colour)


def secondary(value: str, colour: str = tokens.SOFT, *, lines: int | None = 1) -> ft.Text:
    """What goes with a title: context, subtitles, moments."""
    return ft.Text(value, size=tokens.SIZE_SECONDARY, color=colour, max_lines=lines, overflow=_cut())


def context_line(value: str) -> ft.Text:
    """The one line under a page title."""
    return ft.Text(value, size=14, color=tokens.SOFT, max_lines=2, overflow=_cut())


def section_label(value: str) -> ft.Text:
    """The heading of a group of rows."""
    return ft.Text(value, size=tokens.SIZE_SECONDARY, weight=_SEMI, color=tokens.SOFT)


def _cut() -> ft.TextOverflow:
    return ft.TextOverflow.ELLIPSIS
