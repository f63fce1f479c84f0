"""The type of a handler for a press."""

from typing import Any

import flet as ft

Press = ft.ControlEventHandler[Any]
Click = Press | None
"""What a control does when it is pressed; None is nothing."""
