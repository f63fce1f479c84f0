"""What runs beside the screens for as long as the app does: the sync, the photos, the news from the server."""

from functools import partial

import flet as ft

from mobile.state.application import App
from mobile.state.check_in import follow_rule
from mobile.state.checkpoints import keep_log_short
from mobile.state.errors import Unreachable
from mobile.state.exchange import sync_once
from mobile.state.live import follow
from mobile.state.photo_carrier import carry_once


def start(app: App, page: ft.Page) -> None:
    """Sync in the background from now on: by the loop, with the network, and at news from the server."""

    def network(event: ft.ConnectivityChangeEvent) -> None:
        app.network_changed(is_up=ft.ConnectivityType.NONE not in event.connectivity)

    # Flet lets go of a service that nobody refers to, and of its events with it.
    app.connectivity = ft.Connectivity(on_change=network)
    page.run_task(app.loop.run, partial(_sync, app))
    page.run_task(app.photo_lane.run, partial(carry_once, app))
    page.run_task(follow, app)
    page.run_task(keep_log_short, app.engine, app.tables)


async def _sync(app: App) -> None:
    try:
        await sync_once(app)
    except Unreachable:
        app.reserved.clear()
        raise
    app.photo_lane.wake(at_once=True)
    await follow_rule(app)
