"""How much room there is: one pane or two."""

import flet as ft

from mobile.design import tokens


class Window(ft.Observable):
    """Whether list and detail stand side by side; changes only when that does, not at every pixel."""

    def __init__(self) -> None:
        """A phone, until told otherwise."""
        self.wide = False

    def resize(self, width: float | None) -> None:
        """Take the new width."""
        wide = (width or 0) >= tokens.TWO_PANES_FROM
        if wide != self.wide:
            self.wide = wide
