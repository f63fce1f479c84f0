"""Passing many rows without Python's garbage collector.

It would look through all that the app holds, again and again, while thousands of rows are made. Rows and messages hold no
cycles, so there is nothing for it to find in them.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the garbage collector from running meanwhile."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
