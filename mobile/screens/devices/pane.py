"""The devices of a store or of the company, and having one fetched anew, locked out or wiped."""

from collections.abc import Awaitable, Callable
from functools import partial

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import secondary_button
from mobile.design.marks import Tone
from mobile.design.scaffold import list_pane, scroll_body
from mobile.design.states import empty_state, loading_state, notice, snackbar
from mobile.screens.devices.confirming import Asking, use_confirmation
from mobile.screens.devices.entries import device_card, device_table
from mobile.screens.status import StatusPill
from mobile.state.device_overview import Device, Order, fetch_devices, order_device
from mobile.state.errors import LogInNeeded, ServerRefusal, Unreachable
from mobile.state.hooks import use_app, use_observable
from mobile.text import error_sentence, t


@ft.component
def DevicesPane(selected: str | None) -> ft.Control:  # noqa: N802
    """For managers and the back office; works with a network only."""
    del selected
    app = use_app()
    use_observable(app.window)
    page = ft.context.page
    none_yet: list[Device] | None = None
    devices, set_devices = ft.use_state(none_yet)
    wrong, set_wrong = ft.use_state("")

    async def ask(first: Callable[[], Awaitable[None]] | None = None) -> None:
        try:
            if first is not None:
                await first()
            set_devices(await fetch_devices(app))
            set_wrong("")
        except ServerRefusal as refusal:
            set_wrong(error_sentence(refusal.code, refusal.details))
        except Unreachable:
            set_wrong(t("devices.offline"))
        except LogInNeeded:
            set_wrong(error_sentence("not_logged_in"))

    async def give(device: Device, order: Order) -> None:
        await order_device(app, device.id, order)
        snackbar(page, t(f"devices.{order}_done", name=device.staff_name))

    def start(device: Device, order: Order) -> None:
        page.run_task(ask, partial(give, device, order))

    confirm = use_confirmation(start)
    ft.use_effect(ask, dependencies=[])
    refresh = secondary_button(
        t("devices.refresh"),
        lambda _: page.run_task(ask),
        icon=ft.Icons.REFRESH,
        identifier="devices-refresh",
    )
    body = [*([notice(wrong, Tone.WARM, identifier="devices-wrong")] if wrong else [])]
    own_id = app.replica.device_id or ""
    if devices is not None:
        body += _entries(devices, own_id, app.now_ms(), confirm, wide=app.window.wide)
    elif not wrong:
        body.append(loading_state(t("devices.loading")))
    return list_pane(
        t("devices.title"),
        t("devices.context"),
        status=StatusPill(),
        head=[ft.Row([refresh])],
        body=scroll_body(body, spacing=tokens.SPACE_3),
        identifier="devices",
    )


def _entries(
    devices: list[Device], own_id: str, now_ms: int, confirm: Asking, *, wide: bool
) -> list[ft.Control]:
    if not devices:
        return [empty_state(t("devices.none"), t("devices.none_hint"), icon=ft.Icons.DEVICES_OUTLINED)]
    if wide:
        return [device_table(devices, own_id, now_ms, confirm)]
    return [device_card(each, own_id, now_ms, confirm) for each in devices]
