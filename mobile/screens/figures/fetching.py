"""Figures are fetched when they are looked at: what came, or why nothing did."""

from collections.abc import Awaitable, Callable
from typing import Any

import flet as ft

from mobile.design.marks import Tone
from mobile.design.states import loading_state, notice
from mobile.state.errors import LogInNeeded, ServerRefusal, Unreachable
from mobile.text import error_sentence, t


def use_figures(
    fetch: Callable[[], Awaitable[Any]], *depends_on: object
) -> tuple[Any, list[ft.Control], Callable[[], None]]:
    """What was fetched, or else the controls to show in its place; and a function that fetches again."""
    page = ft.context.page
    found, set_found = ft.use_state(None)
    wrong, set_wrong = ft.use_state("")

    async def ask() -> None:
        try:
            set_found(await fetch())
            set_wrong("")
        except ServerRefusal as refusal:
            set_wrong(error_sentence(refusal.code, refusal.details))
        except Unreachable:
            set_wrong(t("figures.offline"))
        except LogInNeeded:
            set_wrong(error_sentence("not_logged_in"))

    ft.use_effect(ask, dependencies=list(depends_on))
    instead: list[ft.Control] = []
    if wrong:
        instead = [notice(wrong, Tone.WARM, identifier="figures-wrong")]
    elif found is None:
        instead = [loading_state(t("figures.loading"))]

    def again() -> None:
        page.run_task(ask)

    return found, instead, again
