"""How a screen gets at the app: `use_app`, and `use_query` for rows that stay up to date by themselves."""

from collections.abc import Callable, Iterable
from typing import TypeVar

import flet as ft
from sqlmodel import Session as Database

from mobile.state.application import App

T = TypeVar("T")

AppContext: ft.ContextProvider[App | None] = ft.create_context(None)


def use_app() -> App:
    """The app this screen belongs to."""
    app = ft.use_context(AppContext)
    if app is None:
        message = "a screen was drawn outside the app"
        raise RuntimeError(message)
    return app


def use_observable(value: ft.Observable) -> None:
    """Draw this component again whenever `value` changes."""
    held, hold = ft.use_state(value)
    if held is not value:
        hold(value)


def use_tables(tables: Iterable[str]) -> int:
    """A number that changes with the tables; this component is drawn again when it does."""
    app = use_app()
    names = frozenset(tables)
    drawn = app.tables.of(names)
    _, set_seen = ft.use_state(drawn)
    none_yet: list[Callable[[], None]] = []
    ends, _ = ft.use_state(none_yet)

    def listen() -> None:
        set_seen(app.tables.of(names))
        ends.append(
            app.tables.subscribe(lambda changed: set_seen(app.tables.of(names)) if changed & names else None)
        )

    def end() -> None:
        while ends:
            ends.pop()()

    ft.use_effect(listen, dependencies=[], cleanup=end)
    return drawn


def use_query(read: Callable[[Database], T], tables: Iterable[str], *depends_on: object) -> T:
    """What `read` finds in the local copy; read again when one of `tables` or of `depends_on` changes.

    `read` runs while drawing, so it has to be quick: an indexed look-up or a page, never a whole table.
    """
    app = use_app()
    version = use_tables(tables)
    return ft.use_memo(lambda: app.read(read), [version, id(app.replica), *depends_on])


def latest(set_state: Callable[[Callable[[T], T]], None]) -> T:
    """The state behind a setter as it is by now, which a handler needs before it keeps what was typed.

    A handler knows the state of the last drawing, and on a busy device a tap arrives before the last letters are drawn.
    """
    seen: list[T] = []

    def look(value: T) -> T:
        seen.append(value)
        return value

    set_state(look)
    return seen[0]


def go(path: str) -> None:
    """Open a place of the app, such as `/leads/0192…`."""
    ft.context.page.navigate(path)
