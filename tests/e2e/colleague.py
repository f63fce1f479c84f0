"""A colleague at work on a tablet of their own: the app itself without its screens, over the real network."""

import asyncio
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from mobile.state.application import App
from mobile.state.database import open_engine
from mobile.state.exchange import sync_once
from mobile.state.http import async_client
from mobile.state.opening import device_now_ms
from mobile.state.server import Server

_KEY = "5e" * 32


def colleague_does(address: str, code: str, password: str, work: Callable[[App], object]) -> None:
    """Log in at `address` on a new device, fetch what this person may see, do `work`, and send it.

    In a thread of its own, since whoever drives a browser has an event loop running already.
    """
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(_day(address, code, password, work))).result()


async def _day(address: str, code: str, password: str, work: Callable[[App], object]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(str(Path(folder) / "app.db"), _KEY)
        try:
            async with async_client(address) as client:
                app = App(engine, Server(address), device_now_ms=device_now_ms)
                app.server.use(client)
                await app.log_in(code, password, "tablet")
                await sync_once(app)
                work(app)
                await sync_once(app)
        finally:
            engine.dispose()
