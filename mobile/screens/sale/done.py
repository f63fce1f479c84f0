"""The sale is kept: its number, what is paid and due, the points to come, and whether the server has it yet."""

from collections.abc import Callable

import flet as ft

from mobile.design import tokens
from mobile.design.buttons import primary_button, secondary_button
from mobile.design.cards import card
from mobile.design.marks import Tone, icon_mark
from mobile.design.states import notice
from mobile.design.type import record_title, secondary
from mobile.screens.customers.pending import use_waiting
from mobile.state.hooks import go, use_query
from mobile.state.queries.order import TABLES, OrderRecord, order_record
from mobile.text import formats, t


@ft.component
def SaleDone(order_id: str, again: Callable[[], None]) -> ft.Control:  # noqa: N802
    """Shown after confirming; turns from pending to synced by itself."""
    waiting = use_waiting()
    record = use_query(
        lambda session: order_record(session, order_id, waiting=waiting.payments),
        TABLES,
        order_id,
        waiting.payments,
    )
    if record is None:
        return ft.Container(bgcolor=tokens.SUNK, expand=True)
    pending = order_id in waiting.orders
    words = t("sale.done_pending") if pending else t("sale.done_synced")
    status = notice(
        words, Tone.WARM if pending else Tone.ACCENT, identifier="done-pending" if pending else "done-synced"
    )
    column = ft.Column(
        [
            ft.Row([icon_mark(ft.Icons.CHECK)], alignment=ft.MainAxisAlignment.CENTER),
            ft.Row([record_title(t("sale.done"))], alignment=ft.MainAxisAlignment.CENTER),
            card(ft.Column(_figures(record, pending=pending), spacing=tokens.SPACE_3)),
            status,
            ft.Row(
                [
                    primary_button(
                        t("sale.done_order"),
                        lambda _: go(f"/orders/{order_id}"),
                        identifier="done-order",
                        wide=True,
                    )
                ]
            ),
            ft.Row([secondary_button(t("sale.new"), lambda _: again(), identifier="done-again", wide=True)]),
        ],
        spacing=tokens.SPACE_4,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        width=tokens.FORM_WIDTH,
    )
    box = ft.Container(
        column,
        bgcolor=tokens.SUNK,
        padding=tokens.PAGE_PADDING,
        alignment=ft.Alignment.CENTER,
        expand=True,
    )
    return ft.Semantics(content=box, identifier="sale-done", expand=True)


def _figures(record: OrderRecord, *, pending: bool) -> list[ft.Control]:
    points = record.points + record.forecast_points
    figures = [
        ("done-number", t("sale.done_number"), record.order.number),
        ("done-customer", t("sale.done_customer"), record.customer.name if record.customer else ""),
        ("done-paid", t("order.paid"), formats.money(record.paid_fen)),
        ("done-due", t("order.due"), formats.money(record.due_fen)),
        (
            "done-points",
            t("sale.done_points" if pending else "sale.points"),
            formats.signed(points) if points else t("sale.points_none"),
        ),
    ]
    return [_figure(*figure) for figure in figures]


def _figure(identifier: str, label: str, value: str) -> ft.Control:
    text = ft.Text(value, size=tokens.SIZE_ROW_TITLE, weight=ft.FontWeight.W_600, color=tokens.INK)
    line = ft.Row([secondary(label), text], alignment=ft.MainAxisAlignment.SPACE_BETWEEN)
    return ft.Semantics(content=line, identifier=identifier, label=f"{label} {value}")
