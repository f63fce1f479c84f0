"""A text field that never takes back what somebody is typing."""

from collections.abc import Callable

import flet as ft
from flet.components.hooks.use_ref import MutableRef

Change = Callable[[ft.Event[ft.TextField]], None]


@ft.component
def TypedField(  # noqa: N802 - components are named as what they draw
    value: str, on_change: Callable[[str], None], draw: Callable[[str, Change], ft.TextField]
) -> ft.Control:
    """The field that `draw` makes of a value and a handler; `value` is what the screen holds.

    While a screen draws itself for one letter, the next may already have arrived. Drawn with the value of the first
    letter, the field would send it back and swallow the second. So the field keeps what the person typed last, and takes
    the screen's value only where somebody else changed it, such as a form that is cleared.
    """
    given = ft.use_ref(value)
    typed = ft.use_ref(value)
    drawn: MutableRef[ft.TextField | None] = ft.use_ref(None)

    def changed(event: ft.Event[ft.TextField]) -> None:
        typed.current = event.control.value
        on_change(event.control.value)

    is_from_elsewhere = value not in {given.current, typed.current}
    given.current = value
    if is_from_elsewhere:
        typed.current = value
    in_the_field = value if drawn.current is None or is_from_elsewhere else drawn.current.value
    field = draw(in_the_field, changed)
    drawn.current = field
    return field
