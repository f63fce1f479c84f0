"""What cannot be drawn: a sentence stands in its place, and everything around it works on.

Flet 1.0 ends the one task that redraws the screen at the first exception in any component: from then on nothing that is
tapped shows, and it offers no place to catch it. So `contain_failures` puts a renderer in the place of Flet's that hands
what was raised to the nearest `Boundary` above the component. No component can forget to be guarded.
"""

import logging
from collections.abc import Callable
from typing import Any

import flet as ft
from flet.components import component as drawing

from mobile.design.states import error_state
from mobile.screens.places import sections_for
from mobile.state.failures import code_for
from mobile.state.hooks import go, use_app
from mobile.text import error_sentence, t

_log = logging.getLogger(__name__)


class Trouble(ft.Observable):
    """What a boundary shows in the place of its part: the sentence of what happened; empty while all is well."""

    def __init__(self) -> None:
        """All is well."""
        self.words = ""

    def tell(self) -> None:
        """Have whatever shows this drawn again."""
        self.notify()  # type: ignore[no-untyped-call]


_Above: ft.ContextProvider[Trouble | None] = ft.create_context(None)


def bounded(place: str, draw: Callable[[], ft.Control]) -> ft.Control:
    """`draw()`, or why it cannot be shown. `place` names what is drawn: what failed there has not failed elsewhere."""
    return Boundary(draw, key=place)  # type: ignore[call-arg] # which every component takes


@ft.component
def Boundary(draw: Callable[[], ft.Control]) -> ft.Control:  # noqa: N802
    """What replaces the part of the screen below it when that fails."""
    app = use_app()
    trouble, _ = ft.use_state(Trouble())
    # What failed before this was on the screen could not have it drawn again.
    ft.on_mounted(lambda: trouble.tell() if trouble.words else None)
    if not trouble.words:
        return _Above(trouble, lambda: _Part(draw))

    def again(_event: object) -> None:
        trouble.words = ""

    def leave(event: object) -> None:
        again(event)
        go("/")

    home = t(sections_for(app.session.person.role)[0].label) if app.session.person else ""
    return error_state(
        t("app.not_drawn"),
        trouble.words,
        retry=(t("common.retry"), again),
        leave=(t("app.back_to", place=home), leave) if home else None,
    )


@ft.component
def _Part(draw: Callable[[], ft.Control]) -> ft.Control:  # noqa: N802
    """The part itself, below its boundary."""
    return draw()


class _ContainingRenderer(drawing.Renderer):
    """Flet's renderer, but a component that raises is replaced, and the boundary above it told."""

    def render(self, root_fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Draw a component, or what stands in its place."""
        try:
            return super().render(root_fn, *args, **kwargs)
        except Exception as error:
            component: drawing.Component | None = self._root_component
            if component is None:
                raise
            _log.exception("could not draw %s", component)
            return _in_place_of(component, _words_for(error))


def contain_failures() -> None:
    """Have every component that raises from now on replaced by its nearest boundary."""
    drawing.Renderer = _ContainingRenderer  # type: ignore[misc]


def _in_place_of(component: drawing.Component, words: str) -> ft.Control:
    above = _trouble_above(component)
    if above is not None:
        above.words = words
        return ft.Container()

    def again(_event: object) -> None:
        component.update()  # type: ignore[no-untyped-call]

    # The frame itself: there is nothing around it that could stay.
    state = error_state(t("app.not_drawn"), words, retry=(t("common.retry"), again))
    return ft.View(route="/", controls=[state])


def _trouble_above(component: drawing.Component) -> Trouble | None:
    """As `ft.use_context` looks it up, which works while a component is drawn and would leave a hook in it."""
    looked_at: drawing.Component | None = component
    while looked_at is not None:
        if _Above._key in looked_at._contexts:  # noqa: SLF001 - see above
            found: Trouble = looked_at._contexts[_Above._key]  # noqa: SLF001
            return found
        looked_at = looked_at._parent_component() if looked_at._parent_component else None  # noqa: SLF001
    return None


def _words_for(error: Exception) -> str:
    code = code_for(error)
    return error_sentence(code) if code else t("app.not_drawn_hint", kind=type(error).__name__)
