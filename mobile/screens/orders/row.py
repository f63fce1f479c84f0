"""How an order looks in any list."""

from collections.abc import Sequence

import flet as ft

from mobile.design import tokens
from mobile.design.marks import Tone, chip, icon_mark, pending_mark
from mobile.design.rows import row
from mobile.design.type import secondary
from mobile.state.hooks import go
from mobile.state.queries.orders import OrderRow
from mobile.text import formats, t, word
from shared_models.sales.tables import OrderStatus

STATUS_TONES = {
    OrderStatus.PLACED: Tone.ACCENT,
    OrderStatus.SHIPPED: Tone.ACCENT,
    OrderStatus.DELIVERED: Tone.CALM,
    OrderStatus.CANCELLED: Tone.DANGER,
}


def order_row(
    order: OrderRow,
    *,
    now_ms: int,
    pending: bool,
    selected: bool = False,
    about_customer: bool = True,
    refused: Sequence[ft.Control] = (),
) -> ft.Control:
    """A row that opens the order; titled by its customer, or by its number where the customer is known.

    `refused` is a mark at its end.
    """
    amount = ft.Text(
        formats.money(order.total_fen),
        size=tokens.SIZE_BODY,
        weight=ft.FontWeight.W_600,
        color=tokens.INK,
        no_wrap=True,
    )
    end: list[ft.Control] = [amount, _balance(order)]
    moment = formats.moment(order.sold_at_ms, now_ms)
    title = (order.customer or order.number) if about_customer else order.number
    status = word("status_of", order.status)
    subtitle = f"{moment} · {order.number if about_customer else status}"
    chips = [chip(status, STATUS_TONES.get(OrderStatus(order.status), Tone.CALM))] if about_customer else []
    if pending:
        chips.append(pending_mark(t("common.pending")))
    figures = ft.Column(
        end,
        spacing=2,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.END,
        alignment=ft.MainAxisAlignment.CENTER,
    )
    return row(
        title,
        subtitle,
        identifier=f"order-{order.id}",
        chips=chips,
        leading=None if about_customer else icon_mark(ft.Icons.RECEIPT_LONG_OUTLINED),
        trailing=ft.Row([figures, *refused], spacing=0, tight=True),
        selected=selected,
        on_click=lambda _: go(f"/orders/{order.id}"),
    )


def _balance(order: OrderRow) -> ft.Control:
    if order.due_fen:
        return secondary(t("orders.still_due", amount=formats.money(order.due_fen)), tokens.WARM)
    return secondary(t("orders.paid"))
