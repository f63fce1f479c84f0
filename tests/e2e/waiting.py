"""Waiting for a state to come about, however long it takes within reason, and saying what was there if it does not."""

import time
from collections.abc import Callable

_PAUSE_S = 0.05


def wait_until(
    condition: Callable[[], object], what: str, seconds: float, otherwise: Callable[[], str] = str
) -> None:
    """Return as soon as `condition` holds; fail after so many seconds, with what `otherwise` says."""
    ends = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends:
            message = f"waited {seconds} s for {what}: {otherwise()}"
            raise AssertionError(message)
        time.sleep(_PAUSE_S)
