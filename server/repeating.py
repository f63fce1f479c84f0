"""Doing something again and again beside the requests, for as long as the server runs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from litestar.concurrency import sync_to_thread


@asynccontextmanager
async def repeating(
    work: Callable[[], object], period_s: float, *, at_end: bool = False
) -> AsyncIterator[None]:
    """Run `work` in a thread every `period_s` seconds until the block ends, and once more then where `at_end` says so.

    Work that is under way is let finish.
    """
    stopping = asyncio.Event()
    task = asyncio.create_task(_keep_doing(work, period_s, stopping, at_end=at_end))
    try:
        yield
    finally:
        stopping.set()
        await task


async def _keep_doing(
    work: Callable[[], object], period_s: float, stopping: asyncio.Event, *, at_end: bool
) -> None:
    while not stopping.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), period_s)
        if at_end or not stopping.is_set():
            await sync_to_thread(work)
