"""What a control does when it is pressed, and what happens when that fails."""

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any

import flet as ft

Press = ft.ControlEventHandler[Any]
Click = Press | None
"""What a control does when it is pressed; None is nothing."""

Failure = Callable[[Exception], None]
_told: list[Failure] = []


def tell_failures(to: Failure) -> None:
    """Have `to` told whatever goes wrong when something is pressed, so that a person reads it and can go on."""
    _told[:] = [to]


def guarded(press: Any) -> Any:
    """The same handler, whose failures are told instead of ending the app. None stays None."""
    if press is None:
        return None
    if iscoroutinefunction(press):

        @wraps(press)
        async def run_async(*given: Any) -> None:
            try:
                await press(*given)
            except Exception as error:  # noqa: BLE001 - all of them are told
                _tell(error)

        return run_async

    @wraps(press)
    def run(*given: Any) -> None:
        try:
            press(*given)
        except Exception as error:  # noqa: BLE001 - all of them are told
            _tell(error)

    return run


def _tell(error: Exception) -> None:
    if not _told:
        raise error
    for told in _told:
        told(error)
