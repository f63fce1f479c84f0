"""Live positions: a stream from the server that says when something in the person's scopes changed."""

import random
from typing import TYPE_CHECKING

from mobile.state.errors import LogInNeeded, ServerRefusal, Unreachable
from mobile.state.sync_loop import retry_after_s

if TYPE_CHECKING:
    from mobile.state.application import App


async def follow(app: "App") -> None:
    """Wake the sync at each news, and take the stream up again when it breaks, for as long as the task lives."""
    failures = 0
    while True:
        try:
            async for event in app.server.live(await app.session.access_token()):
                if failures:
                    app.loop.wake(at_once=True)
                failures = 0
                if event == "position":
                    app.loop.wake(at_once=True)
            failures += 1
        except (Unreachable, LogInNeeded, ServerRefusal):
            failures += 1
        await app.rest(retry_after_s(failures, random.random()))  # noqa: S311 - spreads load, guards nothing
