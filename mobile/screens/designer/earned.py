"""How an order looks to the designer who referred it."""

import flet as ft

from mobile.design import tokens
from mobile.design.events import Click
from mobile.design.marks import Tone, chip
from mobile.design.rows import row
from mobile.design.type import row_title, secondary
from mobile.state.queries.designer import EarnedOrder
from mobile.text import formats, t, word

_TONES = {"pending": Tone.CALM, "payable": Tone.ACCENT, "paid": Tone.GOLD, "returned": Tone.DANGER}


def earned_item(order: EarnedOrder, now_ms: int, *, on_click: Click = None) -> ft.Control:
    """Client, order, what it earned, and whether that is paid already."""
    amount = ft.Column(
        [row_title(formats.money(order.commission_fen)), secondary(_when(order, now_ms))],
        spacing=2,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.END,
        alignment=ft.MainAxisAlignment.CENTER,
    )
    about = t("designer.of_order", amount=formats.money(order.performance_fen), rate=order.rate_percent)
    return row(
        order.client or order.number or t("designer.client"),
        about,
        identifier=f"earned-{order.order_id}",
        chips=[chip(word("commission_state", order.state), _TONES[order.state])],
        trailing=ft.Container(amount, padding=ft.Padding.only(left=tokens.SPACE_2)),
        on_click=on_click,
    )


def _when(order: EarnedOrder, now_ms: int) -> str:
    """When the order was sold; for one that waits for its window, when that is over."""
    at_ms = order.sold_at_ms
    if order.state == "pending" and order.payable_from_ms is not None:
        at_ms = order.payable_from_ms
    days = formats.day(formats.local(at_ms).date(), year=formats.local(now_ms).year)
    return t("designer.payable_from", day=days) if at_ms != order.sold_at_ms else days
