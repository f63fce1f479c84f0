"""Asking the server for something at once, as the person who is logged in; most of the app never has to."""

from typing import TYPE_CHECKING, Any

from mobile.state.errors import LogInNeeded, ServerRefusal

if TYPE_CHECKING:
    from mobile.state.application import App

_UNAUTHORIZED = 401


async def ask(app: "App", path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Post `body` and return the answer. Raises `Unreachable`, `LogInNeeded` or `ServerRefusal` with the reason."""
    if app.session.person is None:
        raise LogInNeeded
    try:
        return await app.server.post(path, body, await app.session.access_token())
    except ServerRefusal as refusal:
        if refusal.status != _UNAUTHORIZED:
            raise
        app.session.renew_next_time()
        return await app.server.post(path, body, await app.session.access_token())
