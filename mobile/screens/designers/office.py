"""Asking the server for something on behalf of the back office, and saying what came of it."""

from collections.abc import Awaitable, Callable

import flet as ft

from mobile.design.states import snackbar
from mobile.state.errors import LogInNeeded, ServerRefusal, Unreachable
from mobile.state.hooks import use_app
from mobile.text import error_sentence


def use_office() -> tuple[bool, Callable[[Callable[[], Awaitable[str]]], None]]:
    """Whether something is being asked, and a function that asks: what it gives is said in a snackbar."""
    use_app()
    page = ft.context.page
    busy, set_busy = ft.use_state(initial=False)

    async def work(task: Callable[[], Awaitable[str]]) -> None:
        set_busy(True)
        try:
            words = await task()
        except ServerRefusal as refused:
            words = error_sentence(refused.code, refused.details)
        except Unreachable:
            words = error_sentence("unreachable")
        except LogInNeeded:
            words = error_sentence("not_logged_in")
        finally:
            set_busy(False)
        if words:
            snackbar(page, words)

    def ask(task: Callable[[], Awaitable[str]]) -> None:
        page.run_task(work, task)

    return busy, ask
