"""Asking once more before something is done to a device: what will happen, and what is kept."""

from collections.abc import Callable

import flet as ft

from mobile.design.buttons import primary_button, secondary_button
from mobile.design.sheets import sheet
from mobile.design.type import body
from mobile.state.device_overview import Device, Order
from mobile.text import t

Asking = Callable[[Device, Order], None]


def use_confirmation(give: Asking) -> Asking:
    """A function that asks, and calls `give` when the person is sure; call the hook once in a component."""
    nothing: tuple[Device, Order] | None = None
    asked, ask = ft.use_state(nothing)

    def sure(device: Device, order: Order) -> None:
        ask(None)
        give(device, order)

    ft.use_dialog(_sheet(*asked, sure, lambda: ask(None)) if asked else None)
    return lambda device, order: ask((device, order))


def _sheet(device: Device, order: Order, sure: Asking, close: Callable[[], None]) -> ft.BottomSheet:
    words = t(f"devices.{order}_hint", n=device.pending)
    do = (primary_button if order == "resync" else _danger_button)(
        t(f"devices.{order}"), lambda _: sure(device, order), identifier="order-confirm"
    )
    return sheet(
        t(f"devices.{order}_ask", name=device.staff_name),
        [body(words)],
        [do, secondary_button(t("common.cancel"), lambda _: close(), identifier="order-cancel")],
        close,
        identifier="order-sheet",
    )


def _danger_button(label: str, on_click: Callable[[object], None], *, identifier: str) -> ft.Control:
    return secondary_button(label, on_click, identifier=identifier, danger=True)
