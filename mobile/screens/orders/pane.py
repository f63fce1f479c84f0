"""All orders: today's, those with an open balance, all."""

from collections.abc import Callable

import flet as ft

from mobile.design.buttons import primary_button
from mobile.design.fields import choice_chips, search_field
from mobile.design.rows import LongList
from mobile.design.scaffold import list_pane
from mobile.design.states import empty_state
from mobile.screens.customers.pending import use_waiting
from mobile.screens.orders.row import order_row
from mobile.screens.refused import refusal_mark, use_refused
from mobile.screens.status import StatusPill
from mobile.state.hooks import go, use_app, use_query, use_tables
from mobile.state.queries.orders import TABLES, OrderFilter, OrderRow, order_ids, order_rows, sold_fen
from mobile.text import formats, t


@ft.component
def OrdersPane(selected: str | None) -> ft.Control:  # noqa: N802
    """Find an order by its number or its customer."""
    app = use_app()
    text, set_text = ft.use_state("")
    which, set_which = ft.use_state(OrderFilter.ALL)
    version = use_tables(TABLES)
    waiting = use_waiting()
    refused = use_refused()
    now_ms = app.now_ms()
    day = (formats.midnight_ms(now_ms), formats.midnight_ms(now_ms, days=1))
    ids = use_query(
        lambda session: order_ids(session, text=text, which=which, day_from_ms=day[0], day_to_ms=day[1]),
        TABLES,
        text,
        which,
        day,
    )
    sold = use_query(lambda session: sold_fen(session, day_from_ms=day[0], day_to_ms=day[1]), TABLES, day)

    def build(order: OrderRow) -> ft.Control:
        return order_row(
            order,
            now_ms=now_ms,
            pending=order.id in waiting.orders,
            selected=order.id == selected,
            refused=refusal_mark(refused, "sales_order", order.id),
        )

    def fetch(offset: int, limit: int) -> list[OrderRow]:
        return app.read(lambda session: order_rows(session, ids[offset : offset + limit]))

    context = t("orders.context", n=formats.count(len(ids)), amount=formats.money(sold))
    shown = (version, waiting, selected, refused)
    rows = LongList(len(ids), fetch, build, shown, identifier="order-list", asked=(text, which))
    return list_pane(
        t("orders.title"),
        context,
        status=StatusPill(),
        head=[search_field(text, t("orders.search"), set_text), _filters(which, set_which)],
        body=rows if ids else _nothing(text, which),
        action=primary_button(t("sale.new"), lambda _: go("/sale"), icon=ft.Icons.ADD, identifier="new-sale"),
        identifier="orders",
    )


def _filters(which: OrderFilter, choose: Callable[[OrderFilter], None]) -> ft.Control:
    return choice_chips(
        [(value, t(f"orders.{value}")) for value in OrderFilter], which, choose, identifier="filter"
    )


def _nothing(text: str, which: OrderFilter) -> ft.Control:
    if text:
        return empty_state(
            t("orders.no_match", text=text), t("orders.no_match_hint"), icon=ft.Icons.SEARCH_OFF
        )
    if which == OrderFilter.OPEN:
        return empty_state(t("orders.none_open"), t("orders.none_open_hint"), icon=ft.Icons.TASK_ALT)
    key = "orders.none_today" if which == OrderFilter.TODAY else "orders.none"
    return empty_state(t(key), t("orders.none_hint"), icon=ft.Icons.RECEIPT_LONG_OUTLINED)
