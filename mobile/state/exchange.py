"""One whole sync over HTTP: the app's part of `sync.client.synchronise`."""

from typing import TYPE_CHECKING

from mobile.state import points_actions
from mobile.state.errors import LogInNeeded, ServerRefusal
from mobile.state.photo_carrier import carry_last
from sync import wire
from sync.client import Progress, synchronise

if TYPE_CHECKING:
    from mobile.state.application import App

_PATH = "/api/sync"
_LOST_POSITION = "malformed_cursor"


async def sync_once(app: "App") -> None:
    """Send what is pending and fetch what is new. Raises `Unreachable`, `LogInNeeded` or `ServerRefusal`."""
    try:
        await _sync(app)
    except LogInNeeded:
        # The server locks a wiped device out; its word that it knows may have been lost on the way.
        if app.replica.is_wiped:
            app.wiped()
        raise


async def _sync(app: "App") -> None:
    async def exchange(request: wire.Request) -> wire.Response:
        body = wire.encode(request)
        return wire.decode_response(
            await app.session.authorised(
                lambda token: app.server.post_bytes(_PATH, body, wire.MSGPACK, token)
            )
        )

    def show(progress: Progress) -> None:
        app.sync.fetched = progress.received
        app.sync.remaining = progress.remaining

    if app.session.person is None:
        raise LogInNeeded
    held = points_actions.leases_to_end(app)
    try:
        outcome = await synchronise(app.replica, exchange, show, lambda: carry_last(app))
    except ServerRefusal as refusal:
        if refusal.code != _LOST_POSITION:
            raise
        app.forget_position()
        outcome = await synchronise(app.replica, exchange, show, lambda: carry_last(app))
    if app.replica.is_wiped:
        raise LogInNeeded
    app.lease_clock.heard(app.replica.now_ms())
    # Only now does this device know that all it spent has arrived; saying so is a unit of its own (R11).
    if points_actions.end_leases(app, held):
        await synchronise(app.replica, exchange, show)
    app.sync.skew_flagged = outcome.skew_flagged
    app.sync.count(app.replica.status())
